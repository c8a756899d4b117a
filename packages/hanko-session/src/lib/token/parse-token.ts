import type { UnauthenticatedReason } from '../errors.ts'
import { decodeBase64url, isCanonicalBase64url } from './base64url.ts'
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

/**
 * Whether a value has the outer shape of a token: a string of at most 8,192 bytes, three canonical base64url
 * parts (RFC 7515, section 3.1).
 */
export function hasTokenShape(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_BYTES) return false
  const parts = value.split('.', 4)
  return parts.length === 3 && parts.every(isCanonicalBase64url)
}

/** Reads a token that has the shape: strict JSON in header and payload, and a header that Hanko would write. */
export function parseToken(text: string): ParsedToken | UnauthenticatedReason {
  const [header, payload] = text.split('.', 2).map(parsePart)
  if (header === undefined || payload === undefined) return 'malformed_token'
  const { alg, typ, kid } = header
  if (alg !== 'RS256' || (typ !== undefined && typ !== 'JWT')) return 'unsupported_token'
  if (typeof kid !== 'string' || kid.length < 1 || kid.length > 512) return 'unsupported_token'
  if (FORBIDDEN_HEADERS.some((name) => Object.hasOwn(header, name))) return 'unsupported_token'
  return { text, keyId: kid, payload }
}

function parsePart(part: string): JsonObject | undefined {
  try {
    // A BOM stays in the text, where it is no JSON.
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decodeBase64url(part)))
  } catch {
    return undefined // not UTF-8
  }
}
