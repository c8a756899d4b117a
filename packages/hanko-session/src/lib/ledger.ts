import { createTombstones, type Tombstones } from './cache/tombstones.ts'
import type { DecisionLog } from './decision-log.ts'
import { createFleet, type Fleet } from './fleet/create-fleet.ts'
import type { Settings } from './options.ts'
import { createRunInBackground } from './run-in-background.ts'

/** What ended when, for one Hanko: revocations, and the one order in which they and the calls to it stand. */
export interface Ledger {
  readonly tombstones: Tombstones
  /** The next number in the order of requests, calls and revocations. */
  readonly nextOrder: () => number
  /** The others that are told, and that tell; `undefined` without a shared store. */
  readonly fleet: Fleet | undefined
}

/** How old an answer may be that serves a stream, in milliseconds: with no staleness for requests some is left for those. */
export function toStreamBound({ maxStaleness, streamCheck }: Pick<Settings, 'maxStaleness' | 'streamCheck'>): number {
  return maxStaleness === 0 ? streamCheck * 1.5 : maxStaleness
}

export function createLedger(settings: Settings, log: Pick<DecisionLog, 'note'>): Ledger {
  const { clock, clockSkew, maxStaleness, staleIfError, deadline, limits, store } = settings
  let last = 0
  const nextOrder = (): number => ++last
  // They outlive every answer that was obtained before them; with `maxStaleness: 0` streams keep theirs for longest,
  // and with a long `streamCheck` for longer than the margin.
  const longest = Math.max(maxStaleness + limits.tombstoneMargin, toStreamBound(settings))
  const life = longest + staleIfError + 2 * deadline
  const tombstones = createTombstones({
    clock,
    life,
    userLife: limits.userTombstoneLife,
    clockSkew,
    capacity: limits.maxTombstones,
    nextOrder,
  })
  const runInBackground = createRunInBackground(settings.waitUntil)
  const fleet = store && createFleet({ store, settings, log, tombstones, life, nextOrder, runInBackground })
  return { tombstones, nextOrder, fleet }
}
