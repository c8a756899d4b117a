import type { AddressInfo } from 'node:net'
import websocket from '@fastify/websocket'
import { createTRPCClient, httpLink } from '@trpc/client'
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import fastify from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectWebSocket } from '../../test/connect-web-socket.ts'
import { createLiveApp, type LiveApp, type LiveRouter } from '../../test/live-app.ts'
import { refusalOf } from '../../test/refusal-of.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { subscribe } from '../../test/subscribe.ts'
import { hankoAuth } from './hanko-auth.ts'

let test: TestHanko
let app: LiveApp
const server = fastify()
let host: string
const open: (() => unknown)[] = []

beforeAll(async () => {
  test = await startHanko()
  app = createLiveApp(test)
  await server.register(websocket)
  await server.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    useWSS: true,
    trpcOptions: { ...app.handler, createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }) },
  } satisfies FastifyTRPCPluginOptions<LiveRouter>)
  await server.listen({ port: 0, host: '127.0.0.1' })
  host = `127.0.0.1:${(server.server.address() as AddressInfo).port}`
})
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})
afterAll(() => server.close())

function connect(handshake: Parameters<typeof connectWebSocket>[1]) {
  const { client, closed, close } = connectWebSocket<LiveRouter>(`ws://${host}/trpc`, handshake)
  open.push(close)
  return { client, closed }
}

describe('hankoAuth behind Fastify with useWSS', () => {
  it.each(['cookie', 'connectionParams'])('finds the session of a socket by %s, for calls and streams', async (way) => {
    const { header, cookie, userId, sessionId } = await test.emulator.signIn()
    const { client, closed } = connect(
      way === 'cookie'
        ? { headers: { cookie, origin: `http://${host}` } }
        : { connectionParams: { authorization: header } },
    )
    expect(await client.me.query()).toBe(userId)
    const listening = app.listening()
    const events = subscribe((handlers) => client.feed.subscribe(undefined, handlers))
    await listening
    app.say('before')
    expect(await events.next()).toBe('before')
    test.hanko.revoke({ sessionId })
    expect(await events.next()).toEqual({ end: 'UNAUTHORIZED', auth: { reason: 'revoked' } })
    await expect.poll(() => closed).toEqual([4401])
  })

  it("refuses the cookie of another site's handshake, a query too, and asks nobody", async () => {
    test.asked()
    const { client } = connect({ headers: { cookie: test.ada.cookie, origin: 'https://evil.example' } })
    const forbidden = { code: 'FORBIDDEN', status: 403, auth: { reason: 'cross_site' } }
    expect(await refusalOf(client.me.query())).toEqual(forbidden)
    expect(test.asked()).toBe(0)
  })

  it('reads the same query by HTTP at the same door', async () => {
    const client = createTRPCClient<LiveRouter>({
      links: [httpLink({ url: `http://${host}/trpc`, headers: { cookie: test.ada.cookie } })],
    })
    expect(await client.me.query()).toBe(test.ada.userId)
  })
})
