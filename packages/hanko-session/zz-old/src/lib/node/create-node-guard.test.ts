import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import express from 'express'
import Fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createHankoEmulator, type HankoEmulator } from '../../testing.ts'
import { createSessionValidator } from '../create-session-validator.ts'
import { createNodeGuard, type NodeGuard } from './create-node-guard.ts'

const keys = inject('signingKeys').slice(0, 1)
let emulator: HankoEmulator
let guard: NodeGuard<Readonly<Record<string, unknown>>>
let handled: number
const closing: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  emulator = await createHankoEmulator({ keys })
  guard = createNodeGuard(
    createSessionValidator({
      apiUrl: emulator.apiUrl,
      fetch: emulator.fetch,
      maxStaleness: 0,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    }),
  )
  handled = 0
})

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function listen(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/me`
}

/** The same route behind every kind of server: it says who is signed in, and tries to be cached. */
const servers: [string, () => Promise<string>][] = [
  [
    'node:http',
    () =>
      listen(
        guard.listener((_request, response, session) => {
          handled++
          response.writeHead(200, { 'cache-control': 'public, max-age=60' }).end(session.userId)
        }),
      ),
  ],
  [
    'Express',
    () => {
      const app = express()
      app.all('/api/me', guard.middleware, (request, response) => {
        handled++
        response.set('Cache-Control', 'public, max-age=60').send(guard.session(request).userId)
      })
      return listen(app)
    },
  ],
  [
    'Connect',
    () => {
      const app = connect()
      app.use('/api/me', guard.middleware)
      app.use((request, response) => {
        handled++
        response.setHeader('cache-control', 'public, max-age=60')
        response.end(guard.session(request).userId)
      })
      return listen(app)
    },
  ],
  [
    'Fastify',
    async () => {
      const app = Fastify()
      app.addHook('onRequest', async (_request, reply) => void reply.header('x-from-a-plugin', 'yes'))
      app.all('/api/me', { onRequest: guard.onRequest }, (request, reply) => {
        handled++
        void reply.header('cache-control', 'public, max-age=60').send(guard.session(request).userId)
      })
      closing.push(() => app.close())
      return `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/me`
    },
  ],
]

describe.each(servers)('a guard of %s', (name, start) => {
  it('lets a live session through, and keeps caches away from the answer', async () => {
    const { cookie, userId } = await emulator.signIn()
    const response = await fetch(await start(), { headers: { cookie } })
    expect([response.status, await response.text(), response.headers.get('cache-control')]).toEqual([
      200,
      userId,
      'private, no-store',
    ])
  })

  it('answers everybody else with a problem document, before the handler', async () => {
    const response = await fetch(await start())
    expect(response.status).toBe(401)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'private, no-store',
      'www-authenticate': 'Bearer',
      ...(name === 'Fastify' ? { 'x-from-a-plugin': 'yes' } : {}),
    })
    expect(await response.json()).toMatchObject({ status: 401, reason: 'no_token' })
    expect(handled).toBe(0)
  })

  it('answers an outage with 503 and Retry-After', async () => {
    const { header } = await emulator.signIn()
    const url = await start()
    expect((await fetch(url, { headers: { authorization: header } })).status).toBe(200) // and the keys are known
    handled = 0
    emulator.faults.set('all', { kind: 'database', state: 'down' })
    const response = await fetch(url, { headers: { authorization: header } })
    expect([response.status, response.headers.get('retry-after'), response.headers.get('www-authenticate')]).toEqual([
      503,
      '1',
      null,
    ])
    expect(handled).toBe(0)
  })

  it('refuses a cookie on a cross-site POST, by the method and Host of the request', async () => {
    const { cookie } = await emulator.signIn()
    const url = await start()
    const post = (headers: Record<string, string>) =>
      fetch(url, { method: 'POST', headers: { cookie, ...headers } }).then(({ status }) => status)
    expect(await post({ origin: 'https://evil.example' })).toBe(403)
    expect(handled).toBe(0)
    expect(await post({ origin: new URL(url).origin })).toBe(200)
  })
})

describe('a guard of Fastify beside other plugins', () => {
  it.each([
    [
      'takes its time',
      async (_request: unknown, _reply: unknown, payload: unknown) => {
        await new Promise((resolve) => setImmediate(resolve))
        return payload
      },
    ],
    [
      'calls back',
      (_request: unknown, _reply: unknown, payload: unknown, done: (error: null, payload: unknown) => void) => {
        setImmediate(() => done(null, payload))
      },
    ],
  ])('never reaches the handler of a refused request when an onSend hook %s', async (_, onSend) => {
    const app = Fastify()
    closing.push(() => app.close())
    app.addHook('onSend', onSend as never)
    app.all('/api/me', { onRequest: guard.onRequest }, () => {
      handled++
      return { users: ['everybody'] }
    })
    const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/me`
    for (const method of ['GET', 'POST', 'HEAD']) expect((await fetch(url, { method })).status).toBe(401)
    expect(handled).toBe(0)
  })
})

describe('session', () => {
  it('says so when a route has no guard', () => {
    expect(() => guard.session({ raw: {} as never })).toThrow('no guard')
  })
})
