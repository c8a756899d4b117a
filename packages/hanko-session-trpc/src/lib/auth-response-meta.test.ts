import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { ResponseMeta } from '@trpc/server/http'
import type { RequestAuth } from 'hanko-session'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { toTRPCError } from './auth-error.ts'
import { authResponseMeta } from './auth-response-meta.ts'
import { hankoAuth } from './hanko-auth.ts'
import { optionalSession } from './optional-session.ts'
import { type AuthMeta, requireByMeta } from './require-by-meta.ts'
import { requireSession } from './require-session.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})
afterEach(() => test.emulator.faults.clear())

const t = initTRPC.context<{ auth: RequestAuth }>().create()
const slow = t.procedure.use(async ({ next }) => {
  await new Promise((resolve) => setImmediate(resolve)) // as a rate limiter would
  return next()
})
const router = t.router({
  hello: t.procedure.query(() => 'hello'),
  me: slow.use(requireSession()).query(({ ctx }) => ctx.session.userId),
  /** Nothing guards it: it looks by itself. */
  looks: slow.query(async ({ ctx }) => (await ctx.auth.state({ changesState: false })).status),
  touch: t.procedure.use(requireSession()).mutation(() => 'done'),
})

interface Call {
  headers?: Record<string, string>
  method?: string
  mine?: ResponseMeta
}

async function headersOf(path: string, { headers = {}, method = 'GET', mine }: Call = {}): Promise<Headers> {
  const response = await fetchRequestHandler({
    req: new Request(`http://localhost/trpc/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
    }),
    router,
    endpoint: '/trpc',
    createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
    responseMeta: mine === undefined ? authResponseMeta() : authResponseMeta(() => mine),
  })
  await response.text()
  return response.headers
}

const PUBLIC = { 'cache-control': 'public, max-age=60' }

describe('authResponseMeta', () => {
  it.each([{ headers: PUBLIC }, { headers: new Headers(PUBLIC) }])(
    "overrules the user's Cache-Control where a session was looked for, and only there",
    async (mine) => {
      const headers = { cookie: test.ada.cookie }
      expect((await headersOf('me', { headers, mine })).get('cache-control')).toBe('private, no-store')
      expect((await headersOf('me', { mine })).get('cache-control')).toBe('private, no-store')
      expect((await headersOf('hello,me?batch=1&input={}', { headers, mine })).get('cache-control')).toBe(
        'private, no-store',
      )
      expect((await headersOf('hello', { headers, mine })).get('cache-control')).toBe('public, max-age=60')
    },
  )

  it("keeps the user's other headers and status", async () => {
    const given = await headersOf('me', { mine: { headers: { 'x-one': '1', 'x-many': ['a', 'b'] } } })
    expect([given.get('x-one'), given.get('x-many')]).toEqual(['1', 'a, b'])
  })

  it('marks streamed answers always: their headers leave before a slow middleware has come to the session', async () => {
    const headers = { cookie: test.ada.cookie, 'trpc-accept': 'application/jsonl' }
    for (const path of ['me', 'looks'])
      expect(
        (await headersOf(`${path}?batch=1&input={}`, { headers, mine: { headers: PUBLIC } })).get('cache-control'),
      ).toBe('private, no-store')
  })

  it('says how to sign in on a refusal', async () => {
    const refused = async (headers: Record<string, string>): Promise<string | null> =>
      (await headersOf('me', { headers })).get('www-authenticate')
    expect(await refused({})).toBe('Bearer')
    expect(await refused({ authorization: 'Bearer' })).toBe('Bearer error="invalid_request"')
    expect(await refused({ authorization: 'Bearer garbage' })).toBe('Bearer error="invalid_token"')
    expect(await refused({ cookie: test.ada.cookie })).toBeNull()
    const crossSite = { cookie: test.ada.cookie, 'sec-fetch-site': 'cross-site' }
    expect((await headersOf('touch', { method: 'POST', headers: crossSite })).get('www-authenticate')).toBeNull()
  })

  it('says when to try again on an outage', async () => {
    test.emulator.faults.set('validate', { kind: 'status', status: 429, headers: { 'Retry-After': '3' } })
    const given = await headersOf('me', { headers: { cookie: test.ada.cookie } })
    expect(given.get('retry-after')).toBe('3')
    expect(given.get('www-authenticate')).toBeNull()
  })

  it('says so for a batch that is refused as a whole, not for a mixed one', async () => {
    expect((await headersOf('me,me?batch=1&input={}')).get('www-authenticate')).toBe('Bearer')
    expect((await headersOf('hello,me?batch=1&input={}')).get('www-authenticate')).toBeNull()
    expect((await headersOf('missing,me?batch=1&input={}')).get('www-authenticate')).toBeNull()
  })

  it('says nothing for calls that were refused for different reasons: that answer has the status 207', async () => {
    const auth = hankoAuth(test.hanko, new Headers())
    await auth.state()
    const errors = (['no_token', 'cross_site'] as const).map((reason) => toTRPCError({ reason }))
    const { headers } = authResponseMeta()({ ctx: { auth }, data: [{}, {}], errors, eagerGeneration: false })
    expect(Object.fromEntries(headers as Headers)).toEqual({ 'cache-control': 'private, no-store' })
  })

  describe('where a middleware makes auth, which tRPC does not show', () => {
    const late = initTRPC.context<{ req: Request }>().meta<AuthMeta>().create()
    const base = late.procedure.use(({ ctx, next }) => next({ ctx: { auth: hankoAuth(test.hanko, ctx.req) } }))
    const lateRouter = late.router({
      hello: late.procedure.query(() => 'hello'),
      open: base
        .meta({ auth: 'public' })
        .use(requireByMeta())
        .query(() => 'open'),
      me: base.use(requireSession()).query(({ ctx }) => ctx.session.userId),
      look: base.use(optionalSession()).query(({ ctx }) => ctx.session?.userId),
      wrong: base
        .meta({ auth: 'nobody' as 'public' })
        .use(requireByMeta())
        .query(() => 'wrong'),
    })

    async function cacheControlOf(paths: string, headers: Record<string, string>): Promise<string | null> {
      const response = await fetchRequestHandler({
        req: new Request(`http://localhost/trpc/${paths}?batch=1&input={}`, { headers }),
        router: lateRouter,
        endpoint: '/trpc',
        createContext: ({ req }) => ({ req }),
        responseMeta: authResponseMeta(() => ({ headers: PUBLIC })),
      })
      await response.text()
      return response.headers.get('cache-control')
    }

    it.each([
      ['me', 'private, no-store'],
      ['hello,look', 'private, no-store'],
      ['wrong', 'private, no-store'],
      ['hello,open', 'public, max-age=60'],
    ])('goes by what guards the calls: %s', async (paths, expected) => {
      for (const accept of ['application/json', 'application/jsonl'])
        expect(await cacheControlOf(paths, { cookie: test.ada.cookie, 'trpc-accept': accept })).toContain(expected)
    })
  })

  it('leaves an answer alone that has no context of ours', () => {
    const meta = authResponseMeta(() => ({ status: 418 }))
    for (const ctx of [undefined, null, {}, { auth: { consulted: true } }]) {
      expect(meta({ ctx, data: [], errors: [], eagerGeneration: true })).toEqual({ status: 418 })
    }
  })
})
