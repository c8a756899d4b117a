import { inspect } from 'node:util'
import { experimental_standaloneMiddleware, initTRPC, TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { RequestAuth } from 'hanko-session'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp, SECRET, type TestApp, type TestContext } from '../../test/test-app.ts'
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
afterEach(() => {
  test.emulator.faults.clear()
  test.asked()
})

const authOf = (headers: Record<string, string> = {}): RequestAuth =>
  hankoAuth(test.hanko, { headers: new Headers(headers) })
const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'let through',
    (error: unknown) => (error instanceof TRPCError ? error.code : error),
  )

describe('requireSession, called in process', () => {
  it('gives a signed-in caller the session, and asks once for several calls of one caller', async () => {
    const caller = app.t.createCallerFactory(app.router)({ auth: authOf({ cookie: test.ada.cookie }) })
    expect(await caller.me()).toEqual({ id: test.ada.userId, secret: SECRET })
    expect(await caller.touch()).toBe(test.ada.userId)
    expect(test.asked()).toBe(1)
  })

  it('takes the place of a session that stood on the context', async () => {
    const context = { auth: authOf({ cookie: test.ada.cookie }), session: { userId: 'somebody else' } }
    expect(await app.t.createCallerFactory(app.router)(context).me()).toMatchObject({ id: test.ada.userId })
  })

  it('lets a caller give up without harm to the others', async () => {
    const auth = authOf({ cookie: test.ada.cookie })
    const gone = new AbortController()
    const create = app.t.createCallerFactory(app.router)
    const call = create({ auth }, { signal: gone.signal }).me()
    const other = create({ auth }).me()
    gone.abort()
    expect(await codeOf(call)).toBe('INTERNAL_SERVER_ERROR')
    expect(await other).toMatchObject({ id: test.ada.userId })
  })

  it('refuses a caller without a context, and one who made session or auth himself, with words for the developer', async () => {
    const genuine = authOf({ cookie: test.ada.cookie })
    await genuine.state()
    const session = await genuine.requireSession()
    const forged = {
      state: async () => ({ status: 'authenticated', session }),
      requireSession: async () => session,
      consulted: true,
    }
    const contexts = [
      undefined,
      {},
      { session },
      { user: session },
      { auth: session },
      { auth: forged },
      { auth: { ...forged, status: 'authenticated', session } },
      { auth: Object.create(forged) as unknown },
      { auth: JSON.parse(JSON.stringify(genuine)) as unknown, session },
      { auth: true, session },
    ]
    for (const context of contexts) {
      const caller = app.t.createCallerFactory(app.router)(context as TestContext)
      await expect(caller.me()).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
        message: expect.stringContaining('hankoAuth') as string,
      })
    }
    expect(app.ran).toEqual([])
  })

  it('trusts no session on the context of a signed-out caller', async () => {
    const session = await authOf({ cookie: test.ada.cookie }).requireSession()
    const context = { auth: authOf(), session }
    expect(await codeOf(app.t.createCallerFactory(app.router)(context).me())).toBe('UNAUTHORIZED')
    expect(app.ran).toEqual([])
  })

  it('protects wherever it stands: after other middleware, in .concat, piped, in merged, nested and lazy routers', async () => {
    const { t } = app
    const ran = (): string => (app.ran.push('handler'), 'ran')
    const open = t.procedure.use(({ next }) => next({ ctx: { session: { userId: 'open' } } }))
    const plugin = initTRPC.context<TestContext>().create().procedure.use(requireSession())
    // oxlint-disable-next-line typescript/no-deprecated -- people have it
    const standalone = experimental_standaloneMiddleware<{ ctx: TestContext }>().create(requireSession())
    const inner = t.router({
      afterPublic: open.use(requireSession()).query(ran),
      beforePublic: t.procedure
        .use(requireSession())
        .use(({ next }) => next())
        .query(ran),
      concat: t.procedure.concat(plugin).query(ran),
      standalone: t.procedure.use(standalone).query(ran),
      piped: t.procedure.use(t.middleware(({ next }) => next()).unstable_pipe(requireSession())).query(ran),
      twice: t.procedure.use(requireSession()).use(requireSession()).query(ran),
    })
    const merged = t.mergeRouters(t.router({ open: open.query(() => 'open') }), inner)
    const router = t.router({ merged, nested: { deep: inner } })
    const caller = t.createCallerFactory(router)({ auth: authOf() })
    expect(await caller.merged.open()).toBe('open')
    for (const calls of [caller.merged, caller.nested.deep]) {
      for (const name of ['afterPublic', 'beforePublic', 'concat', 'standalone', 'piped', 'twice'] as const) {
        expect(await codeOf(calls[name]())).toBe('UNAUTHORIZED')
      }
    }
    expect(app.ran).toEqual([])
    const signedIn = t.createCallerFactory(router)({ auth: authOf({ cookie: test.ada.cookie }) })
    for (const name of ['afterPublic', 'beforePublic', 'concat', 'standalone', 'piped', 'twice'] as const)
      await signedIn.merged[name]()
    expect(app.ran).toHaveLength(6)
  })

  it('protects a procedure that is a function by itself, as a server action is, with the context that its caller makes', async () => {
    let headers = {}
    // What `experimental_nextAppDirCaller` does; that one needs Next.
    const action = app.t.procedure.experimental_caller(({ args: [input], invoke }) =>
      invoke({
        type: 'mutation',
        ctx: { auth: authOf(headers) },
        getRawInput: async () => input,
        path: '',
        input,
        signal: undefined,
        batchIndex: 0,
      }),
    )
    const save = action.use(requireSession()).mutation(({ ctx }) => (app.ran.push('save'), ctx.session.userId))
    expect(await codeOf(save())).toBe('UNAUTHORIZED')
    headers = { cookie: test.ada.cookie, 'sec-fetch-site': 'cross-site' }
    expect(await codeOf(save())).toBe('FORBIDDEN')
    expect(app.ran).toEqual([])
    headers = { cookie: test.ada.cookie, 'sec-fetch-site': 'same-origin' }
    expect(await save()).toBe(test.ada.userId)
  })

  it('puts nothing of the session where it would be serialised to a client', async () => {
    const context = { auth: authOf({ cookie: test.ada.cookie }) }
    const output = await app.t.createCallerFactory(app.router)(context).touch()
    expect(output).toBe(test.ada.userId) // what the handler returned, and no more
    for (const text of [JSON.stringify(context), inspect(context, { depth: Infinity, showHidden: true })]) {
      expect(text.includes(test.ada.token)).toBe(false)
      expect(text.includes(test.ada.userId)).toBe(false)
      expect(text.includes(test.ada.sessionId)).toBe(false)
    }
    expect(structuredClone(context)).toEqual({ auth: {} })
    expect(JSON.stringify(await context.auth.requireSession()).includes('eyJ')).toBe(false)
  })
})

