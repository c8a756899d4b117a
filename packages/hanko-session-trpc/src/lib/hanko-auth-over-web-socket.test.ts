import type { TRPCClient } from '@trpc/client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { serveWebSockets, type ServedSockets } from '../../test/connect-web-socket.ts'
import { refusalOf } from '../../test/refusal-of.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp, type TestRouter } from '../../test/test-app.ts'

const app = createTestApp()
let test: TestHanko
let served: ServedSockets
const open: (() => Promise<void>)[] = []

beforeAll(async () => {
  test = await startHanko({ trustedOrigins: ['https://app.example'] })
  served = await serveWebSockets(app, test.hanko)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
  test.emulator.faults.clear()
  test.asked()
  app.ran.length = 0
})
afterAll(() => served.close())

function connect(options?: Parameters<ServedSockets['connect']>[0]): TRPCClient<TestRouter> {
  const { client, close } = served.connect(options)
  open.push(close)
  return client
}

/** The first event of the feed, or its error. */
const firstEvent = (client: TRPCClient<TestRouter>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const subscription = client.feed.subscribe(undefined, {
      onData(data) {
        subscription.unsubscribe()
        resolve(data)
      },
      onError: reject,
    })
  })

describe('hankoAuth over a WebSocket', () => {
  it('takes a bearer token from connectionParams, for queries, mutations and subscriptions', async () => {
    const client = connect({ connectionParams: { authorization: test.ada.header } })
    expect(await client.me.query()).toMatchObject({ id: test.ada.userId })
    expect(await client.touch.mutate()).toBe(test.ada.userId)
    expect(await firstEvent(client)).toBe(test.ada.userId)
  })

  it("takes the handshake's cookie from a trusted origin, and asks nobody until a call needs it", async () => {
    const client = connect({ headers: { cookie: test.ada.cookie, origin: 'https://app.example' } })
    expect(await client.hello.query()).toBe('hello')
    expect(test.asked()).toBe(0)
    expect(await client.me.query()).toMatchObject({ id: test.ada.userId })
  })

  it("takes the handshake's cookie from a page of its own host", async () => {
    const origin = served.url.replace('ws:', 'http:')
    const client = connect({ headers: { cookie: test.ada.cookie, origin } })
    expect(await client.touch.mutate()).toBe(test.ada.userId)
    expect(await firstEvent(client)).toBe(test.ada.userId)
  })

  it("refuses every call that would use the cookie of another site's handshake, a query too", async () => {
    const client = connect({ headers: { cookie: test.ada.cookie, origin: 'https://evil.example' } })
    const forbidden = { code: 'FORBIDDEN', status: 403, auth: { reason: 'cross_site' } }
    expect(await refusalOf(client.me.query())).toEqual(forbidden)
    expect(await refusalOf(client.touch.mutate())).toEqual(forbidden)
    expect(await refusalOf(firstEvent(client))).toEqual(forbidden)
    expect(await client.hello.query()).toBe('hello')
    expect(test.asked()).toBe(0)
    expect(app.ran).toEqual([])
  })

  it('takes a bearer token whatever the origin, because no other site has it', async () => {
    const client = connect({
      headers: { origin: 'https://evil.example' },
      connectionParams: { authorization: test.ada.header },
    })
    expect(await client.me.query()).toMatchObject({ id: test.ada.userId })
  })

  it('fails the next call on an old socket once the session was ended', async () => {
    const eve = await test.emulator.signIn()
    const contextsBefore = served.contexts
    const client = connect({ connectionParams: { authorization: eve.header } })
    expect(await client.me.query()).toMatchObject({ id: eve.userId })
    await test.emulator.endSession(eve.sessionId)
    app.ran.length = 0
    const revoked = { code: 'UNAUTHORIZED', status: 401, auth: { reason: 'revoked' } }
    expect(await refusalOf(client.me.query())).toEqual(revoked)
    expect(await refusalOf(firstEvent(client))).toEqual(revoked)
    expect(app.ran).toEqual([])
    expect(served.contexts - contextsBefore).toBe(1)
  })

  it('shows an outage on an old socket as an outage, and goes on when it is over', async () => {
    const client = connect({ connectionParams: { authorization: test.ada.header } })
    expect(await client.me.query()).toMatchObject({ id: test.ada.userId })
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await refusalOf(client.me.query())).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      auth: { reason: 'upstream_unavailable' },
    })
    test.emulator.faults.clear()
    expect(await client.me.query()).toMatchObject({ id: test.ada.userId })
  })

  it('refuses a socket that brings nothing', async () => {
    const unauthorized = { code: 'UNAUTHORIZED', status: 401, auth: { reason: 'no_token' } }
    expect(await refusalOf(connect().me.query())).toEqual(unauthorized)
    expect(await refusalOf(connect({ connectionParams: { token: test.ada.token } }).me.query())).toEqual(unauthorized)
    expect(app.ran).toEqual([])
  })
})
