import { parseSetCookie } from 'cookie'
import { beforeAll, expect, it } from 'vitest'
import { describeContract, describeEmulatorOnly, useEmulator } from './contract-target.ts'
import { getValidate } from './hanko-calls.ts'
import { act, begin, beginLogin, beginWithoutPasskeys, newAddress, PASSWORD, register } from './login-calls.ts'
import type { FlowAnswer } from './login-calls.ts'

const NANOSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/
const FORM_INVALID = { code: 'form_data_invalid_error', message: 'Form data invalid.' }

// Expectations: hanko-transcripts/login-flow.txt and elements/a-register.txt, c-signin.txt, d-wrong-password.txt.
describeContract('the login flow', (target) => {
  const email = newAddress()
  let registered: FlowAnswer
  beforeAll(async () => {
    registered = await register(target(), email)
  })

  it('begins with the capabilities of the client, without a body', async () => {
    const { status, state } = await begin(target(), 'login')
    expect(status).toBe(200)
    expect(state).toMatchObject({ name: 'preflight', status: 200, payload: {} })
    expect(Object.keys(state.actions)).toEqual(['register_client_capabilities'])
    expect(state.actions['register_client_capabilities']?.href).toMatch(
      /^\/login\?action=register_client_capabilities%40[0-9a-f-]{36}$/,
    )
  })

  it('changes the csrf token at every step', async () => {
    const { state } = await begin(target(), 'registration')
    const next = await act(target(), state, 'register_client_capabilities', { webauthn_available: false })
    expect(state.csrf_token).toMatch(/^[A-Za-z0-9]{32}$/)
    expect(next.state.csrf_token).not.toBe(state.csrf_token)
  })

  it('asks a newcomer for an address and a password, and then has signed them in', () => {
    const { status, state, headers } = registered
    expect({ status, name: state.name, actions: state.actions }).toEqual({ status: 200, name: 'success', actions: {} })
    expect(state.payload).toMatchObject({
      claims: {
        amr: ['pwd'],
        audience: ['localhost'],
        email: { address: email, is_primary: true, is_verified: false },
        expiration: expect.stringMatching(NANOSECONDS) as string,
        issued_at: expect.stringMatching(NANOSECONDS) as string,
        session_id: expect.any(String) as string,
        subject: expect.any(String) as string,
      },
      user: {
        emails: [{ address: email, is_primary: true, is_verified: false }],
        mfa_config: { auth_app_set_up: false },
      },
    })
    const { value, ...attributes } = parseSetCookie(headers.getSetCookie()[0] ?? '')
    expect(value?.split('.').length).toBe(3)
    expect(attributes).toEqual({ name: 'hanko', path: '/', maxAge: 43_200, httpOnly: true, sameSite: 'lax' })
    expect(headers.get('X-Session-Lifetime')).toBe('43200')
    expect(headers.get('X-Session-Retention')).toBe('persistent')
  })

  it('signs in with the password, and the cookie is a session', async () => {
    const { state, headers } = await act(target(), await beginLogin(target(), email), 'password_login', {
      password: PASSWORD,
    })
    expect(state).toMatchObject({
      name: 'success',
      payload: { last_login: { login_method: 'password' }, claims: { amr: ['pwd'] } },
    })
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect((await getValidate(target(), { Cookie: cookie })).body).toMatchObject({
      is_valid: true,
      claims: { amr: ['pwd'] },
    })
  })

  it('refuses a wrong password with 400, the same state and the input at fault', async () => {
    const state = await beginLogin(target(), email)
    const refused = await act(target(), state, 'password_login', { password: 'not the password' })
    expect(refused.status).toBe(400)
    expect(refused.headers.getSetCookie()).toEqual([])
    expect(refused.state).toMatchObject({ name: 'login_password', status: 400, error: FORM_INVALID })
    expect(refused.state.actions['password_login']?.inputs['password']).toMatchObject({
      error: { code: 'value_invalid_error', message: 'The value is invalid.' },
    })
    expect(refused.state.csrf_token).not.toBe(state.csrf_token)
    expect((await act(target(), refused.state, 'password_login', { password: PASSWORD })).state.name).toBe('success')
  })

  it('asks an unknown address for a password all the same, and goes back', async () => {
    const state = await beginLogin(target(), newAddress())
    expect(state.name).toBe('login_password')
    const refused = await act(target(), state, 'password_login', { password: 'whatever 123' })
    expect(refused).toMatchObject({ status: 400, state: { name: 'login_password', error: FORM_INVALID } })
    expect((await act(target(), refused.state, 'back')).state.name).toBe('login_init')
  })

  it('refuses an address that is taken', async () => {
    const init = await beginWithoutPasskeys(target(), 'registration')
    const refused = await act(target(), init, 'register_login_identifier', { email })
    expect(refused).toMatchObject({ status: 400, state: { name: 'registration_init', error: FORM_INVALID } })
    expect(refused.state.actions['register_login_identifier']?.inputs['email']).toMatchObject({
      error: { code: 'email_already_exists', message: 'The email address already exists.' },
    })
  })

  it('refuses a password that is too short, and goes back', async () => {
    const init = await beginWithoutPasskeys(target(), 'registration')
    const creation = await act(target(), init, 'register_login_identifier', { email: newAddress() })
    const refused = await act(target(), creation.state, 'register_password', { new_password: 'short' })
    expect(refused).toMatchObject({ status: 400, state: { name: 'password_creation', error: FORM_INVALID } })
    expect(refused.state.actions['register_password']?.inputs['new_password']).toMatchObject({
      min_length: 8,
      error: { code: 'value_too_short_error', message: 'The value is too short.' },
    })
    expect((await act(target(), refused.state, 'back')).state.name).toBe('registration_init')
  })
})

describeEmulatorOnly('the login flow that cannot go on', () => {
  const target = useEmulator({ flowLifespan: '10m' })

  it('ends in the state error, with actions, when it is too old or the csrf token is', async () => {
    const state = await beginLogin(target(), newAddress())
    const stale = await act(target(), { ...state, csrf_token: 'old' }, 'password_login', { password: PASSWORD })
    expect(stale.state).toMatchObject({ name: 'error', actions: {}, error: { code: 'operation_not_permitted_error' } })
    target().emulator.clock.advance('10m')
    const expired = await act(target(), state, 'password_login', { password: PASSWORD })
    expect(expired.state).toMatchObject({
      name: 'error',
      status: 410,
      actions: {},
      error: { code: 'flow_expired_error' },
    })
  })

  it('ends in technical_error while the database is down', async () => {
    target().emulator.faults.set('login', { kind: 'database', state: 'down', times: 1 })
    const { status, state } = await begin(target(), 'login')
    expect({ status, state }).toEqual({
      status: 500,
      state: {
        name: 'error',
        status: 500,
        csrf_token: '',
        actions: {},
        error: { code: 'technical_error', message: 'Something went wrong.' },
        links: null,
      },
    })
    expect((await begin(target(), 'login')).state.name).toBe('preflight')
  })
})
