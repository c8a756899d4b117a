import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { serveWebSockets, type ServedSockets } from '../../test/connect-web-socket.ts'
import { createLiveApp, type LiveApp, type LiveRouter } from '../../test/live-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { subscribe } from '../../test/subscribe.ts'

let test: TestHanko
let app: LiveApp
let served: ServedSockets<LiveRouter>
const open: (() => Promise<void>)[] = []

beforeAll(async () => {
  // Streams ask again at two thirds of it.
  test = await startHanko({ maxStaleness: '2s', deadline: '1s' })
  app = createLiveApp(test)
  served = await serveWebSockets(app, test.hanko)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
  test.emulator.faults.clear()
  app.ended.length = 0
})
afterAll(() => served.close())

async function connect() {
  const eve = await test.emulator.signIn()
  const { client, closed, close } = served.connect({ connectionParams: { authorization: eve.header } })
  open.push(close)
  return { eve, client, closed }
}

type Feed = 'feed' | 'resumable' | 'observed' | 'strict'

async function listen(client: Awaited<ReturnType<typeof connect>>['client'], name: Feed) {
  const listening = app.listening()
  const events = subscribe((handlers) => (client[name] as typeof client.feed).subscribe(undefined, handlers))
  await listening
  return events
}

const REVOKED = { end: 'UNAUTHORIZED', auth: { reason: 'revoked' } }

describe('a protected subscription over a WebSocket', () => {
  it.each(['feed', 'resumable', 'observed', 'strict'] as const)(
    'delivers while the session lives, and ends with a typed error once this process ends it: %s',
    async (name) => {
      const { eve, client } = await connect()
      const events = await listen(client, name)
      app.say('before')
      expect(JSON.stringify(await events.next())).toContain('before')
      test.hanko.revoke({ sessionId: eve.sessionId })
      app.say('after')
      expect(await events.next()).toEqual(REVOKED)
      expect(events.rest).toEqual([])
      expect(app.ended.filter((what) => what === 'observed')).toHaveLength(name === 'observed' ? 1 : 0)
    },
  )

  it('ends within the bound when Hanko ends the session, though nothing is said', async () => {
    const { eve, client } = await connect()
    const events = await listen(client, 'feed')
    await test.emulator.endSession(eve.sessionId)
    expect(await events.next()).toEqual(REVOKED)
    expect(app.ended).toContain('signal')
  })

  it('replays nothing to a session that has ended, and resumes after signing in again', async () => {
    const { eve, client } = await connect()
    const first = await listen(client, 'resumable')
    app.say('one')
    const { id } = (await first.next()) as { id: string }
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await first.next()).toEqual(REVOKED)
    app.say('missed')
    const again = await test.emulator.signIn({ userId: eve.userId })
    const resume = (header: string) => {
      const { client: other, close } = served.connect({ connectionParams: { authorization: header } })
      open.push(close)
      return subscribe((handlers) => other.resumable.subscribe({ lastEventId: id }, handlers))
    }
    const refused = resume(eve.header)
    expect(await refused.next()).toEqual(REVOKED)
    expect(refused.rest).toEqual([])
    expect(await resume(again.header).next()).toMatchObject({ data: 'missed' })
  })

  it('ends with 503 when nobody can tell by the bound', async () => {
    const { client } = await connect()
    const events = await listen(client, 'feed')
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await events.next()).toMatchObject({ end: expect.stringMatching(/UNAVAILABLE|TIMEOUT/) as string })
  })

  it('of an optional session ends with it, too, and that of nobody goes on', async () => {
    const { eve, client } = await connect()
    const anonymous = served.connect()
    open.push(anonymous.close)
    const mine = subscribe((handlers) => client.open.subscribe(undefined, handlers))
    const theirs = subscribe((handlers) => anonymous.client.open.subscribe(undefined, handlers))
    expect([await mine.next(), await theirs.next()]).toEqual(['somebody', 'nobody'])
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await mine.next()).toEqual(REVOKED)
    app.say('to nobody')
    expect(await theirs.next()).toBe('to nobody')
  })

  it('asks Hanko once for all streams of a session, in a way that is no use of it', async () => {
    const { client } = await connect()
    await Promise.all(Array.from({ length: 20 }, () => listen(client, 'feed')))
    const before = test.emulator.requests.count('validate', 'GET')
    await vi.waitFor(() => expect(test.emulator.requests.count('validate', 'GET')).toBeGreaterThan(before), 10_000)
    expect(test.emulator.requests.count('validate', 'GET') - before).toBeLessThan(3)
    expect(test.hanko.stats().watched).toBe(1)
  })

  it('that a rule refuses is not watched', async () => {
    const made = await test.emulator.signIn({ amr: [] }) // by the admin API: no sign-in that a maxAge could be of
    const { client, close } = served.connect({ connectionParams: { authorization: made.header } })
    open.push(close)
    const events = subscribe((handlers) => client.strictest.subscribe(undefined, handlers))
    expect(await events.next()).toMatchObject({ end: 'FORBIDDEN', auth: { reason: 'step_up_required' } })
    await vi.waitFor(() => expect(test.hanko.stats().watched).toBe(0), 10_000)
  })

  it('is watched no longer when the client stops, or goes away', async () => {
    const { client } = await connect()
    const events = await listen(client, 'feed')
    expect(test.hanko.stats().watched).toBe(1)
    events.stop()
    await vi.waitFor(() => expect(test.hanko.stats().watched).toBe(0), 10_000)
    await listen(client, 'feed')
    await open.pop()?.()
    await vi.waitFor(() => expect(test.hanko.stats().watched).toBe(0), 10_000)
    expect(app.ended).toContain('feed')
  })
})

describe('a socket whose stream has ended with its session', () => {
  it('is closed with 4401 when nothing else runs on it', async () => {
    const { eve, client, closed } = await connect()
    const first = await listen(client, 'feed')
    const second = await listen(client, 'resumable')
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect([await first.next(), await second.next()]).toEqual([REVOKED, REVOKED])
    await vi.waitFor(() => expect(closed).toEqual([4401]), 10_000)
  })

  it('stays open for a call that still works, and is closed when that is done', async () => {
    const { eve, client, closed } = await connect()
    const events = await listen(client, 'feed')
    const listening = app.listening()
    const slow = client.slow.query()
    await listening
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await events.next()).toEqual(REVOKED)
    expect(await client.hello.query()).toBe('hello') // a round trip: a close would have come
    expect(closed).toEqual([])
    app.finish()
    expect(await slow).toBe('done')
    await vi.waitFor(() => expect(closed).toEqual([4401]), 10_000)
  })

  it('is closed with 1013 after an outage', async () => {
    const { client, closed } = await connect()
    const events = await listen(client, 'feed')
    test.emulator.faults.set('all', { kind: 'status', status: 500 })
    await events.next()
    await vi.waitFor(() => expect(closed).toEqual([1013]), 10_000)
  })

  it('stays open for calls that are refused from the start', async () => {
    const { client, close, closed } = served.connect()
    open.push(close)
    const events = subscribe((handlers) => client.feed.subscribe(undefined, handlers))
    expect(await events.next()).toEqual({ end: 'UNAUTHORIZED', auth: { reason: 'no_token' } })
    await expect(client.me.query()).rejects.toThrow('Sign in')
    expect(await client.hello.query()).toBe('hello')
    expect(closed).toEqual([])
  })
})
