import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTRPCClient, httpLink } from '@trpc/client'
import {
  type ClientApp,
  type ClientRouter,
  HTTP_LINKS,
  serveClientApp,
  type Visitor,
} from '../../../test/client-app.ts'
import { withResolvers } from '../../../test/with-resolvers.ts'
import { startHanko, type TestHanko } from '../../../test/start-hanko.ts'
import { authErrorOf } from './auth-error-of.ts'
import { authLink } from './auth-link.ts'

const DOWN = { kind: 'database', state: 'down' } as const

let test: TestHanko
let app: ClientApp
let ada: Visitor
beforeEach(async () => {
  test = await startHanko()
  app = await serveClientApp(test.hanko)
  ada = { header: test.ada.header }
})
afterEach(() => app.close())

const ten = <Value>(call: () => Promise<Value>): Promise<Value>[] => Array.from({ length: 10 }, call)

async function problemOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('the call was let through'),
    (error: unknown) => authErrorOf(error) ?? error,
  )
}

/** Signs the visitor in anew, as this user and in this way. */
async function signIn(visitor: Visitor, amr: string, email = 'ada@example.com'): Promise<string> {
  const { header, userId } = await test.emulator.signIn({ email, amr: [amr] })
  visitor.header = header
  return userId
}

describe.each(HTTP_LINKS)('authLink before %s', (link) => {
  it('leaves alone what has nothing to do with the session', async () => {
    const hooks: string[] = []
    const client = app.connect(link, ada, {
      onSignedOut: () => hooks.push('signed out'),
      onStepUp: () => (hooks.push('step-up'), true),
    })
    expect(await client.me.query()).toBe(test.ada.userId)
    await expect(client.missing.query()).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
    expect([hooks, app.requests()]).toEqual([[], 2])
  })

  it('tells the app once that ten calls found nobody signed in, and of the next one anew', async () => {
    const told: unknown[] = []
    const client = app.connect(link, { header: undefined }, { onSignedOut: (problem) => void told.push(problem) })
    const problem = { kind: 'signed-out', reason: 'no_token' }
    expect(await Promise.all(ten(() => client.me.query()).map(problemOf))).toEqual(ten(() => problem as never))
    expect(told).toEqual([problem])
    await problemOf(client.add.mutate())
    expect(told).toEqual([problem, problem])
  })

  it('sends ten queries again when the outage is over', async () => {
    test.emulator.faults.set('all', DOWN)
    const client = app.connect(link, ada, { sleep: async () => test.emulator.faults.clear() })
    expect(await Promise.all(ten(() => client.me.query()))).toEqual(ten(() => test.ada.userId as never))
  })

  it('gives up after so many retries, and says that it is an outage', async () => {
    test.emulator.faults.set('all', DOWN)
    const client = app.connect(link, ada, { retries: 2, sleep: () => Promise.resolve() })
    expect(await problemOf(client.me.query())).toMatchObject({ kind: 'outage', reason: 'upstream_unavailable' })
    expect(app.requests()).toBe(3)
  })

  it('sends a mutation again only when told to, and only when it did not run', async () => {
    const sleep = async (): Promise<void> => test.emulator.faults.clear()
    test.emulator.faults.set('all', DOWN)
    expect(await problemOf(app.connect(link, ada, { sleep }).add.mutate())).toMatchObject({ kind: 'outage' })
    expect(app.ran).toEqual([])
    const client = app.connect(link, ada, { sleep, retryMutations: true })
    expect(await client.add.mutate()).toBe(test.ada.userId)
    expect(await problemOf(client.broken.mutate())).toMatchObject({ kind: 'outage', reason: undefined })
    expect(app.ran).toEqual(['add', 'broken'])
  })

  it('asks once for a new sign-in, then sends each of the calls again, once', async () => {
    const asked: unknown[] = []
    const client = app.connect(link, ada, {
      async onStepUp(problem) {
        asked.push(problem)
        await signIn(ada, 'passkey')
        return true
      },
    })
    const calls = [client.secrets.query(), client.secrets.query(), client.me.query(), client.clear.mutate()]
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 4 }, () => test.ada.userId))
    expect(asked).toEqual([{ kind: 'step-up', reason: 'step_up_required', stepUp: { amr: ['passkey'] } }])
    const { userId } = test.ada
    expect(app.ran.toSorted()).toEqual([`clear ${userId}`, 'me', `secrets ${userId}`, `secrets ${userId}`])
  })

  it('asks for the sign-ins of two different needs one after the other', async () => {
    const asked: unknown[] = []
    const client = app.connect(link, ada, {
      async onStepUp({ stepUp }) {
        asked.push('asked', stepUp)
        await signIn(ada, stepUp.amr?.[0] ?? '')
        asked.push('signed in')
        return false
      },
    })
    for (const outcome of await Promise.all([client.secrets.query(), client.codes.query()].map(problemOf)))
      expect(outcome).toMatchObject({ kind: 'step-up' })
    const [first, second] = [asked[1], asked[4]]
    expect(asked).toEqual(['asked', first, 'signed in', 'asked', second, 'signed in'])
    expect(new Set([first, second])).toEqual(new Set([{ amr: ['passkey'] }, { amr: ['totp'] }]))
  })

  it('runs nothing for another user who signs in instead, and lets that user do the same by themselves', async () => {
    let fresh: Promise<string> | undefined
    const client = app.connect(link, ada, {
      async onStepUp() {
        await signIn(ada, 'passkey', 'bob@example.com')
        fresh = client.secrets.query() // in the batch of what is sent again
        return true
      },
    })
    expect(await problemOf(client.clear.mutate())).toEqual({ kind: 'forbidden', reason: 'forbidden' })
    expect(app.ran).toEqual([`secrets ${await fresh}`])
    expect(await client.clear.mutate()).toBe(await fresh)
  })

  it('runs nothing for another user with a session that needs a step-up itself', async () => {
    let asked = 0
    const client = app.connect(link, ada, {
      async onStepUp() {
        asked++
        await signIn(ada, 'pwd', 'bob@example.com')
        return true
      },
    })
    expect(await problemOf(client.clear.mutate())).toMatchObject({ kind: 'forbidden' })
    expect([asked, app.ran]).toEqual([1, []])
  })

  it('does not ask again when the new sign-in will not do, either', async () => {
    let asked = 0
    const client = app.connect(link, ada, { onStepUp: () => (asked++, true) })
    expect(await problemOf(client.clear.mutate())).toMatchObject({ kind: 'step-up' })
    expect([asked, app.ran, app.requests()]).toEqual([1, [], 2])
  })

  it.each([
    ['says no', () => false],
    ['says nothing', () => undefined as never],
    ['gives something that is merely truthy', () => ({ type: 'click' }) as never],
  ])('sends nothing again when the app %s', async (_what, onStepUp) => {
    expect(await problemOf(app.connect(link, ada, { onStepUp }).clear.mutate())).toMatchObject({ kind: 'step-up' })
    expect(app.requests()).toBe(1)
  })

  it('sends nothing again when the server would not learn whose it was', async () => {
    const onStepUp = (): Promise<boolean> => signIn(ada, 'passkey').then(() => true)
    const client = app.connect(link, ada, { onStepUp }, () => ({}))
    expect(await problemOf(client.clear.mutate())).toMatchObject({ kind: 'step-up' })
    expect([app.requests(), app.ran]).toEqual([1, []])
    expect(await client.clear.mutate()).toBe(test.ada.userId)
  })

  it('makes the calls fail with what the hook throws', async () => {
    const client = app.connect(link, ada, { onStepUp: () => Promise.reject(new Error('the dialog broke')) })
    for (const call of [client.clear.mutate(), client.clear.mutate()])
      await expect(call).rejects.toMatchObject({ name: 'TRPCClientError', message: 'the dialog broke' })
  })

  it('ends a call at once that is aborted while it waits, and sends it no more', async () => {
    const answer = withResolvers<boolean>()
    const asked = withResolvers<void>()
    const client = app.connect(link, ada, { onStepUp: () => (asked.resolve(), answer.promise) })
    const controller = new AbortController()
    const call = client.clear.mutate(undefined, { signal: controller.signal })
    const other = client.secrets.query()
    await asked.promise
    controller.abort()
    await expect(call).rejects.toMatchObject({ name: 'TRPCClientError', cause: { name: 'AbortError' } })
    await signIn(ada, 'passkey')
    answer.resolve(true)
    expect(await other).toBe(test.ada.userId)
    expect(app.ran).toEqual([`secrets ${test.ada.userId}`])
  })

  it('ends a call at once that is aborted between two tries', async () => {
    test.emulator.faults.set('all', DOWN)
    const controller = new AbortController()
    const sleep = (): Promise<void> => (controller.abort(new Error('left the page')), new Promise(() => {}))
    const call = app.connect(link, ada, { sleep }).me.query(undefined, { signal: controller.signal })
    await expect(call).rejects.toMatchObject({ name: 'TRPCClientError', message: 'left the page' })
    expect(app.requests()).toBe(1)
  })
})

