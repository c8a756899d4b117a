import { describe, expect, it } from 'vitest'
import { createStage, type Stage, until } from '../../../test/stage.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { createMemoryStores } from '../conformance/create-memory-stores.ts'
import type { SharedStore } from '../shared-store.ts'

const LIVE = { status: 'authenticated' }
const REVOKED = { reason: 'revoked' }

type Spoil = (store: SharedStore) => SharedStore
const asItIs: Spoil = (store) => store

/** Validators of one Hanko that share a store, whose clock is nobody's own. */
async function createFleetStage(size = 2, options: Parameters<Stage['validator']>[0] = {}, spoil: Spoil = asItIs) {
  const stage = await createStage()
  const stores = createMemoryStores(() => stage.time.monotonic() + 5_000_000_000)
  const nodes: SessionValidator[] = []
  for (let node = 0; node < size; node++)
    nodes.push(await stage.warm({ store: spoil(stores.open()), limits: { storeTimeout: 1_000 }, ...options }))
  const [one, other] = nodes as [SessionValidator, SessionValidator]
  return { stage, stores, nodes, one, other, ...(await stage.emulator.signIn()) }
}

describe('an answer to one process', () => {
  it('serves the others within the bound, and says where it came from', async () => {
    const { stage, one, other, token } = await createFleetStage()
    await one.validate(token)
    await stage.settled()
    stage.time.pass(15_000)
    expect(await other.validate(token)).toMatchObject(LIVE)
    expect([stage.posts(), other.stats().store?.hits]).toEqual([1, 1])
    expect(stage.decisions.at(-1)).toMatchObject({ source: 'store', age: 15_000 })
    expect(await other.validate(token)).toMatchObject(LIVE)
    expect(stage.decisions.at(-1)).toMatchObject({ source: 'memory', age: 15_000 })
  })

  it('is as old there as it is: an ended session is refused after the bound, by all', async () => {
    const { stage, one, other, token, sessionId } = await createFleetStage()
    await one.validate(token)
    await stage.settled()
    await stage.emulator.endSession(sessionId)
    stage.time.pass(29_999)
    expect(await other.validate(token)).toMatchObject(LIVE)
    await stage.settled()
    stage.time.pass(2)
    expect(await other.validate(token)).toMatchObject(REVOKED)
  })

  it('ages there by both clocks', async () => {
    for (const pass of ['suspend', 'pass'] as const) {
      const { stage, one, other, token } = await createFleetStage()
      await one.validate(token)
      await stage.settled()
      stage.time.pass(15_000)
      await other.validate(token)
      stage.time[pass](15_000)
      expect(other.known(token)).toMatchObject(LIVE)
      stage.time[pass](1)
      expect(other.known(token)).toBeUndefined()
    }
  })

  it('never serves one that must be fresh, nor with a bound of 0', async () => {
    for (const options of [{}, { maxStaleness: 0 }]) {
      const { stage, one, other, token } = await createFleetStage(2, options)
      await one.validate(token)
      await stage.settled()
      expect(await other.validate(token, { fresh: true })).toMatchObject(LIVE)
      expect(stage.posts()).toBe(2)
    }
  })

  it('is given to the next process in time, where many ask at once', async () => {
    const { stage, nodes, token } = await createFleetStage(4)
    const states = await Promise.all(nodes.flatMap((node) => [node.validate(token), node.validate(token)]))
    expect(states.map(({ status }) => status)).toEqual(states.map(() => 'authenticated'))
    expect(stage.posts()).toBe(1)
  })

  it('costs 1.6 calls per session and bound at most, refreshes included, however many ask all the time', async () => {
    const { stage, nodes, token } = await createFleetStage(4)
    const bounds = 20
    for (let second = 0; second < bounds * 30; second++) {
      for (const node of nodes) expect(await node.validate(token)).toMatchObject(LIVE)
      await stage.settled()
      stage.time.pass(1_000)
    }
    expect(stage.posts() / bounds).toBeLessThanOrEqual(1.6)
  })

  it('keeps whoever uses the session from idling out, with the touches of all counted together', async () => {
    const stage = await createStage({ idleTimeout: '40s' })
    const stores = createMemoryStores(() => stage.time.monotonic())
    const nodes = [await stage.warm({ store: stores.open() }), await stage.warm({ store: stores.open() })]
    const { token } = await stage.emulator.signIn()
    stage.emulator.requests.clear()
    for (let second = 0; second < 300; second++) {
      expect(await nodes[second % 2]?.validate(token)).toMatchObject(LIVE)
      await stage.settled()
      stage.time.pass(1_000)
    }
    // A touch is due after a quarter of the timeout.
    expect(stage.posts()).toBeLessThanOrEqual(30)
  })
})

