/**
 * Whether decoding and encoding again gives the same text (RFC 4648, section 3.5): no padding, no other
 * alphabet, no unused bits set. Hanko itself accepts many spellings of one token; nothing may be keyed on
 * a text before this holds.
 */
export function isCanonicalBase64url(text: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return false
  const last = text.charAt(text.length - 1)
  switch (text.length % 4) {
    case 0:
      return true
    case 2: // the last character carries 2 bits, the other 4 are unused
      return 'AQgw'.includes(last)
    case 3: // the last character carries 4 bits, the other 2 are unused
      return 'AEIMQUYcgkosw048'.includes(last)
    default:
      return false
  }
}

/** The bytes of a canonical base64url text. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  // Not `Uint8Array.from` with a callback: that takes seven times as long, and every new token passes here.
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
