import type { Settings } from '../options.ts'
import { createTombstones, type Tombstones } from './tombstones.ts'

/** What ended when, for one Hanko: revocations, and the one order in which they and the calls to it stand. */
export interface Ledger {
  readonly tombstones: Tombstones
  /** The next number in the order of requests, calls and revocations. */
  readonly nextOrder: () => number
}

/** How old an answer may be that serves a stream, in milliseconds: with no staleness for requests some is left for those. */
export function toStreamBound({ maxStaleness, streamCheck }: Pick<Settings, 'maxStaleness' | 'streamCheck'>): number {
  return maxStaleness === 0 ? streamCheck * 1.5 : maxStaleness
}

export function createLedger(
  settings: Pick<Settings, 'clock' | 'maxStaleness' | 'streamCheck' | 'staleIfError' | 'deadline' | 'limits'>,
): Ledger {
  const { clock, staleIfError, deadline, limits } = settings
  let last = 0
  const nextOrder = (): number => ++last
  const tombstones = createTombstones({
    clock,
    // They outlive every answer that was obtained before them.
    life: toStreamBound(settings) + staleIfError + 2 * deadline + limits.tombstoneMargin,
    userLife: limits.userTombstoneLife,
    capacity: limits.maxTombstones,
    nextOrder,
  })
  return { tombstones, nextOrder }
}
