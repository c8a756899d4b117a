import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type AuthState, unauthenticated, unavailable } from '../auth-state.ts'
import { nowOf } from '../instant.ts'
import type { VerificationKey } from '../jwks/import-keys.ts'
import type { Landing } from '../verify/flights.ts'
import { createWatchedSession, type WatchedSession } from './create-watched-session.ts'
import { toWatchTiming } from './watch-timing.ts'

const FOREVER = Number.POSITIVE_INFINITY
const clock = { now: () => Date.now(), monotonic: () => performance.now() }
const LIVE = { status: 'authenticated' } as AuthState<unknown>
const identity = { userId: 'u', sessionId: 's', issuedAt: 0, expiresAt: 4_102_444_800 }
const subject = { text: 't', identity, key: {} as VerificationKey, toState: () => Promise.resolve(undefined) }

let order: number
/** What Hanko says next, and how long it takes. */
let answer: { state: AuthState<unknown>; after?: number; idlesAfter?: number; isLineFull?: boolean }
let checks: number
let ends: unknown[]
let session: WatchedSession

async function check(): Promise<Landing> {
  checks++
  const landed = { order: ++order, sentAt: nowOf(clock), idlesAfter: answer.idlesAfter ?? FOREVER }
  const { state, isLineFull = false, after = 10 } = answer
  await new Promise((resolve) => setTimeout(resolve, after))
  if (state === LIVE) session.confirm(landed)
  return { ...landed, state, isLineFull }
}

function begin({ maxStaleness = 30_000, staleIfError = 0 } = {}): WatchedSession {
  session = createWatchedSession(
    {
      timing: toWatchTiming({ maxStaleness, streamCheck: 5_000, staleIfError }),
      isAlone: false,
      clock,
      random: () => 0,
      check,
      runInBackground: () => {},
      onEnd: (refusal) => ends.push(refusal),
    },
    { subject, order: ++order, sentAt: nowOf(clock), idlesAfter: FOREVER },
  )
  return session
}

beforeEach(() => {
  vi.useFakeTimers()
  order = 0
  checks = 0
  ends = []
  answer = { state: LIVE }
})

afterEach(() => {
  session.stop()
  vi.useRealTimers()
})

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds)

it('is checked again by itself when a revocation came while a check was under way', async () => {
  begin()
  await pass(20_005)
  session.doubt(++order)
  expect(session.refusal()).toBeDefined()
  await pass(20)
  expect(checks).toBe(2)
  expect(session.refusal()).toBeUndefined()
})

it('is not doubted for a revocation that is older than what is known of it', async () => {
  begin()
  session.doubt(0)
  expect(session.refusal()).toBeUndefined()
  await pass(1_000)
  expect(checks).toBe(0)
})

it('forgets an outage that is over: the next has to show itself before staleIfError helps', async () => {
  begin({ staleIfError: 60_000 })
  answer = { state: unavailable('upstream_unavailable') }
  await pass(21_000)
  answer = { state: LIVE }
  await pass(5_000)
  answer = { state: LIVE, after: 3_600_000 }
  await pass(35_000)
  expect(ends).toEqual([{ status: 'unavailable', reason: 'upstream_timeout' }])
})

it('gets nothing of staleIfError when too many wait: that is no fault of Hanko', async () => {
  begin({ staleIfError: 60_000 })
  answer = { state: unavailable('upstream_unavailable'), isLineFull: true }
  await pass(30_001)
  expect(ends).toEqual([{ status: 'unavailable', reason: 'upstream_unavailable' }])
})

it('gives Hanko the pause that it asks for, where that fits the bound', async () => {
  begin()
  answer = { state: unavailable('upstream_unavailable', 8_000) }
  await pass(28_000)
  expect(checks).toBe(1)
  await pass(100)
  expect(checks).toBe(2)
})

it('lives a second more for each answer that says so, when it has idled out by our clock only', async () => {
  begin()
  answer = { state: LIVE, idlesAfter: 5 }
  await pass(20_020)
  expect(session.refusal()).toBeUndefined()
  await pass(500)
  expect(session.refusal()).toBeUndefined()
  await pass(10_000)
  expect(checks).toBeGreaterThan(5)
  expect(checks).toBeLessThan(15)
  answer = { state: unauthenticated('revoked') }
  await pass(2_000)
  expect(ends).toMatchObject([{ reason: 'revoked' }])
})

it('does not idle out with no bound, whatever Hanko said when a revocation made it asked', async () => {
  begin({ maxStaleness: FOREVER })
  answer = { state: LIVE, idlesAfter: 60_000 }
  session.doubt(++order)
  await pass(3_600_000)
  expect(checks).toBe(1)
  expect(session.refusal()).toBeUndefined()
})

it('asks nobody any more once it is stopped, though in doubt', async () => {
  begin()
  session.stop()
  session.doubt(++order)
  const before = checks
  expect(await session.settled()).toMatchObject({ reason: 'upstream_unavailable' })
  await pass(120_000)
  expect(checks).toBe(before)
  expect(vi.getTimerCount()).toBe(0)
})
