import { isObject } from './strict-json.ts'

/** The names that Hanko gives a meaning. */
const HANKOS = new Set(['aud', 'exp', 'iat', 'nbf', 'iss', 'sub', 'session_id', 'amr', 'email', 'username'])

/**
 * The operator's own claims: what is left of the payload without the names that Hanko gives a meaning.
 * Objects without a prototype: a rule on `claims.role` must not find what code has put on every object. A claim
 * named `__proto__` is left out, because assigning it somewhere would change that object's prototype.
 */
export function toCustomClaims(payload: object): Record<string, unknown> {
  return toPlainObject(payload, HANKOS)
}

function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  return isObject(value) ? toPlainObject(value) : value
}

function toPlainObject(value: object, leftOut?: ReadonlySet<string>): Record<string, unknown> {
  const plain = Object.create(null) as Record<string, unknown>
  for (const [name, child] of Object.entries(value))
    if (name !== '__proto__' && leftOut?.has(name) !== true) plain[name] = toPlain(child)
  return plain
}

/** Freezes arrays and plain objects; what else a schema returns (a Date, a Map, a class) is its own affair. */
export function freezeDeep(value: unknown, seen = new Set<unknown>()): unknown {
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
