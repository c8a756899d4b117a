import { randomBytes, randomUUID } from 'node:crypto'

/** A key of this bench, in the forms that the contestants want. */
export interface SigningKey {
  readonly kid: string
  readonly jwk: JsonWebKey & { kid: string }
  readonly pem: string
  readonly privateKey: CryptoKey
}

/** What Hanko signs at a sign-in with a passkey. */
export interface SessionPayload {
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly session_id: string
  readonly sub: string
}

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
/** The modulus that Hanko's keys have. */
const MODULUS_BITS = 4_096

export async function createSigningKey(): Promise<SigningKey> {
  const parameters = { ...RS256, modulusLength: MODULUS_BITS, publicExponent: new Uint8Array([1, 0, 1]) }
  const { publicKey, privateKey } = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  const exported = await crypto.subtle.exportKey('jwk', publicKey)
  const kid = randomUUID()
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey)).toString('base64')
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.replaceAll(/.{64}/g, '$&\n')}\n-----END PUBLIC KEY-----\n`
  return { kid, jwk: { ...exported, kid, use: 'sig', alg: 'RS256' }, pem, privateKey }
}

export function createPayload(changes: Partial<SessionPayload> = {}): SessionPayload & Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000)
  const sub = randomUUID()
  return {
    amr: ['passkey'],
    aud: ['localhost'],
    email: { address: `user-${sub}@example.com`, is_primary: true, is_verified: true },
    exp: now + 43_200,
    iat: now - 60,
    session_id: randomUUID(),
    sub,
    ...changes,
  }
}

function toUnsigned({ kid }: SigningKey, payload: object): string {
  return [{ alg: 'RS256', kid, typ: 'JWT' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
}

export async function signToken(key: SigningKey, payload: object = createPayload()): Promise<string> {
  const text = toUnsigned(key, payload)
  const signature = await crypto.subtle.sign(RS256, key.privateKey, Buffer.from(text))
  return `${text}.${Buffer.from(signature).toString('base64url')}`
}

/** As long as a signed one, for what needs many tokens and no signature. */
export function forgeToken(key: SigningKey, payload: object = createPayload()): string {
  return `${toUnsigned(key, payload)}.${randomBytes(MODULUS_BITS / 8).toString('base64url')}`
}

/** Signed a few at a time: all at once would be a queue of thousands. */
export async function signTokens(key: SigningKey, count: number): Promise<string[]> {
  const tokens: string[] = []
  while (tokens.length < count) {
    const batch = Math.min(64, count - tokens.length)
    tokens.push(...(await Promise.all(Array.from({ length: batch }, () => signToken(key)))))
  }
  return tokens
}

export function readPayload(token: string): SessionPayload {
  return JSON.parse(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString()) as SessionPayload
}

/** What Hanko says of a live session. */
export function toReply(token: string, idleExpiresAt?: number): object {
  const { sub, session_id, exp } = readPayload(token)
  return {
    is_valid: true,
    user_id: sub,
    expiration_time: `${new Date(exp * 1_000).toISOString().slice(0, 19)}Z`,
    claims: { session_id, subject: sub },
    ...(idleExpiresAt === undefined ? {} : { idle_expires_at: new Date(idleExpiresAt).toISOString() }),
  }
}
