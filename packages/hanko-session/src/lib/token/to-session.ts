import type { Session, SessionEmail } from '../session.ts'
import type { TokenPayload } from './check-payload.ts'
import { isObject, type JsonObject } from './strict-json.ts'

/**
 * The session as the user's code sees it, built from the signed payload alone.
 * `claims` are given separately, as a schema may have changed them.
 */
export function toSession(payload: TokenPayload, claims: unknown): Session<unknown> {
  const { iss, username, amr } = payload.all
  const email = toEmail(payload.all['email'])
  return Object.freeze({
    userId: payload.userId,
    sessionId: payload.sessionId,
    issuedAt: payload.issuedAt * 1_000,
    expiresAt: payload.expiresAt * 1_000,
    audience: Object.freeze([...payload.audience]),
    ...(typeof iss === 'string' ? { issuer: iss } : {}),
    ...(email === undefined ? {} : { email }),
    ...(typeof username === 'string' ? { username } : {}),
    amr: Object.freeze(isListOfStrings(amr) ? [...amr] : []),
    claims: freezeDeep(claims),
  })
}

/**
 * The operator's own claims: what is left of the payload without the names that Hanko gives a meaning.
 * Ordinary objects, so that schemas and serialisers take them; a claim named `__proto__` is left out,
 * because assigning it somewhere would change that object's prototype.
 */
export function toCustomClaims(payload: JsonObject): Record<string, unknown> {
  const { aud, exp, iat, nbf, iss, sub, session_id, amr, email, username, ...custom } = payload
  return toPlain(custom) as Record<string, unknown>
}

function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '__proto__')
      .map(([name, child]) => [name, toPlain(child)]),
  )
}

/** Freezes arrays and plain objects; what else a schema returns (a Date, a Map, a class) is its own affair. */
function freezeDeep(value: unknown, seen = new Set<unknown>()): unknown {
  if ((Array.isArray(value) || isPlainObject(value)) && !seen.has(value)) {
    seen.add(value)
    for (const child of Object.values(value)) freezeDeep(child, seen)
    Object.freeze(value)
  }
  return value
}

function isPlainObject(value: unknown): value is object {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

// A template may overwrite these with anything at all; what does not fit counts as absent.
function toEmail(value: unknown): SessionEmail | undefined {
  if (!isObject(value) || typeof value['address'] !== 'string') return undefined
  return Object.freeze({
    address: value['address'],
    isPrimary: value['is_primary'] === true,
    isVerified: value['is_verified'] === true,
  })
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
