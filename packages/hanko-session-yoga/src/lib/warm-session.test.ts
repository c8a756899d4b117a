import type { GraphQLResolveInfo } from 'graphql'
import type { Decision } from 'hanko-session'
import type { SignedIn } from 'hanko-session/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { post, type Served, WAYS } from '../../test/serve.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp } from '../../test/test-app.ts'

const BOUND = 30_000

describe.each(Object.entries(WAYS))('a session that memory knows, behind %s', (_name, serve) => {
  const decisions: Decision[] = []
  /** How far the validator's clocks are ahead: so a minute passes at once. */
  let ahead = 0
  let test: TestHanko
  let app: ReturnType<typeof createTestApp>
  let served: Served
  let eve: SignedIn

  beforeAll(async () => {
    test = await startHanko({
      maxStaleness: BOUND,
      clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
      onDecision: (decision) => void decisions.push(decision),
    })
    app = createTestApp(test.hanko)
    served = await serve(app.yoga)
  })
  beforeEach(async () => {
    ahead = 0
    eve = await test.emulator.signIn()
    await test.hanko.validate(eve.token) // from here on it is known
    test.asked()
    decisions.length = 0
    app.ran.length = 0
  })
  afterAll(() => served.close())

  it.each(['cookie', 'header'] as const)('is served without a call to Hanko, by %s', async (form) => {
    const headers: Record<string, string> = form === 'cookie' ? { cookie: eve.cookie } : { authorization: eve.header }
    const { status, data, headers: got } = await post(served, '{ me { id name } users { id } }', { headers })
    expect({ status, data }).toMatchObject({ status: 200, data: { me: { id: eve.userId } } })
    expect(got.get('cache-control')).toBe('private, no-store')
    expect(test.asked()).toBe(0)
    // One look for the whole request, however many fields ask.
    expect(decisions).toEqual([expect.objectContaining({ outcome: 'authenticated', source: 'memory' })])
  })

  it('is found without a promise, field by field', () => {
    const { resolve } = app.schema.getQueryType()!.getFields()['extra']!
    const context = { auth: test.hanko.forRequest(new Headers({ cookie: eve.cookie })) }
    const info = { operation: { operation: 'query' } } as GraphQLResolveInfo
    expect(resolve!({}, {}, context, info)).toBe('extra')
  })

  it('that Hanko has ended is accepted within the bound, and never after it', async () => {
    await test.emulator.endSession(eve.sessionId)
    const headers = { cookie: eve.cookie }
    ahead = BOUND / 2
    expect((await post(served, '{ extra }', { headers })).status).toBe(200)
    ahead = BOUND + 1_000
    const { status, errors } = await post(served, '{ extra }', { headers })
    expect([status, errors?.[0]?.extensions]).toEqual([401, { code: 'UNAUTHENTICATED', auth: { reason: 'revoked' } }])
    expect(app.ran).toEqual(['extra'])
  })

  it('that the app itself has ended is refused at once', async () => {
    test.hanko.revoke({ sessionId: eve.sessionId })
    const { status } = await post(served, '{ extra }', { headers: { cookie: eve.cookie } })
    expect([status, app.ran, test.asked()]).toEqual([401, [], 0])
  })

  it('takes no mutation and no subscription from another site, and queries run', async () => {
    const headers = { cookie: eve.cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const { status, errors } = await post(served, 'mutation { touch }', { headers })
    expect([status, errors?.[0]?.extensions]).toEqual([403, { code: 'FORBIDDEN', auth: { reason: 'cross_site' } }])
    const accept = 'text/event-stream'
    const feed = await served.fetch(`${served.url}?query=subscription{feed}`, { headers: { ...headers, accept } })
    expect(await feed.text()).toContain('FORBIDDEN')
    expect((await post(served, '{ extra }', { headers })).status).toBe(200)
    expect([app.ran, test.asked()]).toEqual([['extra'], 0])
    const own = { cookie: eve.cookie, 'sec-fetch-site': 'same-origin' }
    expect((await post(served, 'mutation { touch }', { headers: own })).data).toEqual({ touch: true })
  })
})
