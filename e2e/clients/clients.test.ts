import { authErrorOf, type RetryOptions } from 'hanko-session-yoga/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../packages/hanko-session-yoga/test/start-hanko.ts'
import { withResolvers } from '../../packages/hanko-session/test/with-resolvers.ts'
import { CLIENTS, type Visitor } from './connect.ts'
import { serveApp } from './serve-app.ts'

const DOWN = { kind: 'database', state: 'down' } as const

let test: TestHanko
let app: Awaited<ReturnType<typeof serveApp>>
let ada: Visitor
beforeEach(async () => {
  test = await startHanko()
  app = await serveApp(test.hanko)
  ada = { header: test.ada.header }
})
afterEach(() => app.close())

const five = <Value>(call: (index: number) => Value): Value[] => Array.from({ length: 5 }, (_, index) => call(index))

/** What the app is to show for a failed operation. */
async function problemOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('the operation was let through'),
    (error: unknown) => authErrorOf(error) ?? error,
  )
}

/** Signs the visitor in anew, as this user and in this way. */
async function signIn(visitor: Visitor, amr: string, email = 'ada@example.com'): Promise<string> {
  const { header, userId } = await test.emulator.signIn({ email, amr: [amr] })
  visitor.header = header
  return userId
}

describe.each(Object.entries(CLIENTS))('%s with its recipe', (_name, connectTo) => {
  const connect = (visitor: Visitor, options: RetryOptions) => connectTo(app.url, visitor, options)

  it('leaves alone what has nothing to do with the session', async () => {
    const hooks: string[] = []
    const client = connect(ada, {
      onSignedOut: () => hooks.push('signed out'),
      onStepUp: () => (hooks.push('step-up'), true),
    })
    expect(await client.query('{ me }')).toMatchObject({ me: test.ada.userId })
    expect(await problemOf(client.query('{ missing }'))).toMatchObject({ message: expect.stringContaining('none') })
    expect([hooks, app.requests()]).toEqual([[], 2])
  })

  it('tells the app once that many operations found nobody signed in, and of the next one anew', async () => {
    const told: unknown[] = []
    const client = connect({ header: undefined }, { onSignedOut: (problem) => void told.push(problem) })
    const problem = { kind: 'signed-out', reason: 'no_token' }
    const calls = five((index) => client.query(`{ me${index}: me }`))
    expect(await Promise.all(calls.map(problemOf))).toEqual(five(() => problem))
    expect(told).toEqual([problem])
    await problemOf(client.mutate('mutation { add }'))
    expect(told).toEqual([problem, problem])
  })

  it('sends queries and mutations again when an outage is over, after one pause', async () => {
    const slept: number[] = []
    test.emulator.faults.set('all', DOWN)
    const sleep = async (milliseconds: number): Promise<void> => {
      slept.push(milliseconds)
      test.emulator.faults.clear()
    }
    const client = connect(ada, { sleep, random: () => 0.5 })
    const calls = [client.query('{ me }'), client.query('{ again: me }'), client.mutate('mutation { add }')]
    for (const data of await Promise.all(calls)) expect(Object.values(data as object)).toContain(test.ada.userId)
    expect(app.ran.toSorted()).toEqual(['add', 'me', 'me'].map((name) => `${name} ${test.ada.userId}`))
    expect(new Set(slept).size).toBe(1)
  })

  it('gives up after so many retries, and says that it is an outage', async () => {
    test.emulator.faults.set('all', DOWN)
    let told = 0
    const client = connect(ada, { retries: 2, sleep: () => Promise.resolve(), onSignedOut: () => told++ })
    expect(await problemOf(client.query('{ me }'))).toMatchObject({ kind: 'outage', reason: 'upstream_unavailable' })
    expect([app.requests(), told]).toEqual([3, 0])
  })

  it('sends no mutation again that has run, whatever it says', async () => {
    const client = connect(ada, {
      sleep: () => Promise.resolve(),
      onStepUp: () => signIn(ada, 'passkey').then(() => true),
    })
    expect(await problemOf(client.mutate('mutation { broken }'))).toMatchObject({ kind: 'outage', reason: undefined })
    expect(await problemOf(client.mutate('mutation { careless { id } }'))).toMatchObject({ kind: 'step-up' })
    expect(app.ran).toEqual(['broken', `careless ${test.ada.userId}`])
  })

  it('asks once for a new sign-in, then sends each of the operations again, once', async () => {
    const asked: unknown[] = []
    const client = connect(ada, {
      async onStepUp(problem) {
        asked.push(problem)
        await signIn(ada, 'passkey')
        return true
      },
    })
    const { userId } = test.ada
    await Promise.all([
      client.query('{ secrets }'),
      client.query('{ again: secrets }'),
      client.query('{ secret { id } }'),
      client.query('{ me }'),
      client.mutate('mutation { clear }'),
    ])
    expect(asked).toEqual([{ kind: 'step-up', reason: 'step_up_required', stepUp: { amr: ['passkey'] } }])
    expect(app.ran.toSorted()).toEqual(['clear', 'me', 'secrets', 'secrets'].map((name) => `${name} ${userId}`))
  })

  it('runs nothing for another user who signs in instead, and lets that user do the same by themselves', async () => {
    let bob = ''
    let fresh: Promise<unknown> | undefined
    const client = connect(ada, {
      async onStepUp() {
        bob = await signIn(ada, 'passkey', 'bob@example.com')
        fresh = client.query('{ secrets }')
        return true
      },
    })
    expect(await problemOf(client.mutate('mutation { clear }'))).toEqual({ kind: 'forbidden', reason: 'forbidden' })
    await fresh
    expect(app.ran).toEqual([`secrets ${bob}`])
    expect(await client.mutate('mutation { clear }')).toMatchObject({ clear: bob })
  })

  it('runs nothing for another user with a session that needs a step-up itself', async () => {
    let asked = 0
    const client = connect(ada, {
      async onStepUp() {
        asked++
        await signIn(ada, 'pwd', 'bob@example.com')
        return true
      },
    })
    expect(await problemOf(client.mutate('mutation { clear }'))).toMatchObject({ kind: 'forbidden' })
    expect([asked, app.ran]).toEqual([1, []])
  })

  it('does not ask again when the new sign-in will not do, either', async () => {
    let asked = 0
    const client = connect(ada, { onStepUp: () => (asked++, true) })
    expect(await problemOf(client.mutate('mutation { clear }'))).toMatchObject({ kind: 'step-up' })
    expect([asked, app.ran, app.requests()]).toEqual([1, [], 2])
  })

  it.each([
    ['says no', () => false],
    ['says nothing', () => undefined as never],
    ['gives something that is merely truthy', () => ({ type: 'click' }) as never],
  ])('sends nothing again when the app %s', async (_what, onStepUp) => {
    expect(await problemOf(connect(ada, { onStepUp }).mutate('mutation { clear }'))).toMatchObject({ kind: 'step-up' })
    expect(app.requests()).toBe(1)
  })

  it('makes the operations fail with what the hook throws', async () => {
    const client = connect(ada, { onStepUp: () => Promise.reject(new Error('the dialog broke')) })
    const calls = [client.mutate('mutation { clear }'), client.query('{ secrets }')]
    for (const error of await Promise.all(calls.map(problemOf)))
      expect(error).toMatchObject({ message: expect.stringContaining('the dialog broke') })
  })

  it('sends nothing again that nobody waits for any more', async () => {
    const answer = withResolvers<boolean>()
    const controller = new AbortController()
    const asked = withResolvers<void>()
    const client = connect(ada, { onStepUp: () => (asked.resolve(), answer.promise) })
    const call = client.query('{ secrets }', controller.signal)
    const other = client.query('{ other: secrets }')
    await asked.promise
    controller.abort(new Error('left the page'))
    await expect(call).rejects.toThrow()
    await signIn(ada, 'passkey')
    answer.resolve(true)
    await other
    expect(app.ran).toEqual([`secrets ${test.ada.userId}`])
  })
})
