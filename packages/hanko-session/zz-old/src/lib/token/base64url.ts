const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const TEXT = /^[A-Za-z0-9_-]+$/
const ENCODER = new TextEncoder()

/** The value of each character of the alphabet, by its code. */
const VALUES = new Uint8Array(256)
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value

/** Bits of the last character that carry nothing, by the length of the text modulo 4; with one more than 4n: all. */
const UNUSED = [0, 0b111111, 0b1111, 0b11]

/**
 * Whether decoding and encoding again gives the same text (RFC 4648, section 3.5): no padding, no other
 * alphabet, no unused bits set. Hanko itself accepts many spellings of one token; nothing may be keyed on
 * a text before this holds.
 */
export function isCanonicalBase64url(text: string): boolean {
  return TEXT.test(text) && endsCanonically(text, text.length, text.length)
}

/** Whether a part of a text, of this length and up to `end`, sets none of its unused bits. Its alphabet is in order. */
export function endsCanonically(text: string, length: number, end: number): boolean {
  return length % 4 !== 1 && ((VALUES[text.charCodeAt(end - 1)] as number) & (UNUSED[length % 4] as number)) === 0
}

/**
 * The bytes of a canonical base64url text. By hand: `atob` wants another alphabet and gives a string, which takes
 * almost twice as long, and every new token passes here.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  const codes = ENCODER.encode(text)
  const bytes = new Uint8Array((codes.length * 3) >> 2)
  const valueAt = (at: number): number => VALUES[codes[at] as number] as number
  const whole = codes.length & ~3
  let at = 0
  let to = 0
  for (; at < whole; at += 4) {
    const bits = (valueAt(at) << 18) | (valueAt(at + 1) << 12) | (valueAt(at + 2) << 6) | valueAt(at + 3)
    bytes[to++] = bits >> 16
    bytes[to++] = bits >> 8
    bytes[to++] = bits
  }
  if (at < codes.length) bytes[to++] = (valueAt(at) << 2) | (valueAt(at + 1) >> 4)
  if (at + 2 < codes.length) bytes[to] = (valueAt(at + 1) << 4) | (valueAt(at + 2) >> 2)
  return bytes
}