describe('authLink before httpBatchLink', () => {
  it('lets a batch that failed come again as the batch it was, after one pause', async () => {
    const slept: number[] = []
    test.emulator.faults.set('all', DOWN)
    const sleep = async (milliseconds: number): Promise<void> => {
      slept.push(milliseconds)
      test.emulator.faults.clear()
    }
    const client = app.connect('httpBatchLink', ada, { sleep, random: () => 0.5 })
    await Promise.all(ten(() => client.me.query()))
    expect([slept.length, app.requests()]).toEqual([1, 2])
  })

  it('asks the app nothing for a call that was aborted, while its batch went on for another', async () => {
    const asked: unknown[] = []
    const client = app.connect('httpBatchLink', ada, { onStepUp: (problem) => asked.push(problem) > 0 })
    const controller = new AbortController()
    const call = client.secrets.query(undefined, { signal: controller.signal })
    const other = client.me.query()
    controller.abort()
    expect(await problemOf(call)).toMatchObject({ kind: 'step-up' })
    expect([await other, asked]).toEqual([test.ada.userId, []])
  })
})

describe('authLink and subscriptions', () => {
  it.each(['SSE', 'WebSocket'] as const)('passes on what comes over %s, and says why it was refused', async (way) => {
    const told = withResolvers<unknown>()
    const connect = (visitor: Visitor) => {
      const options = { onSignedOut: told.resolve }
      return way === 'SSE' ? app.connect('httpLink', visitor, options) : app.connectSocket(visitor, options)
    }
    const event = withResolvers<string>()
    const completed = withResolvers<void>()
    connect(ada).feed.subscribe(undefined, { onData: event.resolve, onComplete: completed.resolve })
    expect(await event.promise).toBe(test.ada.userId)
    await completed.promise
    const failed = withResolvers<unknown>()
    const subscription = connect({ header: undefined }).feed.subscribe(undefined, { onError: failed.resolve })
    const problem = { kind: 'signed-out', reason: 'no_token' }
    expect([authErrorOf(await failed.promise), await told.promise]).toEqual([problem, problem])
    subscription.unsubscribe()
  })
})

