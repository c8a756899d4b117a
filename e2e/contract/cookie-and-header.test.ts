import { parseSetCookie } from 'cookie'
import { expect, it } from 'vitest'
import { describeEmulatorOnly, useEmulator } from './contract-target.ts'
import { call, getValidate } from './hanko-calls.ts'
import { newAddress, register } from './login-calls.ts'

const ORIGIN = 'http://localhost:3000'

// Expectations: hanko-transcripts/cookies-and-cors.txt.
describeEmulatorOnly('the cookie as the operator wants it', () => {
  const own = useEmulator({
    cookie: { name: 'my-session', domain: 'example.com', sameSite: 'none', secure: true, retention: 'session' },
  })
  const host = useEmulator({ cookie: { name: '__Host-hanko', secure: true, sameSite: 'strict' } })

  it('has name, domain, SameSite and life of the configuration', async () => {
    const { headers } = await register(own(), newAddress())
    const { value, ...attributes } = parseSetCookie(headers.getSetCookie()[0] ?? '')
    const expected = {
      name: 'my-session',
      path: '/',
      domain: 'example.com',
      httpOnly: true,
      secure: true,
      sameSite: 'none',
    }
    expect(attributes).toEqual(expected)
    expect(headers.get('X-Session-Lifetime')).toBe('43200')
    expect(headers.get('X-Session-Retention')).toBe('session')
    expect((await getValidate(own(), { Cookie: `hanko=${value}` })).body).toEqual({ is_valid: false })
    expect((await getValidate(own(), { Cookie: `my-session=${value}` })).body).toMatchObject({ is_valid: true })

    const out = await call(`${own().apiUrl}/logout`, { method: 'POST', headers: { Cookie: `my-session=${value}` } })
    expect(out.headers.getSetCookie().map((line) => parseSetCookie(line))).toEqual([
      { ...expected, value: '', maxAge: 0 },
    ])
  })

  it('can be bound to the host by its name', async () => {
    const { headers } = await register(host(), newAddress())
    const [cookie = ''] = headers.getSetCookie()
    expect(cookie.startsWith('__Host-hanko=')).toBe(true)
    expect((await getValidate(host(), { Cookie: cookie.split(';')[0] ?? '' })).body).toMatchObject({ is_valid: true })
  })
})

describeEmulatorOnly('the header instead of the cookie', () => {
  const target = useEmulator({ authTokenHeader: true })

  it('carries the token, exposed to allowed origins; logout deletes the cookie all the same', async () => {
    const { headers } = await register(target(), newAddress())
    const token = headers.get('X-Auth-Token') ?? ''
    expect([headers.getSetCookie(), token.split('.').length]).toEqual([[], 3])
    expect(headers.get('X-Session-Lifetime')).toBe('43200')
    const out = await call(`${target().apiUrl}/logout`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, Origin: ORIGIN },
    })
    expect(out.status).toBe(204)
    expect(out.headers.get('Access-Control-Expose-Headers')?.endsWith(',X-Auth-Token')).toBe(true)
    expect(parseSetCookie(out.headers.getSetCookie()[0] ?? '')).toMatchObject({ name: 'hanko', value: '', maxAge: 0 })
  })
})

describeEmulatorOnly('CORS for every origin', () => {
  const target = useEmulator({ corsOrigins: ['*'] })

  it('echoes any origin, null included, with credentials', async () => {
    for (const Origin of ['http://evil.example', 'null']) {
      const { headers } = await getValidate(target(), { Origin })
      expect(headers.get('Access-Control-Allow-Origin')).toBe(Origin)
      expect(headers.get('Access-Control-Allow-Credentials')).toBe('true')
    }
  })
})
