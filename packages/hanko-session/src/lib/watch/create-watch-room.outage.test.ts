import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage } from '../../../test/stage.ts'
import { beginWatching, endOf, pass as passOn, watchOf } from '../../../test/watching.ts'

let stage: Stage

beforeEach(async () => {
  stage = await createStage()
})

afterEach(() => void vi.useRealTimers())

const begin = (options?: Parameters<Stage['warm']>[0]) => beginWatching(stage, options)
const pass = (milliseconds: number, step?: number): Promise<void> => passOn(stage, milliseconds, step)

const refuseChecks = (): void => stage.emulator.faults.set('validate', { kind: 'status', status: 404 })
const loseDatabase = (): void => stage.emulator.faults.set('all', { kind: 'database', state: 'down' })

describe('while Hanko cannot be asked', () => {
  it('a stream goes on to the bound, with more checks, and then ends with the reason of the last', async () => {
    const { watch, hanko } = await begin()
    refuseChecks()
    await pass(30_000)
    expect(stage.peeks()).toBeGreaterThan(2)
    expect(stage.peeks()).toBeLessThan(7)
    expect(watch.refusal()).toBeUndefined()
    await pass(1)
    expect(endOf(watch)).toBe('upstream_misconfigured')
    expect(hanko.stats().watched).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a stream that hears from it again before the bound goes on', async () => {
    const { watch } = await begin()
    refuseChecks()
    await pass(25_000)
    stage.emulator.faults.clear()
    await pass(60_000)
    expect(watch.refusal()).toBeUndefined()
  })

  it('a stream outlives keys that lapse and come back as they were: that is no sign-out', async () => {
    const limits = { attempts: 1, refreshKeysAfter: 60_000, keepKeysFor: 90_000 }
    const { watch, hanko } = await begin({ limits })
    stage.emulator.faults.set('jwks', { kind: 'status', status: 500 })
    // The room looks keys up with every check, but nobody lets go of them before they are too old.
    while (hanko.stats().keys > 0) await pass(1_000)
    stage.emulator.faults.clear()
    await pass(60_000)
    expect(hanko.stats()).toMatchObject({ keys: 1, watched: 1 })
    expect([endOf(watch), watch.refusal()]).toEqual([undefined, undefined])
  })

  it('the false of its GET is not believed: the stream ends with 503, not as signed out', async () => {
    const { watch } = await begin()
    loseDatabase()
    await pass(30_001)
    expect(endOf(watch)).toBe('upstream_unavailable')
  })

  it('a false of its GET alone ends nothing when Hanko says true in the ordinary way', async () => {
    let lies = 0
    const { watch } = await begin({
      async fetch(input, init) {
        const response = await stage.emulator.fetch(input, init)
        const isPeek = init.method === 'GET' && input.endsWith('/sessions/validate')
        return isPeek && lies++ === 0 ? Response.json({ is_valid: false }) : response
      },
    })
    await pass(20_001)
    expect([lies, stage.posts()]).toEqual([1, 2])
    await pass(40_000)
    expect(watch.refusal()).toBeUndefined()
  })

  it('no answer at all ends the stream with 504', async () => {
    const { watch } = await begin()
    const held = stage.emulator.faults
    held.set('validate', { kind: 'hang' })
    // A call that hangs is not waited for.
    for (let time = 0; time < 30_500; time += 500) {
      stage.time.pass(500)
      vi.advanceTimersByTime(500)
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(endOf(watch)).toBe('upstream_timeout')
  })

  it('staleIfError lets a stream go on for the sum of both, and not longer', async () => {
    const { watch } = await begin({ staleIfError: '1m' })
    loseDatabase()
    await pass(90_000)
    expect(watch.refusal()).toBeUndefined()
    await pass(1)
    expect(endOf(watch)).toBe('upstream_unavailable')
  })

  it('staleIfError serves no stream when Hanko refuses our requests', async () => {
    const { watch } = await begin({ staleIfError: '1m' })
    refuseChecks()
    await pass(30_001)
    expect(endOf(watch)).toBe('upstream_misconfigured')
  })

  it('a stream may begin on a session that staleIfError serves, and ends with the sum', async () => {
    const { hanko, token } = await begin({ staleIfError: '1m' })
    loseDatabase()
    await pass(50_000)
    const watch = await watchOf(hanko, token)
    expect(watch.state).toMatchObject({ session: { staleSince: expect.any(Number) } })
    expect(watch.refusal()).toBeUndefined()
    await pass(40_001)
    expect(watch.refusal()).toMatchObject({ reason: 'upstream_unavailable' })
  })

  it('staleIfError keeps no stream beyond idle_expires_at', async () => {
    stage = await createStage({ idleTimeout: '40s' })
    const { watch } = await begin({ staleIfError: '1m' })
    loseDatabase()
    await pass(39_500)
    expect(watch.refusal()).toBeUndefined()
    await pass(501)
    expect(watch.refusal()).toMatchObject({ reason: 'upstream_unavailable' })
  })
})

describe('clocks', () => {
  it('after a suspension beyond the bound refuse what comes, before any timer ran', async () => {
    const { watch } = await begin()
    stage.time.suspend(30_001)
    expect(watch.refusal()).toMatchObject({ reason: 'upstream_timeout' })
    expect(endOf(watch)).toBe('upstream_timeout')
  })

  it('ahead of Hanko by more than its idle timeout cost a stream one call to begin, and a check a second', async () => {
    stage = await createStage({ idleTimeout: '1m' })
    stage.time.stepWall(70_000)
    const { watch, sessionId } = await begin()
    expect(watch.state).toMatchObject({ status: 'authenticated' })
    await pass(10_000)
    expect(watch.refusal()).toBeUndefined()
    expect(stage.posts()).toBe(2) // one by the request before it
    expect(stage.peeks()).toBeGreaterThan(5)
    expect(stage.peeks()).toBeLessThan(12)
    await stage.emulator.endSession(sessionId)
    await pass(2_000)
    expect(endOf(watch)).toBe('revoked')
  })

  it('set back let no stream live beyond the bound', async () => {
    const { watch } = await begin()
    refuseChecks()
    stage.time.stepWall(-3_600_000)
    await pass(30_001)
    expect(endOf(watch)).toBe('upstream_misconfigured')
  })

  it('set back let no stream live beyond its exp', async () => {
    stage = await createStage({ lifespan: '1m' })
    const { watch } = await begin({ maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' })
    stage.time.stepWall(-3_600_000)
    await pass(60_000)
    expect(endOf(watch)).toBe('expired')
  })

  it('beyond what a timer can wait are waited for in parts', async () => {
    stage = await createStage({ lifespan: '2400h' })
    const { watch } = await begin({ maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' })
    await pass(99 * 24 * 3_600_000, 24 * 3_600_000)
    expect(watch.refusal()).toBeUndefined()
    await pass(24 * 3_600_000, 3_600_000)
    expect(endOf(watch)).toBe('expired')
  })
})

describe('close', () => {
  it('ends all streams at once, with nothing left, and later ones do not begin', async () => {
    const { hanko, token, watch } = await begin()
    hanko.close()
    expect(endOf(watch)).toBe('upstream_unavailable')
    expect(vi.getTimerCount()).toBe(0)
    expect(hanko.stats().watched).toBe(0)
    const later = await watchOf(hanko, token)
    expect(later.refusal()).toMatchObject({ reason: 'upstream_unavailable' })
    expect(later.signal.aborted).toBe(true)
  })
})
