import type { Instant } from '../instant.ts'

/**
 * Where the store's clock stands among the requests, calls and revocations of this process. A number that was drawn
 * before the store was read came before everything that the store dates later than that reading.
 */
export interface StoreTime {
  /** @param order drawn before the call to the store was sent, at `sent`; `now` is what the store answered */
  see(order: number, now: number, sent: Instant): void
  /** The largest number that came before what is dated `at`; 0 when none is known to have. */
  orderBefore(at: number): number
  /** Whether ages by its clock mean anything: not after it was set back, until it has caught up. */
  isTrusted(now: number): boolean
}

interface Mark {
  readonly order: number
  readonly now: number
}

/** Marks that are kept: spread over two bounds, so that they are fine enough for every answer that may serve. */
const MARKS = 256
/** How far clocks may drift apart between two readings, in milliseconds. */
const DRIFT = 1_000

/** @param bound how old an answer may be, in milliseconds */
export function createStoreTime(bound: number): StoreTime {
  const spacing = Math.min(bound, 3_600_000) / (MARKS / 2)
  const marks: Mark[] = []
  let last: { readonly now: number; readonly monotonic: number } | undefined
  let trustedAfter = Number.NEGATIVE_INFINITY

  return {
    see(order, now, { monotonic }) {
      const expected = last === undefined ? now : last.now + (monotonic - last.monotonic)
      if (now < expected - DRIFT) {
        // What is dated before this moment may be from before the step, and older than it looks.
        trustedAfter = Math.max(trustedAfter, expected)
        marks.length = 0
        last = { now, monotonic }
        return
      }
      if (last === undefined || now > last.now) last = { now, monotonic }
      const newest = marks.at(-1)
      if (newest !== undefined && (now < newest.now || order < newest.order)) return
      const before = marks.at(-2)
      // The newest one always moves on; it stays where it is once it stands far enough from the one before.
      if (newest !== undefined && before !== undefined && newest.now - before.now < spacing) marks.pop()
      marks.push({ order, now })
      if (marks.length > MARKS) marks.shift()
    },
    orderBefore: (at) => marks.findLast(({ now }) => now < at)?.order ?? 0,
    isTrusted: (now) => now > trustedAfter,
  }
}
