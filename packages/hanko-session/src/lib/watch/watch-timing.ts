import { toStreamBound } from '../ledger.ts'
import type { Settings } from '../options.ts'

/** How often the sessions of streams are checked. All in milliseconds. */
export interface WatchTiming {
  /** An answer of Hanko's serves a stream for so long, */
  readonly bound: number
  /** and when it is this old, Hanko is asked again. */
  readonly checkAfter: number
  /** After a check that gave no answer, the next begins. */
  readonly retryAfter: number
  /** So much longer while Hanko cannot be asked, if the user chose to accept that. */
  readonly grace: number
}

const LONGEST_RETRY = 30_000

export function toWatchTiming(settings: Pick<Settings, 'maxStaleness' | 'streamCheck' | 'staleIfError'>): WatchTiming {
  const bound = toStreamBound(settings)
  return {
    bound,
    checkAfter: (bound * 2) / 3,
    retryAfter: Math.min(bound / 12, LONGEST_RETRY),
    grace: settings.staleIfError,
  }
}
