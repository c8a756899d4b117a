import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTRPCClient, httpSubscriptionLink, type TRPCClient } from '@trpc/client'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { EventSource } from 'eventsource'
import type { SessionValidator } from 'hanko-session'
import type { HankoEmulatorOptions } from 'hanko-session/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serveWebSockets } from '../../test/connect-web-socket.ts'
import { createLiveApp, type LiveApp, type LiveRouter } from '../../test/live-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { subscribe } from '../../test/subscribe.ts'
import { hankoAuth } from './hanko-auth.ts'

const open: (() => unknown)[] = []
// Sockets are real, and tRPC's client waits a moment before it sends: so time goes on by itself, and a test moves it.
const toFake = ['setTimeout', 'clearTimeout', 'Date', 'performance'] as const
beforeEach(() => void vi.useFakeTimers({ toFake: [...toFake], shouldAdvanceTime: true }))
afterEach(async () => {
  vi.useRealTimers()
  for (const close of open.splice(0).toReversed()) await close()
})

type Connect = (test: TestHanko, app: LiveApp, header: string) => Promise<TRPCClient<LiveRouter>>

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

/** In steps, and what one begins is answered before the next: or the time that is moved would be past the deadline. */
async function pass(hanko: SessionValidator, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    await vi.advanceTimersByTimeAsync(500)
    while (hanko.stats().inFlight > 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** How a feed ends for a session of such a Hanko, when so much time has passed and nothing is said. */
async function endOf(connect: Connect, emulated: HankoEmulatorOptions, milliseconds: number): Promise<unknown> {
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
  await pass(test.hanko, milliseconds)
  const end = await events.next()
  app.say('after')
  await expect.poll(() => app.ended).toEqual(['signal', 'feed']) // the handler is done with it
  expect(events.rest).toEqual([])
  return end
}

// The bound is half a minute: what ends these streams is that their session's time is up.
describe.each(Object.entries(WAYS))('a protected subscription over %s', (_way, connect) => {
  it('ends when its session expires, though nobody asks', async () => {
    const end = await endOf(connect, { lifespan: '20s' }, 20_000)
    expect(end).toEqual({ end: 'UNAUTHORIZED', auth: { reason: 'expired' } })
  })

  it('ends when its session idles out: an open stream is no use of it', async () => {
    const end = await endOf(connect, { idleTimeout: '20s' }, 20_000)
    expect(end).toEqual({ end: 'UNAUTHORIZED', auth: { reason: 'revoked' } })
  })
})
