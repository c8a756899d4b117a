import type { UnauthenticatedReason } from '../errors.ts'
import { decodeBase64url, endsCanonically } from './base64url.ts'
import { type JsonObject, parseStrictJson } from './strict-json.ts'

/** Real tokens have about 1,100 bytes, some 1,800 with custom claims. */
const MAX_BYTES = 8_192

/** Members that change how a token is to be verified, or where its key comes from. Hanko uses none of them. */
const FORBIDDEN_HEADERS = ['crit', 'b64', 'zip', 'jku', 'jwk', 'x5u', 'x5c']

/** A compact JWS whose spelling and header are in order. Its payload is not checked yet, nor is its signature. */
export interface ParsedToken {
  readonly text: string
  readonly keyId: string
  readonly payload: JsonObject
}

/** Two dots, and nothing that is not base64url: in one go, because every token that is not known passes here. */
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/**
 * Whether a value has the outer shape of a token: a string of at most 8,192 bytes, three canonical base64url
 * parts (RFC 7515, section 3.1).
 */
export function hasTokenShape(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_BYTES || !SHAPE.test(value)) return false
  const first = value.indexOf('.')
  const second = value.indexOf('.', first + 1)
  return (
    endsCanonically(value, first, first) &&
    endsCanonically(value, second - first - 1, second) &&
    endsCanonically(value, value.length - second - 1, value.length)
  )
}

/** The same once, for whoever sees few tokens. */
export function parseToken(text: string): ParsedToken | UnauthenticatedReason {
  return createParseToken()(text)
}

/** Reads a token that has the shape: strict JSON in header and payload, and a header that Hanko would write. */
export type ParseToken = (text: string) => ParsedToken | UnauthenticatedReason

/** All tokens of one key begin with the same text: what it says is kept until another one comes. */
export function createParseToken(): ParseToken {
  let known: { readonly text: string; readonly keyId: string } | undefined
  return (text) => {
    const [header = '', body = ''] = text.split('.', 2)
    if (known?.text !== header) {
      const fields = parsePart(header)
      if (fields === undefined) return 'malformed_token'
      const keyId = readHeader(fields)
      // A bad payload makes a token malformed, whatever its header.
      if (keyId === undefined) return parsePart(body) === undefined ? 'malformed_token' : 'unsupported_token'
      // A copy, because a part of the token would keep all of it in memory.
      known = { text: UTF8.decode(new TextEncoder().encode(header)), keyId }
    }
    const payload = parsePart(body)
    return payload === undefined ? 'malformed_token' : { text, keyId: known.keyId, payload }
  }
}

/** The id of the key, or `undefined` for a header that Hanko would not write. */
function readHeader(header: JsonObject): string | undefined {
  const { alg, typ, kid } = header
  if (alg !== 'RS256' || (typ !== undefined && typ !== 'JWT')) return undefined
  if (typeof kid !== 'string' || kid.length < 1 || kid.length > 512) return undefined
  return FORBIDDEN_HEADERS.some((name) => Object.hasOwn(header, name)) ? undefined : kid
}

// A BOM stays in the text, where it is no JSON.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function parsePart(part: string): JsonObject | undefined {
  try {
    return parseStrictJson(UTF8.decode(decodeBase64url(part)))
  } catch {
    return undefined // not UTF-8
  }
}
