/** A signed text as Hanko's JOSE library reads it, with the spelling already forgotten. */
export interface ReadJws {
  header: Record<string, unknown>
  payload: Uint8Array<ArrayBuffer>
  /** Header and payload encoded anew: the library signs these, not the text it was sent. */
  signingInput: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

// Go's unicode.IsSpace. Not String#trim, which also takes a byte order mark away: Hanko does not (spellings.txt).
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const OUTER_SPACE = new RegExp(`^${SPACE}|${SPACE}$`, 'g')

/**
 * Reads a token in every spelling that Hanko v3.0.4 takes (spellings.txt): white space around it, line breaks inside,
 * `+/` for `-_`, unused bits in a last character, and the general JSON serialisation, but not the flattened one,
 * nor `=` padding. `undefined` when it is none of these.
 */
export function readLenientJws(text: string): ReadJws | undefined {
  const trimmed = text.replace(OUTER_SPACE, '')
  if (trimmed.startsWith('{')) return readGeneralSerialisation(trimmed)
  const [header, payload, signature, ...more] = trimmed.split('.')
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined
  return assemble(header, payload, signature)
}

function readGeneralSerialisation(text: string): ReadJws | undefined {
  const message = parseObject(text)
  const signatures = message?.['signatures']
  const first: unknown = Array.isArray(signatures) ? signatures[0] : undefined
  if (typeof first !== 'object' || first === null) return undefined
  const { protected: header, signature } = first as Record<string, unknown>
  const payload = message?.['payload']
  if (typeof header !== 'string' || typeof payload !== 'string' || typeof signature !== 'string') return undefined
  return assemble(header, payload, signature)
}

function assemble(headerText: string, payloadText: string, signatureText: string): ReadJws | undefined {
  const headerBytes = decode(headerText)
  const payload = decode(payloadText)
  const signature = decode(signatureText)
  if (headerBytes === undefined || payload === undefined || signature === undefined) return undefined
  const header = parseObject(new TextDecoder().decode(headerBytes))
  if (header === undefined) return undefined
  const signingInput = new TextEncoder().encode(`${toBase64Url(headerBytes)}.${toBase64Url(payload)}`)
  return { header, payload, signingInput, signature }
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  const joined = text.replace(/[\r\n]/g, '')
  const standard = /^[A-Za-z0-9+/]*$/.test(joined) ? joined : undefined
  const known = standard ?? (/^[\w-]*$/.test(joined) ? joined.replaceAll('-', '+').replaceAll('_', '/') : undefined)
  if (known === undefined || known.length % 4 === 1) return undefined
  return Uint8Array.from(atob(known), (char) => char.charCodeAt(0))
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
