import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { EventSource } from 'eventsource'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createLiveApp, type LiveApp, type LiveRouter } from '../../test/live-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { subscribe } from '../../test/subscribe.ts'
import { hankoAuth } from './hanko-auth.ts'

let test: TestHanko
let app: LiveApp
let url: string
let close: () => Promise<void>
const open: (() => void)[] = []

beforeAll(async () => {
  test = await startHanko({ maxStaleness: '2s', deadline: '1s' })
  app = createLiveApp(test)
  const server = createHTTPServer({ ...app.handler, createContext: (o) => ({ auth: hankoAuth(test.hanko, o) }) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterEach(() => {
  for (const stop of open.splice(0)) stop()
  app.ended.length = 0
})
afterAll(() => close())

/** A page with this cookie, which another sign-in may change. */
function visit(jar: { cookie: string }) {
  const headers = (): Record<string, string> => ({ cookie: jar.cookie, 'sec-fetch-site': 'same-origin' })
  const withCookie = (input: string | URL, init: object) =>
    fetch(input, { ...init, headers: { ...(init as { headers?: object }).headers, ...headers() } })
  class WithCookie extends EventSource {
    constructor(given: string | URL) {
      super(given, { fetch: withCookie })
    }
  }
  return createTRPCClient<LiveRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, EventSource: WithCookie }),
        false: httpBatchStreamLink({ url, headers }),
      }),
    ],
  })
}

async function listen(client: ReturnType<typeof visit>, name: 'feed' | 'resumable' | 'observed', lastEventId?: string) {
  const listening = app.listening()
  const events = subscribe((handlers) =>
    (client[name] as typeof client.resumable).subscribe(
      lastEventId === undefined ? undefined : { lastEventId },
      handlers,
    ),
  )
  open.push(events.stop)
  if (lastEventId === undefined) await listening
  return events
}

const REVOKED = { end: 'UNAUTHORIZED', auth: { reason: 'revoked' } }

describe('a protected subscription over SSE', () => {
  it.each(['feed', 'observed'] as const)('ends with a typed error, and no event after it: %s', async (name) => {
    const eve = await test.emulator.signIn()
    const events = await listen(visit(eve), name)
    app.say('before')
    expect(await events.next()).toBe('before')
    test.hanko.revoke({ sessionId: eve.sessionId })
    app.say('after')
    expect(await events.next()).toEqual(REVOKED)
    expect(events.rest).toEqual([])
  })

  it('ends within the bound when Hanko ends the session', async () => {
    const eve = await test.emulator.signIn()
    const events = await listen(visit(eve), 'feed')
    await test.emulator.endSession(eve.sessionId)
    expect(await events.next()).toEqual(REVOKED)
  })

  it('replays nothing to a session that has ended, and resumes after signing in again', async () => {
    const eve = await test.emulator.signIn()
    const jar = { cookie: eve.cookie }
    const client = visit(jar)
    const first = await listen(client, 'resumable')
    app.say('one')
    const { id, data } = (await first.next()) as { id: string; data: string }
    expect(data).toBe('one')
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await first.next()).toEqual(REVOKED)
    app.say('missed')
    const refused = await listen(client, 'resumable', id)
    expect(await refused.next()).toEqual(REVOKED)
    expect(refused.rest).toEqual([])
    jar.cookie = (await test.emulator.signIn({ userId: eve.userId })).cookie
    const resumed = await listen(client, 'resumable', id)
    expect(await resumed.next()).toMatchObject({ data: 'missed' })
  })
})

describe('a protected query that streams', () => {
  it('ends with its session', async () => {
    const eve = await test.emulator.signIn()
    const listening = app.listening()
    const pages = (await visit(eve).pages.query())[Symbol.asyncIterator]()
    const first = pages.next()
    await listening
    app.say('page')
    expect((await first).value).toBe('page')
    test.hanko.revoke({ sessionId: eve.sessionId })
    await expect(pages.next()).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED', auth: { reason: 'revoked' } } })
  })
})
