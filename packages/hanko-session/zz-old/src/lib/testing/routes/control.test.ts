import { describe, expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../../testing.ts'

async function control() {
  const hanko = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), clock: { now: () => 1_000 } })
  const send = async (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> => {
    const response = await hanko.fetch(`${hanko.adminUrl}/_emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? '' : (JSON.parse(text) as unknown) }
  }
  return { hanko, send }
}

describe('control over HTTP, on the admin server', () => {
  it('sets, lists and ends faults', async () => {
    const { hanko, send } = await control()
    const down = { kind: 'database', state: 'down' }
    expect(await send('POST', 'faults', { target: 'jwks', faults: [down] })).toEqual({
      status: 200,
      body: { jwks: [down] },
    })
    expect((await hanko.fetch(`${hanko.apiUrl}/.well-known/jwks.json`)).status).toBe(500)
    expect((await send('GET', 'faults')).body).toEqual({ jwks: [down] })
    expect((await send('DELETE', 'faults')).status).toBe(204)
    expect((await hanko.fetch(`${hanko.apiUrl}/.well-known/jwks.json`)).status).toBe(200)
  })

  it('moves the clock', async () => {
    const { hanko, send } = await control()
    expect(await send('POST', 'clock', { advance: '5m' })).toEqual({ status: 200, body: { now: 301_000 } })
    expect(hanko.clock.now()).toBe(301_000)
    expect((await send('GET', 'clock')).body).toEqual({ now: 301_000 })
  })

  it('shows the requests of others, and forgets them', async () => {
    const { hanko, send } = await control()
    await hanko.fetch(`${hanko.apiUrl}/me`)
    expect((await send('GET', 'requests')).body).toEqual([{ method: 'GET', path: '/me', route: 'me', at: 1_000 }])
    expect((await send('DELETE', 'requests')).status).toBe(204)
    expect(hanko.requests.count()).toBe(0)
  })

  it('is a page for a person', async () => {
    const { hanko } = await control()
    const page = await hanko.fetch(`${hanko.adminUrl}/_emulator/`)
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
    expect(await page.text()).toContain('Database down')
  })

  it('refuses what makes no sense, and is not on the public server', async () => {
    const { hanko, send } = await control()
    expect(await send('POST', 'faults', { target: 'nowhere', fault: { kind: 'hang' } })).toMatchObject({ status: 400 })
    expect(await send('POST', 'faults', { target: 'all', faults: 'hang' })).toMatchObject({ status: 400 })
    expect(await send('POST', 'clock', { advance: 'soon' })).toMatchObject({ status: 400 })
    expect(await send('POST', 'clock')).toMatchObject({ status: 400 })
    expect(await send('GET', 'nothing')).toMatchObject({ status: 404 })
    expect((await hanko.fetch(`${hanko.apiUrl}/_emulator/faults`)).status).toBe(404)
  })
})
