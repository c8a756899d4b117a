import type { TRPCClient } from '@trpc/client'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Decision } from 'hanko-session'
import type { SignedIn } from 'hanko-session/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serveWebSockets, type ServedSockets } from '../../test/connect-web-socket.ts'
import { refusalOf } from '../../test/refusal-of.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp, type TestRouter } from '../../test/test-app.ts'
import { hankoAuth } from './hanko-auth.ts'
import { requireSession } from './require-session.ts'
import { requires } from './requires.ts'

const BOUND = 30_000
const app = createTestApp()
const decisions: Decision[] = []
/** How far the validator's clocks are ahead: so a minute passes at once. */
let ahead = 0
let test: TestHanko
let eve: SignedIn

beforeAll(async () => {
  test = await startHanko({
    maxStaleness: BOUND,
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    onDecision: (decision) => void decisions.push(decision),
  })
})
beforeEach(async () => {
  ahead = 0
  eve = await test.emulator.signIn()
  await test.hanko.validate(eve.token) // from here on it is known
  test.asked()
  decisions.length = 0
  app.ran.length = 0
})

const call = (path: string, headers: Record<string, string>, method = 'GET'): Promise<Response> =>
  fetchRequestHandler({
    ...app.handler,
    endpoint: '/trpc',
    req: new Request(`http://localhost/trpc/${path}`, { method, headers }),
    createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
  })

describe('a session that memory knows', () => {
  it.each(['cookie', 'header'] as const)('is served without a call to Hanko, by %s', async (form) => {
    const headers: Record<string, string> = form === 'cookie' ? { cookie: eve.cookie } : { authorization: eve.header }
    const response = await call('me', headers)
    expect(await response.json()).toMatchObject({ result: { data: { id: eve.userId } } })
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(test.asked()).toBe(0)
    expect(decisions).toEqual([expect.objectContaining({ outcome: 'authenticated', source: 'memory' })])
  })

  const stepUp = () => requires(test.hanko, { maxAge: '1h' })
  const never = () => requires(test.hanko, { amr: 'passkey' })
  const calling = (next: (given: unknown) => Promise<unknown>, type = 'query') =>
    ({
      ctx: { auth: hankoAuth(test.hanko, new Headers({ cookie: eve.cookie, 'sec-fetch-site': 'cross-site' })) },
      type,
      path: 'me',
      next,
    }) as unknown as Parameters<ReturnType<typeof requireSession>>[0]

  it.each([
    ['requireSession', () => requireSession()],
    ['requires', stepUp],
  ])('is found without a promise: the call goes on at once (%s)', async (_, create) => {
    const went: unknown[] = []
    const result = create()(calling(async (given) => went.push(given)) as never)
    expect(went).toMatchObject([{ ctx: { session: { userId: eve.userId } } }])
    await result
  })

  it.each([
    ['by a rule', 'query', never],
    ['because another site asks', 'mutation', () => requireSession()],
  ])('is refused by a promise all the same: %s', async (_, type, create) => {
    const result = create()(calling(() => Promise.reject(new Error('it ran')), type) as never)
    await expect(result).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is one look for a whole batch', async () => {
    const response = await call('me,me,me?batch=1&input={}', { cookie: eve.cookie })
    expect([response.status, decisions.length, test.asked()]).toEqual([200, 1, 0])
  })

  it('that Hanko has ended is accepted within the bound, and never after it', async () => {
    await test.emulator.endSession(eve.sessionId)
    ahead = BOUND / 2
    expect((await call('me', { cookie: eve.cookie })).status).toBe(200)
    ahead = BOUND + 1_000
    const response = await call('me', { cookie: eve.cookie })
    expect(await response.json()).toMatchObject({ error: { data: { auth: { reason: 'revoked' } } } })
    expect([response.status, app.ran]).toEqual([401, ['me']])
  })

  it('that the app itself has ended is refused at once', async () => {
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect((await call('me', { cookie: eve.cookie })).status).toBe(401)
    expect([app.ran, test.asked()]).toEqual([[], 0])
  })

  it("takes no mutation and no subscription from another site, and its page's queries run", async () => {
    const headers = {
      cookie: eve.cookie,
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/json',
    }
    expect((await call('touch', headers, 'POST')).status).toBe(403)
    expect(await (await call('feed', headers)).text()).toContain('"code":"FORBIDDEN"')
    expect((await call('me', headers)).status).toBe(200)
    expect([app.ran, test.asked()]).toEqual([['me'], 0])
    const own = { cookie: eve.cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
    expect((await call('touch', own, 'POST')).status).toBe(200)
  })
})

describe('a session that memory knows, over a WebSocket', () => {
  let served: ServedSockets
  beforeAll(async () => {
    served = await serveWebSockets(app, test.hanko)
  })
  afterAll(() => served.close())

  async function withClient(
    options: Parameters<ServedSockets['connect']>[0],
    use: (client: TRPCClient<TestRouter>) => Promise<void>,
  ): Promise<void> {
    const { client, close } = served.connect(options)
    try {
      await use(client)
    } finally {
      await close()
    }
  }

  it('is looked up for every call, without a call to Hanko, and within the bound', async () => {
    await withClient({ connectionParams: { authorization: eve.header } }, async (client) => {
      expect(await client.me.query()).toMatchObject({ id: eve.userId })
      expect(await client.touch.mutate()).toBe(eve.userId)
      expect(decisions.map(({ source }) => source)).toEqual(['memory', 'memory'])
      expect(test.asked()).toBe(0)
      await test.emulator.endSession(eve.sessionId)
      ahead = BOUND + 1_000
      expect(await refusalOf(client.me.query())).toMatchObject({ status: 401, auth: { reason: 'revoked' } })
    })
  })

  it("gives nothing to another site's handshake", async () => {
    await withClient({ headers: { cookie: eve.cookie, origin: 'https://evil.example' } }, async (client) => {
      expect(await refusalOf(client.me.query())).toMatchObject({ status: 403, auth: { reason: 'cross_site' } })
      expect([app.ran, test.asked()]).toEqual([[], 0])
    })
  })
})
