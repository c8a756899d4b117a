import { afterEach, beforeAll, expect, it } from 'vitest'
import { describeEmulatorOnly, useEmulator } from './contract-target.ts'
import { call, getValidate, postValidate, signIn } from './hanko-calls.ts'

// Expectations: hanko-transcripts/outage.txt.
describeEmulatorOnly('Hanko without its database', () => {
  const target = useEmulator()
  let token: string
  beforeAll(async () => {
    token = (await signIn(target())).token
  })
  afterEach(() => target().emulator.faults.clear())
  const jwks = () => call(`${target().apiUrl}/.well-known/jwks.json`)

  it('calls every session invalid, with 200', async () => {
    target().emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await postValidate(target(), token)).toMatchObject({ status: 200, body: { is_valid: false } })
    expect(await getValidate(target(), { Cookie: `hanko=${token}` })).toMatchObject({
      status: 200,
      body: { is_valid: false },
    })
    target().emulator.faults.clear()
    expect((await postValidate(target(), token)).body).toMatchObject({ is_valid: true })
  })

  it('shows the outage in the key set and on the status page alone', async () => {
    target().emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await jwks()).toMatchObject({ status: 500, body: { code: 500, message: 'Internal Server Error' } })
    const page = await call(`${target().apiUrl}/`)
    expect(page).toMatchObject({
      status: 500,
      body: expect.stringContaining('database connectivity problems') as string,
    })
    expect((await call(`${target().apiUrl}/health/ready`)).body).toEqual({ ready: true })
    const headers = { Authorization: `Bearer ${token}` }
    expect((await call(`${target().apiUrl}/me`, { headers })).status).toBe(401)
    expect((await call(`${target().apiUrl}/logout`, { method: 'POST', headers })).status).toBe(401)
  })

  it('can be without it for one answer only', async () => {
    target().emulator.faults.set('validate', { kind: 'database', state: 'down', times: 1 })
    expect((await postValidate(target(), token)).body).toEqual({ is_valid: false })
    expect((await postValidate(target(), token)).body).toMatchObject({ is_valid: true })
    expect((await jwks()).status).toBe(200)
  })

  it('hides behind a cache that still has the key set', async () => {
    target().emulator.faults.set('all', { kind: 'database', state: 'down' })
    target().emulator.faults.set('jwks', { kind: 'stale-cache', age: 120 })
    const answer = await jwks()
    expect(answer).toMatchObject({ status: 200, body: { keys: [{ alg: 'RS256' }] } })
    expect(answer.headers.get('Age')).toBe('120')
    expect((await postValidate(target(), token)).body).toEqual({ is_valid: false })
  })

  it('answers 500 when only its sessions table is broken', async () => {
    target().emulator.faults.set('all', { kind: 'database', state: 'sessions-missing' })
    expect((await postValidate(target(), token)).status).toBe(500)
    expect((await jwks()).status).toBe(200)
  })
})
