import { parseObject, readLenientJws, toBase64Url } from './lenient-jws.ts'
import { toGoJson } from './wire-format.ts'

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

interface RingKey {
  kid: string
  publicJwk: Record<string, unknown>
  signingKey: CryptoKey
  verifyingKey: CryptoKey
}

/** The keys of one tenant: all that are listed verify, the newest signs. */
export type KeyRing = Awaited<ReturnType<typeof createKeyRing>>

/** A key ring of these private JWKs, oldest first; of one new RSA-4096 key when there are none. */
export async function createKeyRing(jwks: readonly JsonWebKey[]) {
  let keys = jwks.length > 0 ? await Promise.all(jwks.map(importKey)) : [await generateKey()]

  return {
    /** The set as Hanko lists it: oldest first. */
    publicSet: () => ({ keys: keys.map((key) => key.publicJwk) }),

    /** Adds a key, which signs from now on; `keepOld: false` also takes the others off the list. Its `kid`. */
    async rotate(jwk: JsonWebKey | undefined, keepOld: boolean): Promise<string> {
      const key = jwk === undefined ? await generateKey() : await importKey(jwk)
      keys = keepOld ? [...keys, key] : [key]
      return key.kid
    },

    /** A compact token. Texts are signed as they are; in an object, a header field that is `undefined` is left out. */
    async sign(payload: object | string, header: Record<string, unknown> | string = {}): Promise<string> {
      const key = keys.at(-1) as RingKey
      const fields =
        typeof header === 'string' ? header : toGoJson({ alg: 'RS256', kid: key.kid, typ: 'JWT', ...header })
      const text = [fields, typeof payload === 'string' ? payload : toGoJson(payload)]
        .map((part) => toBase64Url(new TextEncoder().encode(part)))
        .join('.')
      const signature = await crypto.subtle.sign(RS256, key.signingKey, new TextEncoder().encode(text))
      return `${text}.${toBase64Url(new Uint8Array(signature))}`
    },

    /** The payload, if a listed key signed it; the `kid` alone finds the key. */
    async verify(token: string): Promise<Record<string, unknown> | undefined> {
      const jws = readLenientJws(token)
      const key = keys.find((candidate) => candidate.kid === jws?.header['kid'])
      if (jws === undefined || key === undefined || jws.header['alg'] !== 'RS256') return undefined
      const good = await crypto.subtle.verify(RS256, key.verifyingKey, jws.signature, jws.signingInput)
      return good ? parseObject(new TextDecoder().decode(jws.payload)) : undefined
    },
  }
}

async function generateKey(): Promise<RingKey> {
  const pair = await crypto.subtle.generateKey(
    { ...RS256, modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  return importKey(await crypto.subtle.exportKey('jwk', pair.privateKey))
}

async function importKey(jwk: JsonWebKey & { kid?: string }): Promise<RingKey> {
  // Without use, alg and key_ops: they would bind the two halves to each other's purpose.
  const { kty, n, e, d, p, q, dp, dq, qi } = jwk
  const kid = jwk.kid ?? crypto.randomUUID()
  return {
    kid,
    publicJwk: { alg: 'RS256', e, kid, kty, n, use: 'sig' },
    signingKey: await crypto.subtle.importKey('jwk', { kty, n, e, d, p, q, dp, dq, qi } as JsonWebKey, RS256, false, [
      'sign',
    ]),
    verifyingKey: await crypto.subtle.importKey('jwk', { kty, n, e } as JsonWebKey, RS256, false, ['verify']),
  }
}
