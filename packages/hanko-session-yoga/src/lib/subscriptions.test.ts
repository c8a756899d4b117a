import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GRAPHQL_RESPONSE, type Served, WAYS } from '../../test/serve.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp } from '../../test/test-app.ts'

const FEED = 'subscription { feed }'

describe.each(Object.entries(WAYS))('subscriptions behind %s', (_name, serve) => {
  let test: TestHanko
  let app: ReturnType<typeof createTestApp>
  let served: Served
  beforeAll(async () => {
    test = await startHanko()
    app = createTestApp(test.hanko)
    served = await serve(app.yoga)
  })
  afterEach(() => {
    test.emulator.faults.clear()
    test.asked()
    app.ran.length = 0
  })
  afterAll(() => served.close())

  /** As an EventSource asks. */
  const stream = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
    served.fetch(`${served.url}?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream', ...headers },
    })

  it('streams to a signed-in caller, for one call to Hanko', async () => {
    const response = await stream(FEED, { cookie: test.ada.cookie, 'sec-fetch-site': 'same-origin' })
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    const text = await response.text()
    expect(text).toContain('data: {"data":{"feed":1}}')
    expect(text).toContain('data: {"data":{"feed":2}}')
    expect(app.ran).toEqual(['feed', 'feed event', 'feed event'])
    expect(test.asked()).toBe(1)
  })

  it('refuses others before subscribe(), with one error and the end of the stream', async () => {
    const response = await stream(FEED)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    const text = await response.text()
    expect(text).toContain('"extensions":{"code":"UNAUTHENTICATED","auth":{"reason":"no_token"}}')
    expect(text).toContain('event: complete')
    expect(text).not.toContain('"data":{')
    expect(app.ran).toEqual([])
  })

  it('refuses with the status, when the client takes JSON', async () => {
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await stream(FEED, { accept: GRAPHQL_RESPONSE, ...headers })).status
    expect(await statusOf({})).toBe(401)
    test.emulator.faults.set('validate', { kind: 'reset' })
    expect(await statusOf({ authorization: test.ada.header })).toBe(503)
    expect(app.ran).toEqual([])
  })

  it('refuses a foreign site with 403, by GET as well', async () => {
    const headers = { cookie: test.ada.cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await stream(FEED, headers)).status).toBe(403)
    expect((await stream(FEED, { ...headers, 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect([app.ran, test.asked()]).toEqual([[], 0])
  })

  it('leaves public ones alone, and marks them: their headers leave before their resolvers run', async () => {
    const response = await stream('subscription { ticks }')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(await response.text()).toContain('data: {"data":{"ticks":2}}')
    expect(test.asked()).toBe(0)
  })
})
