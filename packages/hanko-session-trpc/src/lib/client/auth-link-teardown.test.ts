import { getEventListeners } from 'node:events'
import { createTRPCClient, httpLink, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ClientApp, type ClientRouter, serveClientApp } from '../../../test/client-app.ts'
import { withResolvers } from '../../../test/with-resolvers.ts'
import { startHanko, type TestHanko } from '../../../test/start-hanko.ts'
import { authLink } from './auth-link.ts'
import type { AuthLinkOptions } from './auth-link-options.ts'

const DOWN = { kind: 'database', state: 'down' } as const

let test: TestHanko
let app: ClientApp
beforeEach(async () => {
  test = await startHanko()
  app = await serveClientApp(test.hanko)
})
afterEach(() => app.close())

/** A client whose user has a link before ours that gives up when told, as one with a time limit does. */
function connect(options: AuthLinkOptions) {
  let giveUp = (): void => {}
  const sent: string[] = []
  const heard: unknown[] = []
  const impatient: TRPCLink<ClientRouter> =
    () =>
    ({ op, next }) =>
      observable((observer) => {
        const error = (reason: TRPCClientError<ClientRouter>): void => {
          heard.push(reason)
          observer.error(reason)
        }
        const running = next(op).subscribe({ ...observer, error })
        giveUp = () => {
          running.unsubscribe()
          observer.error(TRPCClientError.from(new Error('gave up')))
        }
        return running
      })
  const counting: TRPCLink<ClientRouter> =
    () =>
    ({ op, next }) => (sent.push(op.path), next(op))
  const sending = httpLink<ClientRouter>({ url: app.url, headers: { authorization: test.ada.header } })
  const client = createTRPCClient<ClientRouter>({ links: [impatient, authLink(options), counting, sending] })
  return { client, sent, heard, giveUp: () => giveUp() }
}

const untilRan = (name: string) => expect.poll(() => app.ran, { timeout: 10_000 }).toContain(name)

describe('authLink, when nobody waits for a call any more', () => {
  it.each(['SSE', 'WebSocket'] as const)('ends a subscription over %s', async (way) => {
    const client = way === 'SSE' ? app.connect('httpLink', test.ada, {}) : app.connectSocket(test.ada, {})
    const begun = withResolvers<string>()
    const subscription = client.endless.subscribe(undefined, { onData: begun.resolve })
    await begun.promise
    expect(app.ran).toEqual([])
    subscription.unsubscribe()
    await untilRan('left')
  })

  it.each(['at first', 'again'])('ends the request of a call that was sent %s', async (when) => {
    if (when === 'again') test.emulator.faults.set('all', DOWN)
    const { client, sent, giveUp } = connect({ sleep: async () => test.emulator.faults.clear() })
    const call = client.patient.query()
    await untilRan('patient')
    giveUp()
    await expect(call).rejects.toThrow('gave up')
    await untilRan('left')
    expect(sent).toHaveLength(when === 'again' ? 2 : 1)
  })

  it('does not send again what was given up between two tries', async () => {
    const waiting = withResolvers<void>()
    const pause = withResolvers<void>()
    test.emulator.faults.set('all', DOWN)
    const { client, sent, giveUp } = connect({ sleep: () => (waiting.resolve(), pause.promise) })
    const call = client.me.query()
    await waiting.promise
    giveUp()
    await expect(call).rejects.toThrow('gave up')
    test.emulator.faults.clear()
    pause.resolve()
    await client.add.mutate() // a round trip: by now it would have been sent
    expect([sent, app.ran]).toEqual([['me', 'add'], ['add']])
  })
})

it.each(['aborts', 'fails'])('authLink tells nobody who has gone that the app %s later', async (how) => {
  const controller = new AbortController()
  const asked = withResolvers<void>()
  const later = withResolvers<void>()
  async function onStepUp(): Promise<boolean> {
    asked.resolve()
    await later.promise
    throw new Error('late')
  }
  const { client, heard, giveUp } = connect({ onStepUp })
  const call = client.secrets.query(undefined, { signal: controller.signal })
  await asked.promise
  giveUp()
  await expect(call).rejects.toThrow('gave up')
  if (how === 'aborts') controller.abort()
  else later.resolve()
  await client.add.mutate() // a round trip: by now it would have been told
  expect(heard).toEqual([])
})

it.each([
  ['was sent again', 3],
  ['failed in the end', 1],
])('authLink leaves nothing on the signal of a call that waited and %s', async (_what, retries) => {
  const { signal } = new AbortController()
  const listeners: number[] = []
  const count = (): number => listeners.push(getEventListeners(signal, 'abort').length)
  test.emulator.faults.set('all', DOWN)
  const sleep = async (): Promise<void> => {
    await Promise.resolve() // it listens from when it begins to wait
    if (count() === 2) test.emulator.faults.clear()
  }
  const { client } = connect({ sleep, retries })
  await client.me.query(undefined, { signal }).catch(() => {})
  count()
  expect(listeners).toEqual(retries === 1 ? [1, 0] : [1, 1, 0])
})
