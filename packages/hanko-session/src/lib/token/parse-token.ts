import type { UnauthenticatedReason } from '../errors.ts'
import { decodeText, isCanonicalBase64url, toFlat } from './base64url.ts'
import { parseWithPrototypes, withoutPrototypes } from './strict-json.ts'

/** Real tokens have about 1,100 bytes, some 1,800 with custom claims. */
const MAX_BYTES = 8_192

/** Members that change how a token is to be verified, or where its key comes from. Hanko uses none of them. */
const FORBIDDEN_HEADERS = ['crit', 'b64', 'zip', 'jku', 'jwk', 'x5u', 'x5c']

/** A compact JWS whose spelling and header are in order. Its payload is not checked yet, nor is its signature. */
export interface ParsedToken {
  readonly text: string
  readonly keyId: string
  /** To be read by `ownMember`. */
  readonly payload: object
}

/**
 * Whether a value has the outer shape of a token: a string of at most 8,192 bytes, three canonical base64url
 * parts (RFC 7515, section 3.1).
 */
export function hasTokenShape(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_BYTES && isCanonicalBase64url(value, 3)
}

/** The same once, for whoever sees few tokens. */
export function parseToken(text: string): ParsedToken | UnauthenticatedReason {
  return createParseToken()(text)
}

/** Reads a token that has the shape: strict JSON in header and payload, and a header that Hanko would write. */
export type ParseToken = (text: string) => ParsedToken | UnauthenticatedReason

/** All tokens of one key begin with the same text: what it says is kept until another one comes. */
export function createParseToken(): ParseToken {
  let known: { readonly start: string; readonly keyId: string } | undefined
  return (text) => {
    if (known === undefined || !text.startsWith(known.start)) {
      const dot = text.indexOf('.')
      const header = parsePart(text, 0)
      if (header === undefined) return 'malformed_token'
      const keyId = readHeader(header)
      // A bad payload makes a token malformed, whatever its header.
      if (keyId === undefined) return parsePart(text, dot + 1) === undefined ? 'malformed_token' : 'unsupported_token'
      // A copy, because a part of the token would keep all of it in memory.
      known = { start: toFlat(text.slice(0, dot + 1)), keyId }
    }
    const payload = parsePart(text, known.start.length)
    return payload === undefined ? 'malformed_token' : { text, keyId: known.keyId, payload }
  }
}

/** The id of the key, or `undefined` for a header that Hanko would not write. */
function readHeader(header: object): string | undefined {
  const { alg, typ, kid } = withoutPrototypes(header)
  if (alg !== 'RS256' || (typ !== undefined && typ !== 'JWT')) return undefined
  if (typeof kid !== 'string' || kid.length < 1 || kid.length > 512) return undefined
  return FORBIDDEN_HEADERS.some((name) => Object.hasOwn(header, name)) ? undefined : kid
}

/** The JSON object that a part spells, from its start to the next dot. */
function parsePart(text: string, start: number): object | undefined {
  try {
    return parseWithPrototypes(decodeText(text.slice(start, text.indexOf('.', start))))
  } catch {
    return undefined // not UTF-8
  }
}
