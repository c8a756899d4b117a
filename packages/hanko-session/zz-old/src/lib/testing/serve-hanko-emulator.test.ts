import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../testing.ts'
import type { HankoEmulator } from '../../testing.ts'
import { serveHankoEmulator } from '../../testing-node.ts'
import type { ServedEmulator } from '../../testing-node.ts'

describe('serveHankoEmulator', () => {
  let hanko: HankoEmulator
  let server: ServedEmulator
  beforeEach(async () => {
    hanko = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
    server = await serveHankoEmulator(hanko, { publicPort: 0, adminPort: 0 })
  })
  afterEach(() => server.close())
  const jwks = (init?: RequestInit) => fetch(`${server.apiUrl}/.well-known/jwks.json`, init)

  it('serves both APIs on ports of their own, and says where', async () => {
    expect({ apiUrl: hanko.apiUrl, adminUrl: hanko.adminUrl }).toEqual({
      apiUrl: server.apiUrl,
      adminUrl: server.adminUrl,
    })
    expect((await jwks()).status).toBe(200)
    expect((await hanko.fetch(`${hanko.apiUrl}/.well-known/jwks.json`)).status).toBe(200)
    expect((await fetch(`${server.adminUrl}/users`, { method: 'POST', body: '{}' })).status).toBe(400)
  })

  it('takes tokens of 20 MB', async () => {
    const response = await fetch(`${server.apiUrl}/sessions/validate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ session_token: 'a'.repeat(20_000_000) }),
    })
    expect(await response.json()).toEqual({ is_valid: false })
  })

  it('destroys the socket where a fault breaks the connection', async () => {
    hanko.faults.set('jwks', { kind: 'reset', times: 1 }, { kind: 'reset', at: 'body', times: 1 })
    await expect(jwks()).rejects.toThrow(TypeError)
    const broken = await jwks()
    expect(broken.status).toBe(200)
    await expect(broken.text()).rejects.toThrow(TypeError)
    expect((await jwks()).status).toBe(200)
  })

  it('streams a body that does not end for as long as somebody reads', async () => {
    hanko.faults.set('jwks', { kind: 'endless' })
    const gaveUp = new AbortController()
    const reader = (await jwks({ signal: gaveUp.signal })).body?.getReader()
    let bytes = 0
    while (bytes < 4_000_000) bytes += (await reader?.read())?.value?.length ?? 0
    gaveUp.abort()
    await expect(reader?.read()).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('answers methods and targets that no route has', async () => {
    expect((await fetch(server.apiUrl, { method: 'DELETE' })).status).toBe(404)
    const raw = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(server.apiUrl).port), '127.0.0.1')
      socket
        .on('error', reject)
        .on('close', () => reject(new Error('closed')))
        .once('data', (data) => {
          resolve(data.toString().split('\r\n', 1)[0] ?? '')
          socket.destroy()
        })
      socket.write('TRACE //evil.example/x HTTP/1.1\r\nHost: localhost\r\n\r\n')
    })
    expect(raw).toBe('HTTP/1.1 404 Not Found')
  })

  it('closes while answers hang, leaving nothing open, and may be closed twice', async () => {
    hanko.faults.set('all', { kind: 'latency', by: '12h' }, { kind: 'hang' })
    const pending = jwks().then(
      () => 'answered',
      () => 'cut off',
    )
    await expect.poll(() => hanko.requests.count('jwks')).toBe(1)
    await server.close()
    await server.close()
    expect(await pending).toBe('cut off')
    await expect(jwks()).rejects.toThrow(TypeError)
  })

  it('rejects when a port is taken, and frees the other', async () => {
    const publicPort = Number(new URL(server.apiUrl).port)
    await expect(serveHankoEmulator(hanko, { publicPort: 0, adminPort: publicPort })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    await expect(serveHankoEmulator(hanko, { publicPort, adminPort: 0 })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