describe('a revocation in one process', () => {
  it('ends the session in all, before Hanko has heard of it', async () => {
    const { stage, one, other, token, sessionId } = await createFleetStage()
    await one.validate(token)
    await other.validate(token)
    one.revoke({ sessionId })
    await stage.settled()
    expect(other.known(token)).toBeUndefined()
    expect(await other.validate(token)).toMatchObject(REVOKED)
    expect(stage.posts()).toBe(1)
  })

  it('is found by a process that began later', async () => {
    for (const options of [{}, { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' }]) {
      const { stage, stores, one, token, userId } = await createFleetStage(2, options)
      stage.time.pass(60_000)
      one.revoke({ userId })
      await stage.settled()
      const late = await stage.warm({ store: stores.open(), ...options })
      expect(await late.validate(token)).toMatchObject(REVOKED)
      expect(stage.posts()).toBe(0)
    }
  })

  it('of a user whose sign-in it may mean or not has Hanko asked by all, once for all', async () => {
    const { stage, one, nodes, token, userId } = await createFleetStage(3)
    await Promise.all(nodes.map((node) => node.validate(token)))
    await stage.settled()
    stage.time.pass(1_000)
    one.revoke({ userId }) // the sign-in was just now: only Hanko can tell
    await stage.settled()
    stage.time.pass(1_000)
    for (const node of nodes) {
      expect(node.known(token)).toBeUndefined()
      expect(await node.validate(token)).toMatchObject(LIVE)
      await stage.settled()
      stage.time.pass(10)
    }
    expect(stage.posts()).toBeLessThanOrEqual(1 + nodes.length)
    for (const node of nodes) expect(node.known(token)).toMatchObject(LIVE)
  })

  it('is never outlived by an answer from before it, even while the store has not heard of it', async () => {
    const mute: Spoil = (store) => ({ ...store, revoke: () => new Promise(() => {}) })
    const { stage, one, other, token, userId } = await createFleetStage(2, {}, mute)
    await one.validate(token)
    await stage.settled()
    stage.time.pass(1_000)
    other.revoke({ userId }) // in doubt, so Hanko must be asked after this
    expect(await other.validate(token)).toMatchObject(LIVE)
    expect([stage.posts(), other.stats().store?.hits]).toEqual([2, 0])
  })

  it('is what Hanko says to one, too', async () => {
    const { stage, one, other, token, sessionId } = await createFleetStage()
    await one.validate(token)
    await other.validate(token)
    await stage.emulator.endSession(sessionId)
    expect(await one.validate(token, { fresh: true })).toMatchObject(REVOKED)
    await stage.settled()
    expect(other.known(token)).toBeUndefined()
    expect(await other.validate(token)).toMatchObject(REVOKED)
  })

  it('wins over an answer that was under way, wherever that was asked for', async () => {
    const { stage, one, other, token, sessionId } = await createFleetStage()
    const held = stage.hold()
    const asking = one.validate(token)
    await until(() => held.count === 1)
    other.revoke({ sessionId })
    held.end()
    await asking
    await stage.settled()
    expect(await one.validate(token)).toMatchObject(REVOKED)
    expect(await other.validate(token)).toMatchObject(REVOKED)
  })

  it('that was missed is caught: what was found out before is found out again', async () => {
    let miss = (): void => {}
    const deafen: Spoil = (store) => ({
      ...store,
      subscribe: (scope, { missed }) => {
        miss = missed
        return store.subscribe(scope, { revoked: () => {}, missed })
      },
    })
    const { stage, one, other, token, sessionId } = await createFleetStage(2, {}, deafen)
    await other.validate(token)
    one.revoke({ sessionId })
    await stage.settled()
    expect(other.known(token)).toMatchObject(LIVE) // within the bound, as if alone
    miss()
    expect(other.known(token)).toBeUndefined()
    expect(await other.validate(token)).toMatchObject(REVOKED)
  })
})

describe('a store that fails', () => {
  const never = (): Promise<never> => new Promise(() => {})
  const SPOILS: [string, Spoil][] = [
    ['rejects', (store) => ({ ...store, read: () => Promise.reject(new Error('a secret')) })],
    [
      'throws',
      (store) => ({
        ...store,
        read() {
          throw new Error('a secret')
        },
      }),
    ],
    ['hangs', (store) => ({ ...store, read: never, confirm: never, release: never, revoke: never })],
    ['says nothing of use', (store) => ({ ...store, read: () => Promise.resolve({ now: 'soon' } as never) })],
  ]

  it.each(SPOILS)('and %s leaves each process as if it were alone, and is told of once', async (_, spoil) => {
    const limits = { storeTimeout: 20 }
    const { stage, one, other, ...first } = await createFleetStage(2, { limits }, spoil)
    const tokens = [first.token]
    for (let count = 0; count < 5; count++) tokens.push((await stage.emulator.signIn()).token)
    for (const token of tokens) expect(await one.validate(token)).toMatchObject(LIVE)
    expect(await other.validate(first.token)).toMatchObject(LIVE)
    expect(stage.posts()).toBe(tokens.length + 1)
    expect(one.stats().store).toMatchObject({ state: 'down', errors: 3 })
    expect(stage.lines.filter((line) => String(line[1]).includes('the shared store fails'))).toHaveLength(1)
    expect(JSON.stringify(stage.lines)).not.toContain('a secret')
  })

  it('is used again when it answers, and hears what was revoked meanwhile', async () => {
    let isDown = true
    const flap: Spoil = (store) => ({
      ...store,
      read: (...args) => (isDown ? Promise.reject(new Error('down')) : store.read(...args)),
      revoke: (...args) => (isDown ? Promise.reject(new Error('down')) : store.revoke(...args)),
    })
    const { stage, one, other, token } = await createFleetStage(2, {}, flap)
    const { sessionId } = await stage.emulator.signIn()
    for (let count = 0; count < 4; count++) await one.validate((await stage.emulator.signIn()).token)
    one.revoke({ sessionId })
    expect(one.stats().store).toMatchObject({ state: 'down', pending: 1 })
    isDown = false
    stage.time.pass(2_000)
    await one.validate(token)
    await stage.settled()
    expect(one.stats().store).toMatchObject({ state: 'up', pending: 0 })
    expect(await other.validate(token)).toMatchObject(LIVE)
    expect(stage.lines.at(-1)).toBeDefined()
  })

  it('and never gives back the right to ask keeps nobody waiting for longer than one attempt', async () => {
    const greedy: Spoil = (store) => ({
      ...store,
      read: async (...args) => ({ ...(await store.read(...args)), hasLease: false }),
    })
    const { stage, one, token } = await createFleetStage(2, { limits: { attemptTimeout: 100 } }, greedy)
    expect(await one.validate(token)).toMatchObject(LIVE)
    expect(stage.posts()).toBe(1)
  })

  it('gives an answer from the future to nobody, nor ages by a clock that was set back', async () => {
    let step = 0
    const stage = await createStage()
    const stores = createMemoryStores(() => stage.time.monotonic() + 5_000_000 + step)
    const [one, other] = [await stage.warm({ store: stores.open() }), await stage.warm({ store: stores.open() })]
    const [first, second] = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    await one.validate(first.token)
    await other.validate(second.token)
    await stage.settled()
    stage.time.pass(20_000)
    step = -15_000 // what is 20 s old now looks as if it were 5 s
    await other.validate(second.token, { fresh: true })
    expect(await other.validate(first.token)).toMatchObject(LIVE)
    expect(stage.posts()).toBe(4)
  })
})

describe('tenants', () => {
  it('are kept apart in one store', async () => {
    const { stage, stores, token } = await createFleetStage()
    const one = stage.validator({ store: stores.open(), audience: 'localhost' })
    await one.validate(token)
    await stage.settled()
    const other = stage.validator({ store: stores.open(), audience: ['localhost', 'another'] })
    await other.validate(token)
    expect(stage.posts()).toBe(2)
  })
})
