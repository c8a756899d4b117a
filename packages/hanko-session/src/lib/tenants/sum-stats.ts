import type { Engine } from '../create-engine.ts'
import type { ValidatorStats } from '../create-session-validator.ts'
import { readStats } from '../read-stats.ts'
import type { StoreStats } from '../shared-store.ts'

const BREAKERS = ['closed', 'half-open', 'open'] as const

/** The counters of several engines as those of one; the worst of their breakers. */
export function sumStats(engines: Iterable<Engine>, callsBefore = 0): ValidatorStats {
  const sum = { sessions: 0, tombstones: 0, keys: 0, watched: 0, calls: callsBefore, inFlight: 0, waiting: 0 }
  let breaker: ValidatorStats['breaker'] = 'closed'
  let tenants = 0
  let store: StoreStats | undefined
  for (const engine of engines) {
    const stats = readStats(engine)
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += stats[name]
    if (BREAKERS.indexOf(stats.breaker) > BREAKERS.indexOf(breaker)) breaker = stats.breaker
    if (stats.store !== undefined) store = addStoreStats(stats.store, store)
    tenants++
  }
  return { ...sum, breaker, tenants, ...(store === undefined ? {} : { store }) }
}

/** Down for one is down: each finds out by itself. */
function addStoreStats(one: StoreStats, other: StoreStats | undefined): StoreStats {
  if (other === undefined) return one
  return {
    state: one.state === 'down' ? 'down' : other.state,
    hits: one.hits + other.hits,
    calls: one.calls + other.calls,
    errors: one.errors + other.errors,
    pending: one.pending + other.pending,
  }
}
