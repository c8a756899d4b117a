import type { Limits } from '../limits.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'
import { decodeBase64url, isCanonicalBase64url } from '../token/base64url.ts'
import { isObject, type JsonObject } from '../token/strict-json.ts'
import { RS256 } from './verify-signature.ts'

/** 65537 in its only spelling. A smaller exponent makes signatures forgeable, a longer one makes verifying slow. */
const EXPONENT = 'AQAB'
/** Members of an RSA key that must never be published (RFC 7518, section 6.3.2). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']

/** A public key that Hanko lists, ready to verify. One object as long as it stays listed: compare it by identity. */
export interface VerificationKey {
  readonly kid: string
  readonly cryptoKey: CryptoKey
  /** `n` as listed: canonical base64url without a leading zero, so as long as any signature of this key. */
  readonly modulus: string
}

export type KeyMap = ReadonlyMap<string, VerificationKey>

export interface ImportOptions {
  /** The set before: keys that did not change are taken over as they are. */
  readonly previous?: KeyMap | undefined
  /** Called when an entry holds a private key, which its owner should know. */
  readonly onPrivateKey?: () => void
  /** @default DEFAULT_LIMITS */
  readonly limits?: KeyLimits
}

/** The newest key signs, and Hanko lists it last: of more than `maxKeys` the last ones count. */
type KeyLimits = Pick<Limits, 'maxKeys' | 'minKeyBits' | 'maxKeyBits'>

/**
 * The keys of a JWKS that are fit for RS256, by their id. One bad entry never spoils the others; nothing usable is an
 * empty map, which is no set to go by. Only `n` and `e` are ever read of the key itself, not `x5c`, not `d`.
 */
export async function importKeys(body: JsonObject, options: ImportOptions = {}): Promise<KeyMap> {
  const { previous, onPrivateKey, limits = DEFAULT_LIMITS } = options
  const imported = await Promise.all(
    listModuli(body['keys'], limits, onPrivateKey).map(async ([kid, modulus]) => {
      const known = previous?.get(kid)
      return known?.modulus === modulus ? known : importKey(kid, modulus)
    }),
  )
  return new Map(imported.flatMap((key) => (key === undefined ? [] : [[key.kid, key]])))
}

/** Id and modulus of each usable key. Two different keys of one id are ambiguous: then neither counts. */
function listModuli(
  entries: unknown,
  limits: KeyLimits,
  onPrivateKey: (() => void) | undefined,
): [kid: string, modulus: string][] {
  const moduli = new Map<string, string | undefined>()
  for (const entry of Array.isArray(entries) ? (entries as unknown[]) : []) {
    if (!isObject(entry)) continue
    if (PRIVATE_MEMBERS.some((name) => entry[name] !== undefined)) onPrivateKey?.()
    const { kid, n } = entry
    if (!isFit(entry) || !isKeyId(kid) || !isModulus(n, limits)) continue
    const isAmbiguous = moduli.has(kid) && moduli.get(kid) !== n
    moduli.delete(kid) // so that it stands where it was listed last
    moduli.set(kid, isAmbiguous ? undefined : n)
  }
  return [...moduli].filter((pair): pair is [string, string] => pair[1] !== undefined).slice(-limits.maxKeys)
}

/** An RSA key that is meant for RS256 signatures, as far as it says what it is meant for (RFC 7517, section 4). */
function isFit({ kty, e, use, alg, key_ops: operations }: JsonObject): boolean {
  return (
    kty === 'RSA' &&
    e === EXPONENT &&
    (use === undefined || use === 'sig') &&
    (alg === undefined || alg === 'RS256') &&
    (operations === undefined || allowsVerify(operations))
  )
}

function allowsVerify(operations: unknown): boolean {
  return (
    Array.isArray(operations) && operations.every((name) => typeof name === 'string') && operations.includes('verify')
  )
}

/** The ids that a token may name. They index a `Map`, but `__proto__` is nobody's honest id. */
function isKeyId(kid: unknown): kid is string {
  return typeof kid === 'string' && kid !== '' && kid.length <= 512 && kid !== '__proto__'
}

/** RFC 7518, section 6.3.1.1: no padding, no leading zero byte. Too long a modulus is refused before it is decoded. */
function isModulus(n: unknown, { minKeyBits, maxKeyBits }: KeyLimits): n is string {
  if (typeof n !== 'string' || n.length > Math.ceil(maxKeyBits / 6) || !isCanonicalBase64url(n)) return false
  const bytes = decodeBase64url(n)
  const bits = bytes.length * 8 - (Math.clz32(bytes[0] ?? 0) - 24)
  return bytes[0] !== 0 && bits >= minKeyBits && bits <= maxKeyBits && (bytes.at(-1) ?? 0) % 2 === 1
}

async function importKey(kid: string, modulus: string): Promise<VerificationKey | undefined> {
  try {
    // With `alg` of its own: WebCrypto would read one that code has put on every object.
    const jwk = { kty: 'RSA', n: modulus, e: EXPONENT, alg: 'RS256' }
    const cryptoKey = await crypto.subtle.importKey('jwk', jwk, RS256, false, ['verify'])
    return Object.freeze({ kid, cryptoKey, modulus })
  } catch {
    return undefined // a runtime that takes no key of this size
  }
}
