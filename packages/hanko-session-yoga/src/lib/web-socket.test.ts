import type { SignedIn } from 'hanko-session/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFeedApp } from '../../test/feed-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { openSocket, serveWebSocket } from '../../test/web-socket.ts'

let test: TestHanko
let app: ReturnType<typeof createFeedApp>
let server: Awaited<ReturnType<typeof serveWebSocket>>
let eve: SignedIn
beforeAll(async () => {
  test = await startHanko({ maxStaleness: 30_000 })
  app = createFeedApp(test.hanko, { roles: () => [] })
  server = await serveWebSocket(app.yoga)
})
afterAll(() => server.close())
beforeEach(async () => {
  eve = await test.emulator.signIn()
  await test.hanko.validate(eve.token)
  test.asked()
  app.ran.length = 0
})
const opened: Awaited<ReturnType<typeof openSocket>>[] = []
afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.terminate()
  // A source that waits cannot be ended before its next event.
  await expect
    .poll(() => {
      app.feed.push(0)
      return app.feed.listening()
    })
    .toBe(0)
  await expect.poll(() => test.hanko.stats().watched).toBe(0)
})
const open = async (headers?: Record<string, string>) => {
  const client = await openSocket(server.url, headers)
  opened.push(client)
  return client
}
const origin = (): string => server.url.replace('ws:', 'http:').replace('/graphql', '')

const refusedFor = (code: string, reason: string): unknown => ({
  errors: [expect.objectContaining({ extensions: { code, auth: { reason } } })],
})

describe('over graphql-ws', () => {
  it('takes the token of the connection params, and the cookie of the handshake', async () => {
    const byParams = await open()
    await byParams.init({ authorization: eve.header })
    expect(await byParams.ask('1', '{ secret }')).toEqual({ data: { secret: 'secret' } })
    const byCookie = await open({ cookie: eve.cookie, origin: origin() })
    await byCookie.init()
    expect(await byCookie.ask('1', '{ secret }')).toEqual({ data: { secret: 'secret' } })
  })

  it('takes no cookie of a handshake from a foreign site, for queries neither', async () => {
    const client = await open({ cookie: eve.cookie, origin: 'https://evil.example' })
    await client.init()
    expect(await client.ask('1', '{ secret }')).toEqual(refusedFor('FORBIDDEN', 'cross_site'))
    expect(await client.ask('2', '{ hello }')).toEqual({ data: { hello: 'hello' } })
    expect(app.ran).toEqual([])
  })

  it('G36 answers without a token what is public, and nothing else', async () => {
    const client = await open()
    await client.init()
    expect(await client.ask('1', '{ hello }')).toEqual({ data: { hello: 'hello' } })
    expect(await client.ask('2', 'subscription { feed }')).toEqual(refusedFor('UNAUTHENTICATED', 'no_token'))
    expect([app.ran, test.asked()]).toEqual([[], 0])
  })

  it('G36 is closed by graphql-ws after a second connection_init, and runs nothing', async () => {
    const client = await open()
    await client.init({ authorization: eve.header })
    client.send({ type: 'connection_init' })
    expect((await client.closed).code).toBe(4429)
    expect(app.ran).toEqual([])
  })

  it('G36 is closed by graphql-ws when connection_init comes too late or never', async () => {
    const strict = await serveWebSocket(app.yoga, { initTimeout: 50 })
    const client = await openSocket(strict.url)
    expect((await client.closed).code).toBe(4408)
    await strict.close()
    const early = await open()
    early.send({ type: 'subscribe', id: '1', payload: { query: '{ secret }' } })
    expect((await early.closed).code).toBe(4401)
    expect(app.ran).toEqual([])
  })

  it('G36 ends a subscription with its session, and then the socket: 4401', async () => {
    const client = await open()
    await client.init({ authorization: eve.header })
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { feed }' } })
    await expect.poll(app.feed.listening).toBe(1)
    app.feed.push(1)
    expect(await client.read()).toEqual({ id: '1', type: 'next', payload: { data: { feed: 1 } } })
    test.hanko.revoke({ sessionId: eve.sessionId })
    app.feed.push(2)
    expect(await client.read()).toEqual({ id: '1', type: 'next', payload: refusedFor('UNAUTHENTICATED', 'revoked') })
    expect(await client.read()).toEqual({ id: '1', type: 'complete' })
    expect(await client.closed).toEqual({ code: 4401, reason: 'Signed out' })
    expect(app.ran).toEqual(['subscribe feed', 'feed 1'])
  })

  it('leaves the socket to what else runs on it', async () => {
    const client = await open()
    await client.init({ authorization: eve.header })
    client.send({ type: 'subscribe', id: 'open', payload: { query: 'subscription { open }' } })
    client.send({ type: 'subscribe', id: 'feed', payload: { query: 'subscription { feed }' } })
    await expect.poll(app.feed.listening).toBe(2)
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await client.read()).toMatchObject({ id: 'feed', type: 'next', payload: { errors: [{}] } })
    expect(await client.read()).toEqual({ id: 'feed', type: 'complete' })
    app.feed.push(3)
    expect(await client.read()).toEqual({ id: 'open', type: 'next', payload: { data: { open: 3 } } })
    expect(await client.ask('2', '{ hello }')).toEqual({ data: { hello: 'hello' } })
  })

  it('G38 checks each operation on an old socket', async () => {
    const client = await open({ cookie: eve.cookie, origin: origin() })
    await client.init()
    expect(await client.ask('1', '{ secret }')).toEqual({ data: { secret: 'secret' } })
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await client.ask('2', '{ secret }')).toEqual(refusedFor('UNAUTHENTICATED', 'revoked'))
    expect(await client.ask('3', 'subscription { feed }')).toEqual(refusedFor('UNAUTHENTICATED', 'revoked'))
    expect(app.ran).toEqual([])
  })
})