describe('requireSession, and what is told of it', () => {
  it('gives onError no token: not in the error, its causes and stacks, nor in the context', async () => {
    const seen: unknown[] = []
    const call = async (headers: Record<string, string>): Promise<void> => {
      const req = new Request('http://localhost/trpc/me', { headers })
      const onError = ({ error, ctx, input }: { error: TRPCError; ctx?: unknown; input: unknown }): void =>
        void seen.push({ error, ctx, input })
      await fetchRequestHandler({
        router: app.router,
        req,
        endpoint: '/trpc',
        onError,
        createContext: (o) => ({ auth: hankoAuth(test.hanko, o) }),
      })
    }
    const eve = await test.emulator.signIn()
    await test.emulator.endSession(eve.sessionId)
    await call({ cookie: eve.cookie })
    await call({ authorization: `${test.ada.header}x` })
    await call({ authorization: `Bearer ${test.ada.token} ${test.ada.token}` })
    for (const fault of [
      { kind: 'status', status: 500 },
      { kind: 'reset' },
      { kind: 'malformed', body: '{' },
      { kind: 'status', status: 401 },
    ] as const) {
      test.emulator.faults.set('validate', fault)
      await call({ cookie: test.ada.cookie })
    }
    expect(seen).toHaveLength(7)
    const told = inspect(seen, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null })
    expect(told).toContain('HankoAuthError')
    expect(told.includes('eyJ')).toBe(false)
    expect(test.logged().includes('eyJ')).toBe(false)
  })

  it('reads a query by POST as a read: another site may cause it, and not a mutation', async () => {
    const headers = {
      cookie: test.ada.cookie,
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/json',
    }
    const call = (path: string): Promise<Response> =>
      fetchRequestHandler({
        ...app.handler,
        allowMethodOverride: true,
        req: new Request(`http://localhost/trpc/${path}`, { method: 'POST', headers }),
        endpoint: '/trpc',
        createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
      })
    expect((await call('me')).status).toBe(200)
    expect((await call('touch')).status).toBe(403)
    expect(await (await call('feed')).text()).toContain('"code":"FORBIDDEN"')
    expect(app.ran).toEqual(['me'])
  })

  it.each(['multipart/form-data', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])(
    'runs no mutation that a form of another site, or of a sibling, sends as %s: for that no browser asks first',
    async (type) => {
      const { t } = app
      const router = t.router({ upload: t.procedure.use(requireSession()).mutation(() => void app.ran.push('upload')) })
      const call = async (site: string): Promise<number> => {
        const form = new FormData()
        form.append('name', 'x')
        const isForm = type === 'multipart/form-data'
        const { status } = await fetchRequestHandler({
          router,
          req: new Request('http://localhost/trpc/upload', {
            method: 'POST',
            body: isForm ? form : 'name=x',
            headers: { cookie: test.ada.cookie, 'sec-fetch-site': site, ...(isForm ? {} : { 'content-type': type }) },
          }),
          endpoint: '/trpc',
          createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
        })
        return status
      }
      for (const site of ['cross-site', 'same-site']) expect([403, 415]).toContain(await call(site))
      expect(app.ran).toEqual([])
      // The page's own goes through, where tRPC knows the type at all.
      expect(await call('same-origin')).toBe(/multipart|octet/.test(type) ? 200 : 415)
    },
  )

  it('lets method override make a query of a POST, and never a mutation of a GET', async () => {
    const call = (method: string, path: string): Promise<Response> =>
      fetchRequestHandler({
        ...app.handler,
        allowMethodOverride: true,
        req: new Request(`http://localhost/trpc/${path}`, { method, headers: { 'content-type': 'application/json' } }),
        endpoint: '/trpc',
        createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
      })
    expect((await call('POST', 'me')).status).toBe(401)
    expect((await call('GET', 'touch')).status).toBe(405)
    expect((await call('PUT', 'touch')).status).toBe(405)
    expect(app.ran).toEqual([])
  })

  it('lets a subscription through over SSE, and tells its refusal as an event', async () => {
    const feed = async (headers: Record<string, string>): Promise<string> => {
      const req = new Request('http://localhost/trpc/feed', { headers })
      const response = await fetchRequestHandler({
        ...app.handler,
        req,
        endpoint: '/trpc',
        createContext: (o) => ({ auth: hankoAuth(test.hanko, o) }),
      })
      expect(response.headers.get('cache-control')).toContain('private, no-store')
      return response.text()
    }
    expect(await feed({ cookie: test.ada.cookie })).toContain(test.ada.userId)
    expect(await feed({})).toContain('"auth":{"reason":"no_token"}')
    expect(app.ran).toEqual(['feed'])
  })
})