it('authLink shares nothing between two clients that it is given to', async () => {
  const told: unknown[] = []
  const link = authLink<ClientRouter>({ onSignedOut: (problem) => told.push(problem) })
  const clients = [1, 2].map(() => createTRPCClient<ClientRouter>({ links: [link, httpLink({ url: app.url })] }))
  await Promise.all(clients.map((client) => problemOf(client.me.query())))
  expect(told).toHaveLength(2)
})

describe('authLink over a WebSocket', () => {
  it('waits out an outage, but sends nothing again after a step-up: the socket has the old session', async () => {
    const sleep = async (): Promise<void> => test.emulator.faults.clear()
    let asked = 0
    const client = app.connectSocket(ada, { sleep, onStepUp: () => (asked++, true) })
    test.emulator.faults.set('all', DOWN)
    expect(await client.me.query()).toBe(test.ada.userId)
    expect(await problemOf(client.clear.mutate())).toMatchObject({ kind: 'step-up' })
    expect([asked, app.ran]).toEqual([1, ['me']])
  })
})

it.each([
  [{ retries: -1 }, 'retries'],
  [{ retries: 11 }, 'retries'],
  [{ retries: 1.5 }, 'retries'],
  [{ retries: Infinity }, 'retries'],
  [{ retryMutations: 'yes' }, 'retryMutations'],
  [{ onSignedOut: '/sign-in' }, 'onSignedOut'],
  [{ onStepUp: true }, 'onStepUp'],
  [{ onSignedout() {} }, 'onSignedout is not an option'],
])('authLink refuses %j', (options, named) => {
  expect(() => authLink(options as never)).toThrow(TypeError)
  expect(() => authLink(options as never)).toThrow(named)
})
