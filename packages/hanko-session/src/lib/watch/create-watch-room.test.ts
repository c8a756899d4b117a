import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage } from '../../../test/stage.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import type { SessionWatch } from '../request-auth.ts'

let stage: Stage

beforeEach(async () => {
  stage = await createStage()
})

afterEach(() => void vi.useRealTimers())

/** Timers that a test moves, together with the stage's clocks. */
function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
}

/** Time passes in small steps, and what is under way is done after each. */
async function pass(milliseconds: number, step = 500): Promise<void> {
  for (let left = milliseconds; left > 0; left -= step) {
    const by = Math.min(step, left)
    stage.time.pass(by)
    vi.advanceTimersByTime(by)
    await stage.settled()
  }
}

const watchOf = (hanko: SessionValidator, token: string): Promise<SessionWatch> =>
  hanko.forRequest({ authorization: `Bearer ${token}` }).watch()

async function begin(options?: Parameters<Stage['warm']>[0]) {
  const hanko = await stage.warm(options)
  const signedIn = await stage.emulator.signIn()
  const watch = await watchOf(hanko, signedIn.token)
  fakeTimers()
  // Its timer is a real one so far: another takes its place.
  watch.release()
  return { hanko, ...signedIn, watch: await watchOf(hanko, signedIn.token) }
}

const reasonOf = (watch: SessionWatch): unknown => (watch.signal.reason as { code?: unknown } | undefined)?.code

