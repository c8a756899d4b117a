import { initTRPC, TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { RequestAuth } from 'hanko-session'
import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { SECRET } from '../../test/test-app.ts'
import { hankoAuth } from './hanko-auth.ts'
import { requireSession } from './require-session.ts'
import { withAuthError } from './with-auth-error.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

const t = initTRPC.context<{ auth: RequestAuth }>().create({
  isDev: true, // adds data.stack
  errorFormatter: withAuthError(({ shape, error }) => ({ ...shape, data: { ...shape.data, mine: error.code } })),
})
const router = t.router({
  me: t.procedure.use(requireSession()).query(() => SECRET),
  asks: t.procedure.query(async ({ ctx }) => (await ctx.auth.requireSession()).userId),
  fails: t.procedure.query(() => {
    throw new TRPCError({ code: 'UNAUTHORIZED', message: 'by the user' })
  }),
})

async function errorOf(
  path: string,
  headers: Record<string, string> = {},
  { hanko }: Pick<TestHanko, 'hanko'> = test,
): Promise<{ text: string; data: Record<string, unknown> }> {
  const req = new Request(`http://localhost/trpc/${path}`, { headers })
  const response = await fetchRequestHandler({
    req,
    router,
    endpoint: '/trpc',
    createContext: (o) => ({ auth: hankoAuth(hanko, o) }),
  })
  const text = await response.text()
  return { text, data: (JSON.parse(text) as { error: { data: Record<string, unknown> } }).error.data }
}

describe('withAuthError', () => {
  it('tells an outage in which Hanko says nothing from one in which it cannot be reached', async () => {
    const slow = await startHanko({ deadline: '300ms' })
    slow.emulator.faults.set('validate', { kind: 'hang' })
    expect((await errorOf('me', { cookie: slow.ada.cookie }, slow)).data).toMatchObject({
      code: 'GATEWAY_TIMEOUT',
      httpStatus: 504,
      auth: { reason: 'upstream_timeout' },
    })
  })

  it("adds data.auth to what the user's formatter returns", async () => {
    expect((await errorOf('me')).data).toMatchObject({
      code: 'UNAUTHORIZED',
      mine: 'UNAUTHORIZED',
      auth: { reason: 'no_token' },
    })
  })

  it('gives what ctx.auth.requireSession() throws the code and status of its reason', async () => {
    expect((await errorOf('asks')).data).toMatchObject({
      code: 'UNAUTHORIZED',
      httpStatus: 401,
      auth: { reason: 'no_token' },
    })
    test.emulator.faults.set('validate', { kind: 'status', status: 404 })
    const { data } = await errorOf('asks', { cookie: test.ada.cookie })
    test.emulator.faults.clear()
    expect(data).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      httpStatus: 503,
      auth: { reason: 'upstream_misconfigured' },
    })
  })

  it('gives it the status over HTTP and the number that JSON-RPC has for it as well', async () => {
    const shapeOf = async (path: string): Promise<unknown> => {
      const response = await fetchRequestHandler({
        req: new Request(`http://localhost/trpc/${path}`),
        router,
        endpoint: '/trpc',
        createContext: (o) => ({ auth: hankoAuth(test.hanko, o) }),
      })
      const { error } = (await response.json()) as { error: { code: number; message: string } }
      return { status: response.status, code: error.code, message: error.message }
    }
    expect(await shapeOf('asks')).toEqual({ status: 401, code: -32_001, message: 'Sign in to use this.' })
    expect(await shapeOf('asks')).toEqual(await shapeOf('me'))
  })

  it("adds nothing to anybody else's errors", async () => {
    for (const path of ['fails', 'missing']) {
      const { data } = await errorOf(path)
      expect(data).toHaveProperty('mine')
      expect(data).not.toHaveProperty('auth')
    }
  })

  it('says retryAfter only where Hanko said it', async () => {
    test.emulator.faults.set('validate', { kind: 'status', status: 429, headers: { 'Retry-After': '7' } })
    expect((await errorOf('me', { cookie: test.ada.cookie })).data['auth']).toEqual({
      reason: 'upstream_unavailable',
      retryAfter: 7_000,
    })
    test.emulator.faults.clear()
    expect((await errorOf('me')).data['auth']).toEqual({ reason: 'no_token' })
  })

  it('tells neither what a protected procedure returns, nor the token, nor which check it failed; in the stack of development either', async () => {
    const { token } = test.ada
    const [header = '', payload = ''] = token.split('.')
    const ended = await test.emulator.signIn()
    await test.emulator.endSession(ended.sessionId)
    const wrong = await test.emulator.signToken({ sub: 'x' })
    for (const bad of [`${header}.${payload}.AAAA`, `${payload}.${header}.AAAA`, wrong, ended.token, `${token}x`]) {
      const { text, data } = await errorOf('me', { authorization: `Bearer ${bad}` })
      expect(data['stack']).toBeTypeOf('string')
      expect(text.includes(SECRET)).toBe(false)
      expect(text.includes('eyJ')).toBe(false)
      expect(text).not.toMatch(/malformed_token|unsupported_token|bad_signature|wrong_|claims_invalid|not_yet_valid/)
    }
  })
})
