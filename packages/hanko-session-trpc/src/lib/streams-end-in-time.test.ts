import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTRPCClient, httpSubscriptionLink } from '@trpc/client'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { EventSource } from 'eventsource'
import type { HankoEmulatorOptions } from 'hanko-session/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { serveWebSockets } from '../../test/connect-web-socket.ts'
import { createLiveApp, type LiveApp, type LiveRouter } from '../../test/live-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { subscribe } from '../../test/subscribe.ts'
import { hankoAuth } from './hanko-auth.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

type Connect = (test: TestHanko, app: LiveApp, header: string) => Promise<Client>
type Client = ReturnType<typeof createTRPCClient<LiveRouter>>

const WAYS: Record<string, Connect> = {
  async SSE({ hanko }, { handler }, authorization) {
    const server = createServer(
      createHTTPHandler({ ...handler, createContext: (o) => ({ auth: hankoAuth(hanko, o) }) }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(() => (server.closeAllConnections(), server.close()))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const eventSourceOptions = () => ({
      fetch: (input: string | URL, init: { headers: Record<string, string> }) =>
        fetch(input, { ...init, headers: { ...init.headers, authorization } }),
    })
    return createTRPCClient({ links: [httpSubscriptionLink({ url, EventSource, eventSourceOptions })] })
  },
  async WebSocket({ hanko }, app, authorization) {
    const served = await serveWebSockets<LiveRouter>(app, hanko)
    const { client, close } = served.connect({ connectionParams: { authorization } })
    open.push(() => served.close(), close)
    return client
  },
}

/** Listens for a session of such a Hanko, hears something, and then waits for the end. */
async function endOf(connect: Connect, emulated: HankoEmulatorOptions): Promise<unknown> {
  const test = await startHanko({ maxStaleness: '30s' }, emulated)
  open.push(() => test.hanko.close())
  const app = createLiveApp(test)
  const { header } = await test.emulator.signIn()
  const client = await connect(test, app, header)
  const listening = app.listening()
  const events = subscribe((handlers) => client.feed.subscribe(undefined, handlers))
  open.push(events.stop)
  await listening
  app.say('before')
  expect(await events.next()).toBe('before')
  const end = await events.next()
  app.say('after')
  expect(events.rest).toEqual([])
  expect(app.ended).toContain('signal')
  return end
}

// The bound is half a minute: what ends these streams is that their session's time is up.
describe.each(Object.keys(WAYS))('a protected subscription over %s', (way) => {
  it('ends when its session expires, though nothing is said and nobody asks', async () => {
    expect(await endOf(WAYS[way]!, { lifespan: '3s' })).toEqual({ end: 'UNAUTHORIZED', auth: { reason: 'expired' } })
  })

  it('ends when its session idles out: an open stream is no use of it', async () => {
    expect(await endOf(WAYS[way]!, { idleTimeout: '2s' })).toEqual({ end: 'UNAUTHORIZED', auth: { reason: 'revoked' } })
  })
})
