import type { Clock } from '../options.ts'
import type { Limits } from '../limits.ts'
import { createRecentCounts } from './recent-counts.ts'

/** Retries as a share of the calls, so that a struggling Hanko is not sent twice the load. */
export interface RetryBudget {
  /** A call is made. */
  deposit(): void
  /** Takes one retry out, if there is one. */
  withdraw(): boolean
}

const MINUTE = 60_000

export function createRetryBudget(
  limits: Pick<Limits, 'retryShare' | 'retriesPerMinute'>,
  clock: Pick<Clock, 'monotonic'>,
): RetryBudget {
  const calls = createRecentCounts(clock, MINUTE)
  const retries = createRecentCounts(clock, MINUTE)
  return {
    deposit: () => calls.add(false),
    withdraw() {
      const allowed = Math.max(limits.retriesPerMinute, limits.retryShare * calls.totals().all)
      const isAllowed = retries.totals().all + 1 <= allowed
      if (isAllowed) retries.add(false)
      return isAllowed
    },
  }
}
