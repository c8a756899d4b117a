import { afterEach, expect, it, vi } from 'vitest'
import type { Authenticated } from '../auth-state.ts'
import { createLedger } from '../ledger.ts'
import { nowOf } from '../instant.ts'
import type { VerificationKey } from '../jwks/import-keys.ts'
import { toSettings } from '../to-settings.ts'
import type { Subject } from '../verify/flights.ts'
import { createWatchRoom } from './create-watch-room.ts'

afterEach(() => void vi.useRealTimers())

it('10,000 streams of 1,000 sessions cost 1,000 checks within the bound, none of them late, and not all at once', async () => {
  vi.useFakeTimers()
  const clock = { now: () => Date.now(), monotonic: () => performance.now() }
  const settings = toSettings({ apiUrl: 'https://hanko.example', clock, maxStaleness: '30s' })
  const { tombstones, nextOrder } = createLedger(settings, { note() {} })
  const state = Object.freeze({ status: 'authenticated' }) as Authenticated<unknown>
  const checkedAt: number[] = []
  const start = performance.now()
  const room = createWatchRoom({
    settings,
    tombstones,
    keys: { isListed: () => true },
    runInBackground: () => {},
    async check(subject) {
      checkedAt.push(performance.now() - start)
      const landed = { order: nextOrder(), sentAt: nowOf(clock), idlesAfter: Number.POSITIVE_INFINITY }
      await Promise.resolve()
      room.confirm(subject, landed)
      return { ...landed, state, isLineFull: false }
    },
  })
  const watches = Array.from({ length: 10_000 }, (_, stream) => {
    const id = String(stream % 1_000)
    const subject: Subject = {
      text: id,
      identity: { userId: id, sessionId: id, issuedAt: 0, expiresAt: 4_102_444_800 },
      key: {} as VerificationKey,
      toState: () => Promise.resolve(state),
    }
    const basis = { subject, order: nextOrder(), sentAt: nowOf(clock), idlesAfter: Number.POSITIVE_INFINITY }
    return room.watch({ state, source: 'hanko', basis })
  })
  expect(room.size).toBe(1_000)
  expect(vi.getTimerCount()).toBe(1_000)

  await vi.advanceTimersByTimeAsync(30_000)
  expect(checkedAt).toHaveLength(1_000)
  expect(Math.max(...checkedAt)).toBeLessThanOrEqual(20_001)
  expect(Math.min(...checkedAt)).toBeGreaterThanOrEqual(18_000)
  expect(new Set(checkedAt.map((time) => Math.floor(time / 100))).size).toBeGreaterThan(15)
  expect(watches.every((watch) => watch?.refusal() === undefined)).toBe(true)

  room.close()
  expect(watches.every((watch) => watch?.signal.aborted)).toBe(true)
  expect([room.size, vi.getTimerCount(), tombstones.listeners.size]).toEqual([0, 0, 0])
})
