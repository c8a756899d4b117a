import { ageOf, nowOf } from '../instant.ts'
import type { Clock } from '../options.ts'

/** Lets things happen now and then. */
export interface TokenBucket {
  /** Whether it may happen now; counts if so. */
  take(): boolean
  /** Makes one that was taken not count. */
  putBack(): void
}

/** Full at first: `burst` at once, then one in every `interval` milliseconds. */
export function createTokenBucket(clock: Clock, burst: number, interval: number): TokenBucket {
  // In milliseconds, whole ones as a rule: shares of a token would add up to a little less than one.
  let credit = burst * interval
  let countedAt = nowOf(clock)
  return {
    take() {
      credit = Math.min(burst * interval, credit + ageOf(countedAt, clock))
      countedAt = nowOf(clock)
      if (credit < interval) return false
      credit -= interval
      return true
    },
    putBack() {
      credit = Math.min(burst * interval, credit + interval)
    },
  }
}
