import { beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { importKeys, type VerificationKey } from './import-keys.ts'
import { RS256, verifySignature } from './verify-signature.ts'

const [jwk] = inject('signingKeys') as [JsonWebKey]
const text = 'aGVhZGVy.cGF5bG9hZA'
let key: VerificationKey
let token: string

beforeAll(async () => {
  key = (await importKeys({ keys: [{ kty: 'RSA', kid: 'a', n: jwk.n, e: jwk.e }] })).get('a')!
  const signingKey = await crypto.subtle.importKey('jwk', jwk, RS256, false, ['sign'])
  const signature = await crypto.subtle.sign(RS256, signingKey, new TextEncoder().encode(text))
  token = `${text}.${Buffer.from(signature).toString('base64url')}`
})

describe('verifySignature', () => {
  it('holds for what the key signed', async () => {
    expect(await verifySignature(token, key)).toBe(true)
  })

  it('does not hold for another text, nor for another signature of the same length', async () => {
    expect(await verifySignature(token.replace('aGVh', 'bGVh'), key)).toBe(false)
    expect(await verifySignature(`${text}.${'A'.repeat(683)}`, key)).toBe(false)
  })

  it('asks no RSA about a signature of another length', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const tokens = [`${text}.`, `${text}.AA`, token.slice(0, -1), `${token}A`, text, '', '.']
    expect(await Promise.all(tokens.map((other) => verifySignature(other, key)))).toEqual(tokens.map(() => false))
    expect(verify).not.toHaveBeenCalled()
    verify.mockRestore()
  })

  it('does not reject, whatever the text or the runtime says', async () => {
    expect(await verifySignature(`${text}.${'!'.repeat(683)}`, key)).toBe(false)
    const verify = vi.spyOn(crypto.subtle, 'verify').mockRejectedValueOnce(new Error('no'))
    expect(await verifySignature(token, key)).toBe(false)
    verify.mockRestore()
  })
})
