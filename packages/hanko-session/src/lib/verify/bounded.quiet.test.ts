import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createStage, type Stage } from '../../../test/stage.ts'

// Where there is no logger, the console is told what is wrong.
beforeEach(() => {
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => {})
})
afterEach(() => void vi.restoreAllMocks())

const local = { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' }

/** Time of which one clock alone tells: the machine sleeps, or its wall clock is set back and time passes. */
const CLOCKS = [
  ['wall', (stage: Stage, by: number) => stage.time.suspend(by)],
  [
    'monotonic',
    (stage: Stage, by: number) => {
      stage.time.stepWall(-by - 3_600_000)
      stage.time.pass(by)
    },
  ],
] as const

/** A session in memory that was hit already, by a validator that nobody listens to: the next hit takes the shortest way. */
async function begin(options: Parameters<Stage['warm']>[0] = {}, life: Parameters<typeof createStage>[0] = {}) {
  const stage = await createStage(life)
  const hanko = await stage.warm({ logger: undefined as never, onDecision: undefined as never, ...options })
  const ada = await stage.emulator.signIn()
  await hanko.validate(ada.token)
  const isKnown = (): boolean => hanko.known(ada.token) !== undefined
  expect([isKnown(), isKnown()]).toEqual([true, true])
  expect(stage.decisions).toEqual([])
  return { stage, hanko, isKnown, ...ada }
}

describe.each(CLOCKS)('a hit that nobody is told of, by the %s clock', (_, pass) => {
  it('is not served beyond the bound', async () => {
    const { stage, isKnown } = await begin()
    pass(stage, 30_001)
    expect(isKnown()).toBe(false)
  })

  it('is not served beyond the exp of the session', async () => {
    const { stage, isKnown } = await begin({}, { lifespan: '15s' })
    pass(stage, 15_000)
    expect(isKnown()).toBe(false)
  })

  it('is not served beyond the exp of the session with Infinity', async () => {
    const { stage, isKnown } = await begin(local, { lifespan: '5m' })
    pass(stage, 300_000)
    expect(isKnown()).toBe(false)
  })

  it('starts a refresh past two thirds of the bound', async () => {
    const { stage, isKnown } = await begin()
    pass(stage, 20_001)
    expect(isKnown()).toBe(true)
    await stage.settled()
    expect(stage.posts()).toBe(2)
  })

  it('starts a touch past a quarter of the idle timeout', async () => {
    const { stage, isKnown } = await begin({ maxStaleness: '30m' }, { idleTimeout: '20m' })
    pass(stage, 300_001)
    expect(isKnown()).toBe(true)
    await stage.settled()
    expect(stage.posts()).toBe(2)
  })

  it('starts the refresh of the keys, and is not served by keys that are 24 hours old', async () => {
    const { stage, isKnown } = await begin(local, { lifespan: '48h' })
    pass(stage, 600_000)
    expect(isKnown()).toBe(true)
    await stage.settled()
    expect(stage.jwks()).toBe(1)
    expect([isKnown(), isKnown()]).toEqual([true, true])
    pass(stage, 86_400_000)
    expect(isKnown()).toBe(false)
  })
})

describe('a hit that nobody is told of', () => {
  it('is served by the keys for 24 hours of their outage, to the millisecond', async () => {
    const { stage, isKnown } = await begin(local, { lifespan: '48h' })
    stage.emulator.faults.set('jwks', { kind: 'status', status: 404 })
    for (let hour = 1; hour < 24; hour++) {
      stage.time.pass(3_600_000)
      expect([hour, isKnown(), isKnown()]).toEqual([hour, true, true])
      await stage.settled()
    }
    stage.time.pass(3_599_999)
    expect([isKnown(), isKnown()]).toEqual([true, true])
    await stage.settled()
    stage.time.pass(1)
    expect(isKnown()).toBe(false)
  })

  it.each([
    ['a finite bound', {}],
    ['Infinity', local],
  ] as const)('is not served once its session or its user is revoked, or its key has left: %s', async (_, options) => {
    const first = await begin(options)
    first.hanko.revoke({ sessionId: first.sessionId })
    expect(first.isKnown()).toBe(false)

    const second = await begin(options)
    second.hanko.revoke({ userId: second.userId }) // the sign-in was just now: Hanko has to be asked
    expect(second.isKnown()).toBe(false)

    const third = await begin(options)
    third.stage.time.pass(6_000) // the new token's iat is later than the last look at the keys
    await third.stage.emulator.rotateKeys(inject('signingKeys')[1], { keepOld: false })
    await third.hanko.validate((await third.stage.emulator.signIn()).token)
    expect(third.isKnown()).toBe(false)
  })
})
