import { inspect } from 'node:util'
import { experimental_standaloneMiddleware, initTRPC, type TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { hankoAuth, requireSession } from 'hanko-session-trpc'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { serveWebSockets, type ServedSockets } from '../../packages/hanko-session-trpc/test/connect-web-socket.ts'
import { createLiveApp } from '../../packages/hanko-session-trpc/test/live-app.ts'
import { startHanko, type TestHanko } from '../../packages/hanko-session-trpc/test/start-hanko.ts'
import { createTestApp, SECRET, type TestContext } from '../../packages/hanko-session-trpc/test/test-app.ts'
import { titleOf } from './corpus.ts'

let test: TestHanko
let served: ServedSockets
const app = createTestApp()

beforeAll(async () => {
  test = await startHanko()
  served = await serveWebSockets(app, test.hanko)
})
afterEach(() => {
  app.ran.length = 0
  app.errors.length = 0
  test.emulator.faults.clear()
})
afterAll(() => served.close())

interface Answer {
  readonly status: number
  readonly text: string
}

async function call(path: string, init: RequestInit = {}, handler: object = app.handler): Promise<Answer> {
  const response = await fetchRequestHandler({
    ...(handler as typeof app.handler),
    allowMethodOverride: true,
    req: new Request(`http://app.example/trpc/${path}`, init),
    endpoint: '/trpc',
    createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
  })
  return { status: response.status, text: await response.text() }
}

const JSON_POST = { method: 'POST', headers: { 'content-type': 'application/json' } }
const UNAUTHORIZED = '"code":"UNAUTHORIZED"'

/** A socket without tRPC's client: what is sent is what is said. */
async function connectRaw(
  query: string,
): Promise<{ send: (text: string) => void; received: string[]; close: () => void }> {
  const socket = new WebSocket(served.url + query)
  const received: string[] = []
  socket.addEventListener('message', ({ data }) => void received.push(String(data)))
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  return { send: (text) => socket.send(text), received, close: () => socket.close() }
}

describe('tRPC protectedProcedure', () => {
  it(titleOf('P01'), async () => {
    const { status, text } = await call('hello,me?batch=1&input={}')
    expect(status).toBe(207)
    expect(JSON.parse(text)).toMatchObject([
      { result: { data: 'hello' } },
      { error: { data: { code: 'UNAUTHORIZED' } } },
    ])
    expect(app.ran).toEqual([])
  })

  it(titleOf('P03'), async () => {
    for (const path of [
      'me,,hello',
      'me%2Chello',
      '__proto__,me',
      'constructor.toString,me',
      'me.constructor',
      'me.call',
    ])
      for (const query of ['?batch=1&input={}', '?input={}', '']) {
        const { status, text } = await call(path + query)
        expect([status === 200, text.includes(SECRET)]).toEqual([false, false])
      }
    expect((await call('__proto__,me?batch=1&input={}')).text).toContain(UNAUTHORIZED)
    expect(app.ran).toEqual([])
  })

  it(titleOf('P05'), async () => {
    expect((await call('me', JSON_POST)).status).toBe(401)
    expect((await call('touch', { headers: { cookie: test.ada.cookie } })).status).toBe(405)
    expect((await call('touch', { method: 'PUT', headers: { cookie: test.ada.cookie } })).status).toBe(415)
    expect(app.ran).toEqual([])
  })

  it(titleOf('P06'), async () => {
    const genuine = hankoAuth(test.hanko, new Headers({ cookie: test.ada.cookie }))
    const session = await genuine.requireSession()
    const state = async () => ({ status: 'authenticated', session })
    const forged = [
      undefined,
      {},
      { session },
      { auth: { state, known: state } },
      { auth: Object.create(genuine) as unknown, session },
    ]
    for (const context of forged)
      await expect(
        app.t
          .createCallerFactory(app.router)(context as TestContext)
          .me(),
      ).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    const signedOut = { auth: hankoAuth(test.hanko, new Headers()), session }
    await expect(app.t.createCallerFactory(app.router)(signedOut).me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(app.ran).toEqual([])
  })

  it(titleOf('P07'), async () => {
    const { t } = app
    const ran = (): number => app.ran.push('handler')
    const open = t.procedure.use(({ next }) => next({ ctx: { session: { userId: 'open' } } }))
    // oxlint-disable-next-line typescript/no-deprecated -- people have it
    const standalone = experimental_standaloneMiddleware<{ ctx: TestContext }>().create(requireSession())
    const routes = t.router({
      afterPublic: open.use(requireSession()).query(ran),
      concat: t.procedure.concat(initTRPC.context<TestContext>().create().procedure.use(requireSession())).query(ran),
      standalone: t.procedure.use(standalone).query(ran),
    })
    const router = t.mergeRouters(t.router({ merged: routes }), t.router({ deep: { deeper: routes } }))
    for (const place of ['merged', 'deep.deeper'])
      for (const name of ['afterPublic', 'concat', 'standalone'])
        expect(await call(`${place}.${name}`, {}, { router })).toMatchObject({ status: 401 })
    expect(app.ran).toEqual([])
  })

  it(titleOf('P08'), async () => {
    for (const body of ['{"name":1}', '{}', 'null', 'not json']) {
      const { status, text } = await call('rename', { ...JSON_POST, body })
      expect([status, /expected|invalid_type|zod/i.test(text)]).toEqual([401, false])
    }
    expect(app.ran).toEqual([])
  })

  it(titleOf('P09'), async () => {
    for (const cookie of ['', 'hanko=x.y.z', `hanko=${test.ada.token}x`]) {
      const { text } = await call('me', { headers: { cookie } })
      expect([text.includes(UNAUTHORIZED), text.includes(SECRET), text.includes('eyJ')]).toEqual([true, false, false])
    }
    expect(app.ran).toEqual([])
  })

  it(titleOf('P10'), async () => {
    const live = createLiveApp(test)
    const eve = await test.emulator.signIn()
    for (const text of ['one', 'two']) live.say(text)
    await test.emulator.endSession(eve.sessionId)
    for (const [query, headers] of [
      ['?lastEventId=0', {}],
      ['', { 'last-event-id': '0' }],
      [`?input=${encodeURIComponent('{"lastEventId":0}')}`, {}],
    ] as const) {
      const init = { headers: { cookie: eve.cookie, accept: 'text/event-stream', ...headers } }
      const { text } = await call(`resumable${query}`, init, live.handler)
      expect([text.includes('"reason":"revoked"'), text.includes('two')]).toEqual([true, false])
    }
  })

  it(titleOf('P12'), async () => {
    const params = JSON.stringify({ method: 'connectionParams', data: { authorization: test.ada.header } })
    const me = JSON.stringify({ id: 1, method: 'query', params: { path: 'me' } })
    const sent = {
      late: ['', [me, params]], // nobody said that there would be any
      wrong: ['/?connectionParams=1', ['{"method":"connectionParams","data":{"authorization":["Bearer",1]}}', me]],
      second: ['/?connectionParams=1', ['{"method":"connectionParams","data":{}}', params, me]],
      nullId: ['/?connectionParams=1', [params, JSON.stringify({ id: null, method: 'query', params: { path: 'me' } })]],
      noObject: ['/?connectionParams=1', ['null', me]],
    } as const
    for (const [, [query, messages]] of Object.entries(sent)) {
      const socket = await connectRaw(query)
      for (const message of messages) socket.send(message)
      await vi.waitFor(() => expect(socket.received.length).toBeGreaterThan(0), 10_000)
      expect(socket.received.join().includes(SECRET)).toBe(false)
      socket.close()
    }
    expect(app.ran).toEqual([])
    const inOrder = await connectRaw('/?connectionParams=1')
    for (const message of [params, me]) inOrder.send(message)
    await vi.waitFor(() => expect(inOrder.received.join()).toContain(SECRET), 10_000)
    inOrder.close()
  })

  it(titleOf('X33'), async () => {
    const me = JSON.stringify({ id: 1, method: 'query', params: { path: 'me' } })
    const long = 'a'.repeat(1_000_000)
    const shapes = [
      '7',
      '"x"',
      '[]',
      'null',
      '{"authorization":7}',
      '{"authorization":{"authorization":"Bearer x"}}',
      '{"authorization":[["Bearer x"]]}',
      `{"authorization":"Bearer ${long}"}`,
      `{"${long}":"x"}`,
      `{"__proto__":{"authorization":"${test.ada.header}"}}`,
      `{"constructor":{"prototype":{"authorization":"${test.ada.header}"}}}`,
    ]
    for (const shape of shapes) {
      const socket = await connectRaw('/?connectionParams=1')
      for (const message of [`{"method":"connectionParams","data":${shape}}`, me]) socket.send(message)
      // What tRPC itself calls a wrong shape has the id null as well; the call is answered in any case.
      await vi.waitFor(
        () => expect(socket.received.some((text) => text.startsWith('{"id":1,"error"'))).toBe(true),
        10_000,
      )
      const { error } = JSON.parse(socket.received.at(-1) ?? '') as { error: { data: { httpStatus: number } } }
      expect([400, 401]).toContain(error.data.httpStatus)
      expect(socket.received.join()).not.toContain(SECRET)
      socket.close()
    }
    expect(app.ran).toEqual([])
    expect(({} as { authorization?: string }).authorization).toBeUndefined()
    const { client, close } = served.connect({ connectionParams: { authorization: test.ada.header } })
    await client.me.query()
    expect(app.ran).toEqual(['me'])
    await close()
  })

  it(titleOf('P13'), async () => {
    const eve = await test.emulator.signIn()
    const { client, close } = served.connect({ connectionParams: { authorization: eve.header } })
    await client.me.query()
    await test.emulator.endSession(eve.sessionId)
    app.ran.length = 0
    await expect(client.me.query()).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED' } })
    expect(app.ran).toEqual([])
    await close()
  })

  it(titleOf('P14'), async () => {
    // What each of 10,000 sockets does when it comes back at the same moment: a context of its own, and one call.
    const calm = await startHanko({ maxStaleness: '30s' })
    const eve = await calm.emulator.signIn()
    calm.asked()
    const create = app.t.createCallerFactory(app.router)
    const socket = { readyState: 1, send() {}, close() {} }
    const calls = Array.from({ length: 10_000 }, () => {
      const req = { headers: { host: 'app.example', cookie: eve.cookie } }
      return create({ auth: hankoAuth(calm.hanko, { req, res: socket }) }).touch()
    })
    expect(new Set(await Promise.all(calls))).toEqual(new Set([eve.userId]))
    expect(calm.asked()).toBe(1)
  })

  it(titleOf('P15'), async () => {
    const body = new FormData()
    for (const key of [
      '__proto__[session][userId]',
      '__proto__[auth]',
      'constructor.prototype',
      'constructor[prototype][session]',
    ])
      body.append(key, 'x')
    expect((await call('rename', { method: 'POST', body })).status).toBe(401)
    expect(['session' in {}, 'auth' in {}, app.ran]).toEqual([false, false, []])
  })

  it(titleOf('P17'), async () => {
    const context = { auth: hankoAuth(test.hanko, new Headers({ cookie: test.ada.cookie })) }
    await app.t.createCallerFactory(app.router)(context).touch()
    for (const text of [JSON.stringify(context), inspect(context, { depth: Infinity, showHidden: true })])
      for (const part of [test.ada.token, test.ada.userId, test.ada.sessionId]) expect(text.includes(part)).toBe(false)
    expect(JSON.stringify(await context.auth.requireSession()).includes('eyJ')).toBe(false)
  })

  it(titleOf('P19'), async () => {
    const seen: unknown[] = []
    const onError = (told: { error: TRPCError; ctx?: unknown; input: unknown }): void =>
      void seen.push([told.error, told.ctx, told.input])
    const { router } = app
    await call('me', { headers: { authorization: `${test.ada.header}x` } }, { router, onError })
    test.emulator.faults.set('validate', { kind: 'malformed', body: '{' })
    await call('me', { headers: { cookie: test.ada.cookie } }, { router, onError })
    expect(seen).toHaveLength(2)
    const told = inspect(seen, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null })
    expect([told.includes('HankoAuthError'), told.includes('eyJ'), test.logged().includes('eyJ')]).toEqual([
      true,
      false,
      false,
    ])
    expect(app.ran).toEqual([])
  })

  it(titleOf('P20'), async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>(
      { pull: (stream) => (pulled++, stream.enqueue(new Uint8Array(64 * 1024))) },
      { highWaterMark: 0 },
    )
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(100 * 1024 * 1024) }
    expect((await call('rename', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)).status).toBe(401)
    expect([pulled, app.ran]).toEqual([0, []])
  })
})
