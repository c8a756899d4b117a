import { parseSetCookie } from 'cookie'
import { expect, it } from 'vitest'
import { describeContract } from './contract-target.ts'
import { call, getValidate, postValidate, signIn } from './hanko-calls.ts'

const UNAUTHORIZED = { status: 401, body: { code: 401, message: 'Unauthorized' } }

// Expectations: hanko-transcripts/validate.txt, "/me" and "/logout".
describeContract('/me and /logout', (target) => {
  const me = (headers: Record<string, string> = {}) => call(`${target().apiUrl}/me`, { headers })
  const logout = (headers: Record<string, string> = {}) =>
    call(`${target().apiUrl}/logout`, { method: 'POST', headers })

  it('/me shows the user, to Bearer token and cookie alike', async () => {
    const { token, userId, email } = await signIn(target())
    for (const headers of [{ Authorization: `Bearer ${token}` }, { Cookie: `hanko=${token}` }]) {
      const answer = await me(headers)
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({
        id: userId,
        user_id: userId,
        mfa_config: { auth_app_set_up: false, totp_enabled: false, security_keys_enabled: false },
        emails: [{ address: email, is_verified: true, is_primary: true }],
        created_at: expect.any(String) as string,
        updated_at: expect.any(String) as string,
      })
    }
  })

  it('/me answers 401 without a session', async () => {
    expect(await me()).toMatchObject(UNAUTHORIZED)
    expect(await me({ Authorization: 'Bearer abc' })).toMatchObject(UNAUTHORIZED)
  })

  it('/logout ends the session and deletes the cookie; the second one is 401', async () => {
    const { token } = await signIn(target())
    const answer = await logout({ Authorization: `Bearer ${token}` })
    expect(answer.status).toBe(204)
    const [cookie, ...more] = answer.headers.getSetCookie().map((line) => parseSetCookie(line))
    expect(more).toEqual([])
    expect(cookie).toEqual({ name: 'hanko', value: '', path: '/', maxAge: 0, httpOnly: true, sameSite: 'lax' })

    expect((await postValidate(target(), token)).body).toEqual({ is_valid: false })
    const again = await getValidate(target(), { Cookie: `hanko=${token}` })
    expect(again.body).toEqual({ is_valid: false })
    expect(again.headers.getSetCookie()).toEqual([])
    expect(await me({ Authorization: `Bearer ${token}` })).toMatchObject(UNAUTHORIZED)
    expect(await logout({ Cookie: `hanko=${token}` })).toMatchObject(UNAUTHORIZED)
    expect(await logout()).toMatchObject(UNAUTHORIZED)
  })

  it('says that it is alive and ready, and shows so to a browser', async () => {
    expect((await call(`${target().apiUrl}/health/alive`)).body).toEqual({ alive: true })
    expect((await call(`${target().apiUrl}/health/ready`)).body).toEqual({ ready: true })
    const page = await call(`${target().apiUrl}/`, { headers: { Accept: 'text/html' } })
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('API is running') as string })
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
  })
})
