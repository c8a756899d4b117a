import type { Settings } from '../options.ts'
import { createTombstones, type Tombstones } from './tombstones.ts'

/** What ended when, for one Hanko: revocations, and the one order in which they and the calls to it stand. */
export interface Ledger {
  readonly tombstones: Tombstones
  /** The next number in the order of requests, calls and revocations. */
  readonly nextOrder: () => number
}

/** Tombstones outlive every answer that was obtained before them, by this much, in milliseconds. */
const TOMBSTONE_MARGIN = 60_000
const MAX_TOMBSTONES = 100_000

export function createLedger({
  clock,
  maxStaleness,
  staleIfError,
  deadline,
}: Pick<Settings, 'clock' | 'maxStaleness' | 'staleIfError' | 'deadline'>): Ledger {
  let last = 0
  const nextOrder = (): number => ++last
  const tombstones = createTombstones({
    clock,
    life: maxStaleness + staleIfError + 2 * deadline + TOMBSTONE_MARGIN,
    capacity: MAX_TOMBSTONES,
    nextOrder,
  })
  return { tombstones, nextOrder }
}
