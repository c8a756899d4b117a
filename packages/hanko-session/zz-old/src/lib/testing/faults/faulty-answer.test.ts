import { describe, expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../../testing.ts'
import type { Fault, HankoEmulator } from '../../../testing.ts'

const emulator = (): Promise<HankoEmulator> => createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })

async function withFault(
  ...faults: Fault[]
): Promise<{ hanko: HankoEmulator; jwks: (init?: RequestInit) => Promise<Response> }> {
  const hanko = await emulator()
  hanko.faults.set('jwks', ...faults)
  return { hanko, jwks: (init) => hanko.fetch(`${hanko.apiUrl}/.well-known/jwks.json`, init) }
}

describe('faults', () => {
  it('hang until the caller gives up, with the reason the caller gave', async () => {
    const { hanko, jwks } = await withFault({ kind: 'hang' })
    const gaveUp = new AbortController()
    const reason = new Error('deadline')
    const pending = jwks({ signal: gaveUp.signal })
    gaveUp.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(jwks({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(hanko.requests.count('jwks')).toBe(1)
  })

  it('delay an answer, beside another fault, and let go when the caller does', async () => {
    const { jwks } = await withFault({ kind: 'latency', by: 5 }, { kind: 'status', status: 503 })
    expect((await jwks()).status).toBe(503)
    const late = await withFault({ kind: 'latency', by: '12h' })
    const gaveUp = new AbortController()
    const pending = late.jwks({ signal: gaveUp.signal })
    gaveUp.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('answer any status, with headers', async () => {
    const { jwks } = await withFault({ kind: 'status', status: 429, headers: { 'Retry-After': '2' } })
    const response = await jwks()
    expect([response.status, response.headers.get('Retry-After')]).toEqual([429, '2'])
    expect(await response.json()).toMatchObject({ code: 429 })
  })

  it('break the connection before the headers, as a failed fetch', async () => {
    const { jwks } = await withFault({ kind: 'reset' })
    await expect(jwks()).rejects.toMatchObject({ name: 'TypeError', cause: { code: 'ECONNRESET' } })
  })

  it('break the connection within the body', async () => {
    const { jwks } = await withFault({ kind: 'reset', at: 'body' })
    const response = await jwks()
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('answer malformed bodies', async () => {
    const { jwks } = await withFault(
      { kind: 'malformed', body: '{"keys":' },
      { kind: 'malformed', body: '<html>', contentType: 'text/html' },
    )
    const response = await jwks()
    expect([response.status, await response.text()]).toEqual([200, '{"keys":'])
  })

  it('answer bodies that do not end, made only as they are read', async () => {
    const { jwks } = await withFault({ kind: 'endless' })
    const gaveUp = new AbortController()
    const reader = (await jwks({ signal: gaveUp.signal })).body?.getReader()
    for (let count = 0; count < 100; count++) expect((await reader?.read())?.done).toBe(false)
    gaveUp.abort()
    await expect(reader?.read()).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('end after so many requests, and come one after another', async () => {
    const { hanko, jwks } = await withFault(
      { kind: 'status', status: 500, times: 2 },
      { kind: 'status', status: 503, times: 1 },
    )
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await jwks()).status)
    expect(statuses).toEqual([500, 500, 503, 200])
    expect(hanko.faults.active()).toEqual({ jwks: [] })
  })

  it('hold for one route, or for all but the admin API', async () => {
    const hanko = await emulator()
    const statusOf = async (url: string): Promise<number> => (await hanko.fetch(url)).status
    hanko.faults.set('all', { kind: 'status', status: 502 })
    hanko.faults.set('jwks', { kind: 'status', status: 503 })
    expect(await statusOf(`${hanko.apiUrl}/.well-known/jwks.json`)).toBe(503)
    expect(await statusOf(`${hanko.apiUrl}/sessions/validate`)).toBe(502)
    expect(await statusOf(`${hanko.adminUrl}/users/x`)).toBe(404)
    hanko.faults.set('admin', { kind: 'database', state: 'down' })
    expect(await statusOf(`${hanko.adminUrl}/users/x`)).toBe(500)
    hanko.faults.clear('all')
    expect(await statusOf(`${hanko.apiUrl}/sessions/validate`)).toBe(200)
    hanko.faults.clear()
    expect(await statusOf(`${hanko.apiUrl}/.well-known/jwks.json`)).toBe(200)
  })

  it('do not touch preflights, so that a browser sees the fault itself', async () => {
    const hanko = await emulator()
    hanko.faults.set('all', { kind: 'status', status: 500, times: 1 })
    const preflight = {
      method: 'OPTIONS',
      headers: { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST' },
    }
    expect((await hanko.fetch(`${hanko.apiUrl}/login`, preflight)).status).toBe(204)
    const fault = await hanko.fetch(`${hanko.apiUrl}/login`, {
      method: 'POST',
      headers: { Origin: 'http://localhost:3000' },
    })
    expect([fault.status, fault.headers.get('Access-Control-Allow-Origin')]).toEqual([500, 'http://localhost:3000'])
  })

  it('are refused when unknown', async () => {
    const { faults } = await emulator()
    expect(() => faults.set('nowhere' as never, { kind: 'hang' })).toThrow('Unknown route for a fault: nowhere')
    expect(() => faults.set('all', { kind: 'hiccup' } as never)).toThrow('Unknown kind of fault: hiccup')
  })
})
