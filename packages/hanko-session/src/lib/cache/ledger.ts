import type { Settings } from '../options.ts'
import { createTombstones, type Tombstones } from './tombstones.ts'

/** What ended when, for one Hanko: revocations, and the one order in which they and the calls to it stand. */
export interface Ledger {
  readonly tombstones: Tombstones
  /** The next number in the order of requests, calls and revocations. */
  readonly nextOrder: () => number
}

export function createLedger({
  clock,
  maxStaleness,
  staleIfError,
  deadline,
  limits,
}: Pick<Settings, 'clock' | 'maxStaleness' | 'staleIfError' | 'deadline' | 'limits'>): Ledger {
  let last = 0
  const nextOrder = (): number => ++last
  const tombstones = createTombstones({
    clock,
    // They outlive every answer that was obtained before them.
    life: maxStaleness + staleIfError + 2 * deadline + limits.tombstoneMargin,
    userLife: limits.userTombstoneLife,
    capacity: limits.maxTombstones,
    nextOrder,
  })
  return { tombstones, nextOrder }
}
