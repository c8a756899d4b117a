import { expect, it } from 'vitest'
import { describeContract } from './contract-target.ts'
import { call, decodePart, signIn } from './hanko-calls.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

// Expectations: hanko-transcripts/validate.txt, "jwks" and "token".
describeContract('keys and token', (target) => {
  const jwks = () => call(`${target().apiUrl}/.well-known/jwks.json`)

  it('lists RSA-4096 keys, cacheable for ten minutes and without an ETag', async () => {
    const answer = await jwks()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Cache-Control')).toBe('max-age=600')
    expect(answer.headers.get('ETag')).toBeNull()
    const { keys } = answer.body as { keys: Record<string, string>[] }
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
      expect(key).toMatchObject({
        alg: 'RS256',
        e: 'AQAB',
        kid: expect.stringMatching(UUID) as string,
        kty: 'RSA',
        use: 'sig',
      })
      expect(key['n']).toHaveLength(683)
    }
  })

  it('does not answer conditional requests with 304', async () => {
    const answer = await call(`${target().apiUrl}/.well-known/jwks.json`, { headers: { 'If-None-Match': '"x"' } })
    expect(answer.status).toBe(200)
  })

  it('signs sessions with the newest key, in a compact token that the listed key verifies', async () => {
    const { token, userId, email } = await signIn(target())
    const { keys } = (await jwks()).body as { keys: (JsonWebKey & { kid: string })[] }
    const newest = keys.at(-1)
    expect(decodePart(token, 0)).toEqual({ alg: 'RS256', kid: newest?.kid, typ: 'JWT' })
    const [header, payload, signature = ''] = token.split('.')
    expect(signature).toHaveLength(683)
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('jwk', { ...newest }, algorithm, false, ['verify'])
    const text = new TextEncoder().encode(`${header}.${payload}`)
    expect(await crypto.subtle.verify(algorithm, key, Buffer.from(signature, 'base64url'), text)).toBe(true)

    const claims = decodePart(token, 1) as { exp: number; iat: number }
    expect(claims).toEqual({
      aud: ['localhost'],
      email: { address: email, is_primary: true, is_verified: true },
      exp: claims.iat + 12 * 3_600,
      iat: expect.any(Number) as number,
      session_id: expect.stringMatching(UUID) as string,
      sub: userId,
    })
  })
})
