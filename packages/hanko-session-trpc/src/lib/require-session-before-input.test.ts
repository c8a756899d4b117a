import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { octetInputParser } from '@trpc/server/http'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp, type TestApp } from '../../test/test-app.ts'
import { hankoAuth } from './hanko-auth.ts'
import { requireSession } from './require-session.ts'

let test: TestHanko
let app: TestApp
beforeAll(async () => {
  test = await startHanko()
})
beforeEach(() => {
  app = createTestApp()
})

function post(path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  const req = new Request(`http://localhost/trpc/${path}`, {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit)
  return fetchRequestHandler({
    ...app.handler,
    req,
    endpoint: '/trpc',
    createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
  })
}

describe('requireSession, before the input', () => {
  it('answers a signed-out caller with invalid input 401, not 400, and never runs the parser', async () => {
    for (const body of ['{"name":1}', '{}', 'null', 'not json']) {
      const response = await post('rename', body, { 'content-type': 'application/json' })
      expect(response.status).toBe(401)
      expect(await response.text()).not.toMatch(/expected|invalid_type|zod/i)
    }
    expect(app.ran).toEqual([])
    const signedIn = await post('rename', '{"name":1}', {
      'content-type': 'application/json',
      authorization: test.ada.header,
    })
    expect([signedIn.status, app.ran]).toEqual([400, ['parser']])
  })

  it('refuses form data with keys for the prototype, and nothing is polluted', async () => {
    const form = new FormData()
    for (const key of [
      '__proto__[session][userId]',
      '__proto__[auth]',
      'constructor[prototype][session]',
      '__proto__.session',
      'name',
    ]) {
      form.append(key, 'x')
    }
    const response = await post('rename', form)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { data: { code: 'UNAUTHORIZED' } } })
    expect(
      (
        await post('rename', '{"__proto__":{"session":{"userId":"x"}},"name":"x"}', {
          'content-type': 'application/json',
        })
      ).status,
    ).toBe(401)
    expect(['session' in {}, 'auth' in {}, app.ran]).toEqual([false, false, []])
  })

  const BIG = 100 * 1024 * 1024

  it('pulls nothing of a 100 MB octet stream before it knows the caller', async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>(
      { pull: (stream) => (pulled++, stream.enqueue(new Uint8Array(64 * 1024))) },
      { highWaterMark: 0 },
    )
    expect(
      (await post('rename', body, { 'content-type': 'application/octet-stream', 'content-length': String(BIG) }))
        .status,
    ).toBe(401)
    expect(pulled).toBe(0)
  })

  it('answers over a real connection while the 100 MB are still to come', async () => {
    const { t } = app
    const router = t.router({
      upload: t.procedure
        .use(requireSession())
        .input(octetInputParser)
        .mutation(() => void app.ran.push('upload')),
    })
    const server = createServer(
      createHTTPHandler({ router, createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }) }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': BIG }
      const upload = request({ port, host: '127.0.0.1', path: '/upload', method: 'POST', headers })
      upload.on('response', (response) => (resolve(response.statusCode), upload.destroy())).on('error', reject)
      upload.flushHeaders() // and never a byte of the body
    })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect([status, app.ran]).toEqual([401, []])
  })
})