describe('a stream', () => {
  it('is re-checked by a GET at two thirds of the bound, at most a tenth early and never late', async () => {
    const { watch } = await begin()
    await pass(17_999)
    expect(stage.peeks()).toBe(0)
    await pass(2_002)
    expect(stage.peeks()).toBe(1)
    await pass(300_000)
    expect(watch.refusal()).toBeUndefined()
    expect(stage.peeks()).toBeGreaterThanOrEqual(16)
    expect(stage.peeks()).toBeLessThanOrEqual(18)
    expect(stage.posts()).toBe(1)
  })

  it('is re-checked every streamCheck with maxStaleness: 0, and its bound is one and a half times that', async () => {
    const { watch } = await begin({ maxStaleness: 0, streamCheck: '10s' })
    await pass(10_001)
    expect(stage.peeks()).toBe(1)
    stage.emulator.faults.set('all', { kind: 'database', state: 'down' })
    await pass(12_500)
    expect(watch.refusal()).toBeUndefined()
    await pass(2_600)
    expect(watch.refusal()).toMatchObject({ reason: 'upstream_unavailable' })
  })

  it('is never re-checked with Infinity, and ends at exp', async () => {
    stage = await createStage({ lifespan: '2h', idleTimeout: '1m' })
    const { watch } = await begin({ maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' })
    await pass(7_199_000, 600_000)
    expect(watch.refusal()).toBeUndefined()
    await pass(1_000)
    expect(watch.refusal()).toMatchObject({ reason: 'expired' })
    expect(reasonOf(watch)).toBe('expired')
    expect([stage.peeks(), stage.posts()]).toEqual([0, 0])
  })

  it('that begins on an answer from memory is re-checked when that answer is old', async () => {
    const { hanko, token } = await begin()
    await pass(15_000)
    await watchOf(hanko, token)
    await pass(5_001)
    expect(stage.peeks()).toBe(1)
  })

  it('waits longer when a request of the user has confirmed the session meanwhile', async () => {
    const { hanko, token, watch } = await begin()
    await pass(15_000)
    await hanko.validate(token)
    await hanko.forRequest({ authorization: `Bearer ${token}` }).state({ fresh: true })
    await pass(17_999)
    expect([stage.posts(), stage.peeks()]).toEqual([2, 0])
    await pass(2_002)
    expect(stage.peeks()).toBe(1)
    expect(watch.refusal()).toBeUndefined()
  })

  it('costs one check per session, however many streams there are', async () => {
    const hanko = await stage.warm()
    const tokens = await Promise.all(Array.from({ length: 50 }, async () => (await stage.emulator.signIn()).token))
    await Promise.all(tokens.map((token) => hanko.validate(token)))
    fakeTimers()
    const watches = await Promise.all(
      tokens.flatMap((token) => Array.from({ length: 10 }, () => watchOf(hanko, token))),
    )
    expect(hanko.stats().watched).toBe(50)
    await pass(30_000)
    expect(stage.peeks()).toBe(50)
    expect(stage.posts()).toBe(50)
    expect(watches.every((watch) => watch.refusal() === undefined)).toBe(true)
    for (const watch of watches) watch.release()
    expect(hanko.stats().watched).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves nothing behind when it is over, however often it is released', async () => {
    const { hanko, token, watch } = await begin()
    const other = await watchOf(hanko, token)
    watch.release()
    watch.release()
    expect(hanko.stats().watched).toBe(1)
    other.release()
    expect(hanko.stats().watched).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    await pass(60_000)
    expect(stage.peeks()).toBe(0)
  })
})

describe('a session that ends', () => {
  it('at Hanko ends its streams within the bound, as revoked', async () => {
    const { watch, sessionId, hanko } = await begin()
    await stage.emulator.endSession(sessionId)
    await pass(20_500)
    expect(reasonOf(watch)).toBe('revoked')
    expect(watch.refusal()).toMatchObject({ reason: 'revoked' })
    expect([stage.peeks(), stage.posts(), stage.jwks()]).toEqual([1, 3, 1])
    expect(hanko.stats().watched).toBe(0)
  })

  it('by revoke ends its streams before revoke returns', async () => {
    const { hanko, token, sessionId, watch } = await begin()
    const another = await watchOf(hanko, token)
    hanko.revoke({ sessionId })
    expect([watch, another].map((each) => [each.signal.aborted, reasonOf(each), each.refusal()?.reason])).toEqual([
      [true, 'revoked', 'revoked'],
      [true, 'revoked', 'revoked'],
    ])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('by revoke of its user ends its streams before revoke returns', async () => {
    const { hanko, userId, watch } = await begin()
    const { token } = await stage.emulator.signIn({ email: 'other@example.com' })
    const other = await watchOf(hanko, token)
    await pass(6_000)
    hanko.revoke({ userId })
    expect(reasonOf(watch)).toBe('revoked')
    expect(other.refusal()).toBeUndefined()
  })

  it('as a request of its user learns, ends its streams at once', async () => {
    const { hanko, token, sessionId, watch } = await begin()
    await stage.emulator.endSession(sessionId)
    expect(await hanko.validate(token, { fresh: true })).toMatchObject({ reason: 'revoked' })
    expect(watch.signal.aborted).toBe(true)
  })

  it('by exp ends its streams at that moment', async () => {
    stage = await createStage({ lifespan: '1m' })
    const { watch } = await begin()
    await pass(59_999)
    expect(watch.refusal()).toBeUndefined()
    await pass(1)
    expect(reasonOf(watch)).toBe('expired')
  })

  it('by idleness ends its streams when Hanko says so: an open tab is no use', async () => {
    stage = await createStage({ idleTimeout: '50s' })
    const { watch } = await begin()
    await pass(49_500)
    expect(watch.refusal()).toBeUndefined()
    await pass(1_000)
    expect(reasonOf(watch)).toBe('revoked')
  })
})

describe('a user that is revoked within the skew of the sign-in', () => {
  it('has nothing delivered until Hanko has been asked, and goes on if it says that the session lives', async () => {
    const { hanko, userId, watch } = await begin()
    hanko.revoke({ userId })
    expect(watch.refusal()).toBeDefined()
    expect(watch.signal.aborted).toBe(false)
    expect(await watch.settled()).toBeUndefined()
    expect(watch.refusal()).toBeUndefined()
    expect(stage.peeks()).toBe(1)
  })

  it('has streams that end if Hanko says that the session has ended', async () => {
    const { hanko, userId, sessionId, watch } = await begin()
    await stage.emulator.endSession(sessionId)
    hanko.revoke({ userId })
    expect(await watch.settled()).toMatchObject({ reason: 'revoked' })
    expect(reasonOf(watch)).toBe('revoked')
  })

  it('has streams that end if Hanko cannot be asked', async () => {
    const { hanko, userId, watch } = await begin()
    stage.emulator.faults.set('validate', { kind: 'status', status: 404 })
    hanko.revoke({ userId })
    expect(await watch.settled()).toMatchObject({ reason: 'upstream_misconfigured' })
    expect(watch.signal.aborted).toBe(true)
  })
})
