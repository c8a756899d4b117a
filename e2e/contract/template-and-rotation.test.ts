import { expect, inject, it } from 'vitest'
import { describeEmulatorOnly, useEmulator } from './contract-target.ts'
import { call, decodePart, postValidate, signIn } from './hanko-calls.ts'

// Expectations: hanko-transcripts/template-and-rotation.txt.
describeEmulatorOnly('claims of the operator', () => {
  const custom = JSON.parse('{"__proto__":{"polluted":true},"constructor":"c"}') as Record<string, unknown>
  const target = useEmulator({
    issuer: 'https://hanko.example',
    audience: ['app-a', 'app-b'],
    jwtTemplate: (user) => ({
      ...custom,
      amr: ['fake'],
      audience: ['spoofed'],
      expiration: '2099-01-01T00:00:00Z',
      html: '<b>&</b>',
      issued_at: 'spoofed',
      issuer: 'spoofed',
      jti: 'my-jti',
      nbf: 0,
      nil_value: null,
      sub: 'ignored',
      session_id: 'ignored',
      subject: '33333333-3333-4333-8333-333333333333',
      user_email: user.emails[0]?.address,
    }),
  })

  it('overwrite claims of the reply, but not user_id, expiration_time and session_id', async () => {
    const { token, userId, email } = await signIn(target())
    const { exp, session_id: sessionId } = decodePart(token, 1) as { exp: number; session_id: string }
    const { body } = await postValidate(target(), token)
    expect(body).toMatchObject({
      claims: {
        amr: ['fake'],
        audience: ['spoofed'],
        expiration: '2099-01-01T00:00:00Z',
        issued_at: 'spoofed',
        issuer: 'spoofed',
        nil_value: null,
        session_id: sessionId,
        subject: '33333333-3333-4333-8333-333333333333',
        user_email: email,
      },
      expiration_time: new Date(exp * 1_000).toISOString().replace('.000', ''),
      user_id: userId,
    })
    const { claims } = body as { claims: object }
    expect(Object.keys(claims)).toEqual(expect.arrayContaining(['__proto__', 'constructor']))
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['jti']))
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['nbf']))
  })

  it('leave the signed payload true', async () => {
    const { token, userId } = await signIn(target())
    const payload = decodePart(token, 1)
    expect(payload).toMatchObject({ sub: userId, iss: 'https://hanko.example', aud: ['app-a', 'app-b'], jti: 'my-jti' })
    expect(Object.keys(payload)).toEqual(Object.keys(payload).toSorted())
  })

  it('are written as Go writes JSON', async () => {
    const { token } = await signIn(target())
    const response = await fetch(`${target().apiUrl}/sessions/validate`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    const text = await response.text()
    expect(text.includes('"html":"\\u003cb\\u003e\\u0026\\u003c/b\\u003e"')).toBe(true)
    expect(text.endsWith('}\n')).toBe(true)
  })
})

describeEmulatorOnly('key rotation', () => {
  const target = useEmulator()

  it('lists the new key last, signs with it, and takes old tokens while the old key is listed', async () => {
    const old = await signIn(target())
    const kid = await target().emulator.rotateKeys(inject('signingKeys')[1])
    const young = await signIn(target())
    const { body } = await call(`${target().apiUrl}/.well-known/jwks.json`)
    const kids = (body as { keys: { kid: string }[] }).keys.map((key) => key.kid)
    expect(kids).toEqual([decodePart(old.token, 0)['kid'], kid])
    expect(decodePart(young.token, 0)['kid']).toBe(kid)
    for (const { token } of [old, young])
      expect((await postValidate(target(), token)).body).toMatchObject({ is_valid: true })
  })

  it('ends the sessions of a key that is taken off the list', async () => {
    const { token } = await signIn(target())
    await target().emulator.rotateKeys(inject('signingKeys')[2], { keepOld: false })
    expect((await postValidate(target(), token)).body).toEqual({ is_valid: false })
  })
})
