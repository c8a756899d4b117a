import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  type TRPCClient,
} from '@trpc/client'
import { EventSource } from 'eventsource'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ADAPTERS, type Served } from '../../test/adapters.ts'
import { refusalOf } from '../../test/refusal-of.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { subscribe } from '../../test/subscribe.ts'
import { createTestApp, type TestRouter } from '../../test/test-app.ts'
import { hankoAuth } from './hanko-auth.ts'
import type { AuthOptions } from './to-request-input.ts'

/** A Lambda that is not made to stream answers as a whole: there is no stream to test. */
const ofStreaming = (name: string): string[] => (name.startsWith('Lambda, payload') ? [] : [name])
/** What tRPC puts on jsonl, `transfer-encoding`, HTTP/2 forbids. */
const ofJsonl = (name: string): string[] => (name.endsWith('HTTP/2') ? [] : ofStreaming(name))
const CROSS_SITE = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }

describe.each(Object.keys(ADAPTERS))('hankoAuth behind %s', (name) => {
  const app = createTestApp()
  let test: TestHanko
  let served: Served
  beforeAll(async () => {
    test = await startHanko()
    served = await ADAPTERS[name]!(app, test.hanko)
  })
  afterEach(() => {
    test.emulator.faults.clear()
    test.asked()
    app.ran.length = 0
  })
  afterAll(() => served.close())

  const clientWith = (headers: Record<string, string>): TRPCClient<TestRouter> =>
    createTRPCClient({
      links: [
        httpLink({ url: served.url, headers, fetch: (url, init) => served.fetch(url as string, init as RequestInit) }),
      ],
    })
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    served.fetch(`${served.url}/${path}`, { headers })

  it.each(['header', 'cookie'] as const)(
    'lets a signed-in caller through, by %s, for one call to Hanko',
    async (form) => {
      const headers: Record<string, string> =
        form === 'header' ? { authorization: test.ada.header } : { cookie: test.ada.cookie }
      expect(await clientWith(headers).me.query()).toMatchObject({ id: test.ada.userId })
      expect(await clientWith(headers).rename.mutate({ name: 'Ada' })).toEqual({ id: test.ada.userId, name: 'Ada' })
      expect(app.ran).toEqual(['me', 'parser', 'rename'])
      expect(test.asked()).toBe(2)
    },
  )

  it('refuses a caller without a token with 401, and asks nobody', async () => {
    expect(await refusalOf(clientWith({}).me.query())).toEqual({
      code: 'UNAUTHORIZED',
      status: 401,
      auth: { reason: 'no_token' },
    })
    expect((await get('me')).status).toBe(401)
    expect(test.asked()).toBe(0)
    expect(app.ran).toEqual([])
  })

  it('refuses an Authorization that is not well formed with 400, and does not fall through to the cookie', async () => {
    const call = clientWith({ authorization: 'Bearer', cookie: test.ada.cookie }).me.query()
    expect(await refusalOf(call)).toEqual({ code: 'BAD_REQUEST', status: 400, auth: { reason: 'invalid_token' } })
    expect(app.ran).toEqual([])
  })

  it('refuses an ended session with 401', async () => {
    const eve = await test.emulator.signIn()
    await test.emulator.endSession(eve.sessionId)
    expect(await refusalOf(clientWith({ cookie: eve.cookie }).me.query())).toEqual({
      code: 'UNAUTHORIZED',
      status: 401,
      auth: { reason: 'revoked' },
    })
  })

  it("refuses another site's mutation with the user's cookie with 403, and asks nobody", async () => {
    const call = clientWith({ cookie: test.ada.cookie, ...CROSS_SITE }).touch.mutate()
    expect(await refusalOf(call)).toEqual({ code: 'FORBIDDEN', status: 403, auth: { reason: 'cross_site' } })
    expect(test.asked()).toBe(0)
    expect(app.ran).toEqual([])
  })

  it('lets a query through from anywhere, and a mutation with a bearer token', async () => {
    expect(await clientWith({ cookie: test.ada.cookie, ...CROSS_SITE }).me.query()).toMatchObject({
      id: test.ada.userId,
    })
    expect(await clientWith({ authorization: test.ada.header, ...CROSS_SITE }).touch.mutate()).toBe(test.ada.userId)
  })

  it('shows an outage as an outage: 503 with the time to try again', async () => {
    const ada = clientWith({ cookie: test.ada.cookie })
    test.emulator.faults.set('validate', { kind: 'status', status: 429, headers: { 'Retry-After': '9' } }) // more than the deadline: not waited for
    expect(await refusalOf(ada.me.query())).toEqual({
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
      auth: { reason: 'upstream_unavailable', retryAfter: 9_000 },
    })
    expect(app.ran).toEqual([])
    test.emulator.faults.clear()
    expect(await ada.me.query()).toMatchObject({ id: test.ada.userId })
  })

  it('answers public procedures in all three outcomes without a call to Hanko', async () => {
    expect(await clientWith({}).hello.query()).toBe('hello')
    expect(await clientWith({ cookie: test.ada.cookie }).hello.query()).toBe('hello')
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await clientWith({ cookie: test.ada.cookie }).hello.query()).toBe('hello')
    expect(await clientWith({ cookie: 'hanko=garbage' }).hello.query()).toBe('hello')
    expect(test.asked()).toBe(0)
    expect(await clientWith({ cookie: test.ada.cookie }).whoami.query()).toBe('unavailable')
  })

  it('asks once for a batch', async () => {
    const client = createTRPCClient<TestRouter>({
      links: [
        httpBatchLink({
          url: served.url,
          headers: { cookie: test.ada.cookie },
          fetch: (url, init) => served.fetch(url as string, init as RequestInit),
        }),
      ],
    })
    const calls = await Promise.all([client.me.query(), client.hello.query(), client.whoami.query(), client.me.query()])
    expect(calls).toMatchObject([{ id: test.ada.userId }, 'hello', 'authenticated', { id: test.ada.userId }])
    expect(test.asked()).toBe(1)
  })

  it.each(ofJsonl(name))('streams a batch by jsonl, each call by its own rule, and marks it private', async () => {
    const seen: Response[] = []
    const withHeaders = (headers: Record<string, string>): TRPCClient<TestRouter> =>
      createTRPCClient({
        links: [
          httpBatchStreamLink({
            url: served.url,
            headers,
            async fetch(url, init) {
              const response = await served.fetch(url as string, init as RequestInit)
              seen.push(response)
              return response
            },
          }),
        ],
      })
    const nobody = withHeaders({})
    const [open, me] = await Promise.all([nobody.hello.query(), refusalOf(nobody.me.query())])
    expect([open, me]).toEqual(['hello', { code: 'UNAUTHORIZED', status: 401, auth: { reason: 'no_token' } }])
    expect(await withHeaders({ cookie: test.ada.cookie }).me.query()).toMatchObject({ id: test.ada.userId })
    expect(seen.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([
      [200, 'private, no-store'],
      [200, 'private, no-store'],
    ])
  })

  it.each(ofStreaming(name))('lets a subscription through over SSE, and tells a refusal as its error', async () => {
    const listen = async (headers: Record<string, string>): Promise<unknown> => {
      const withHeaders = (url: string | URL, init: object): Promise<Response> =>
        served.fetch(String(url), { ...init, headers: { ...(init as { headers?: object }).headers, ...headers } })
      class WithHeaders extends EventSource {
        constructor(url: string | URL) {
          super(url, { fetch: withHeaders })
        }
      }
      const client = createTRPCClient<TestRouter>({
        links: [httpSubscriptionLink({ url: served.url, EventSource: WithHeaders })],
      })
      const events = subscribe((handlers) => client.feed.subscribe(undefined, handlers))
      const first = await events.next()
      events.stop()
      return first
    }
    expect(await listen({ cookie: test.ada.cookie })).toBe(test.ada.userId)
    expect(await listen({})).toEqual({ end: 'UNAUTHORIZED', auth: { reason: 'no_token' } })
    expect(await listen({ cookie: test.ada.cookie, ...CROSS_SITE })).toEqual({
      end: 'FORBIDDEN',
      auth: { reason: 'cross_site' },
    })
  })

  it('answers a batch of a public and a protected call with 207: each by its own rule', async () => {
    const response = await get('hello,me?batch=1&input={}')
    expect(response.status).toBe(207)
    expect(await response.json()).toMatchObject([
      { result: { data: 'hello' } },
      { error: { data: { code: 'UNAUTHORIZED', httpStatus: 401, auth: { reason: 'no_token' } } } },
    ])
    expect(app.ran).toEqual([])
  })

  it.each([
    'me,,hello',
    'me%2Chello',
    'me,me,',
    '__proto__,me',
    'constructor.toString,me',
    'me.constructor',
    'me.__proto__.call',
    'me.call',
  ])('never runs a protected handler for the batch path %s', async (path) => {
    for (const query of ['?batch=1&input={}', '?input={}', '']) {
      const response = await get(path + query)
      expect(await response.text()).not.toContain('"result":{"data":{"id"')
      expect(response.status).not.toBe(200)
    }
    expect(app.ran).toEqual([])
  })

  it('answers the protected call of such a batch UNAUTHORIZED, whatever stands beside it', async () => {
    const response = await get('__proto__,me,constructor.toString?batch=1&input={}')
    expect(await response.json()).toMatchObject([
      { error: { data: { code: 'NOT_FOUND' } } },
      { error: { data: { code: 'UNAUTHORIZED' } } },
      { error: { data: { code: 'NOT_FOUND' } } },
    ])
    expect(app.ran).toEqual([])
  })

  it('runs no mutation by GET, and no query by POST unless the server allows it', async () => {
    expect((await get('touch', { cookie: test.ada.cookie })).status).toBe(405)
    const post = await served.fetch(`${served.url}/me`, {
      method: 'POST',
      headers: { cookie: test.ada.cookie, 'content-type': 'application/json' },
    })
    expect(post.status).toBe(405)
    expect(app.ran).toEqual([])
  })

  it('never reads a token out of the URL', async () => {
    const params = encodeURIComponent(JSON.stringify({ authorization: test.ada.header }))
    for (const path of ['me', 'feed']) {
      const answer = await (
        await get(`${path}?connectionParams=${params}&hanko=${test.ada.token}&access_token=${test.ada.token}`)
      ).text()
      expect(answer).toContain('"code":"UNAUTHORIZED"')
      expect(answer).not.toContain(test.ada.userId)
    }
    expect(app.ran).toEqual([])
    expect(test.asked()).toBe(0)
  })

  it('marks what a session touched private, no-store, and nothing else', async () => {
    for (const path of ['me', 'whoami', 'hello,me?batch=1&input={}']) {
      expect((await get(path, { cookie: test.ada.cookie })).headers.get('cache-control')).toBe('private, no-store')
      expect((await get(path)).headers.get('cache-control')).toBe('private, no-store')
    }
    expect((await get('hello', { cookie: test.ada.cookie })).headers.get('cache-control')).toBeNull()
  })
})

describe('hankoAuth', () => {
  it('never throws, whatever createContext passes', async () => {
    const test = await startHanko()
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
        has: () => {
          throw new Error('no')
        },
      },
    )
    for (const options of [
      undefined,
      null,
      'x',
      1,
      [],
      {},
      { req: undefined },
      { event: {} },
      { headers: null },
      { req: hostile },
      hostile,
    ]) {
      const auth = hankoAuth(test.hanko, options as AuthOptions)
      expect((await auth.state()).status).toBe('unauthenticated')
    }
    expect(test.asked()).toBe(0)
  })
})
