import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp } from '../../test/test-app.ts'
import { hankoAuth } from './hanko-auth.ts'
import { optionalSession } from './optional-session.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

const { t } = createTestApp()
const look = t.procedure.use(optionalSession())
const router = t.router({
  who: look.query(({ ctx }) => [ctx.session?.userId ?? null, ctx.authState.status]),
  write: look.mutation(({ ctx }) => [ctx.session?.userId ?? null, ctx.authState.status]),
})

async function call(path: string, headers: Record<string, string>): Promise<unknown> {
  const response = await fetchRequestHandler({
    req: new Request(`http://app.example/trpc/${path}`, {
      method: path === 'write' ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...headers },
    }),
    router,
    endpoint: '/trpc',
    createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
  })
  return ((await response.json()) as { result: { data: unknown } }).result.data
}

describe('optionalSession', () => {
  it('gives the session of who has one, and null to everybody else', async () => {
    const eve = await test.emulator.signIn()
    await test.emulator.endSession(eve.sessionId)
    expect(await call('who', { cookie: test.ada.cookie })).toEqual([test.ada.userId, 'authenticated'])
    for (const headers of [{}, { cookie: 'hanko=x' }, { authorization: 'Bearer' }, { cookie: eve.cookie }])
      expect(await call('who', headers as Record<string, string>)).toEqual([null, 'unauthenticated'])
  })

  it('runs in an outage, which does not look like signed out', async () => {
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await call('who', { cookie: test.ada.cookie })).toEqual([null, 'unavailable'])
    expect(await call('who', {})).toEqual([null, 'unauthenticated'])
    test.emulator.faults.clear()
  })

  it("takes another site's mutation for nobody's, and asks nobody", async () => {
    test.asked()
    const headers = { cookie: test.ada.cookie, 'sec-fetch-site': 'cross-site' }
    expect(await call('write', headers)).toEqual([null, 'unauthenticated'])
    expect(test.asked()).toBe(0)
    expect(await call('who', headers)).toEqual([test.ada.userId, 'authenticated'])
    expect(await call('write', { ...headers, 'sec-fetch-site': 'same-origin' })).toEqual([
      test.ada.userId,
      'authenticated',
    ])
  })

  it('takes the place of a session that stood on the context, and refuses a forged auth', async () => {
    const create = t.createCallerFactory(router)
    const forged = { auth: hankoAuth(test.hanko, new Headers()), session: { userId: 'x' } }
    expect(await create(forged).who()).toEqual([null, 'unauthenticated'])
    await expect(create({ auth: {} } as never).who()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })
})
