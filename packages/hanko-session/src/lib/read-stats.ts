import type { Engine } from './create-engine.ts'
import type { ValidatorStats } from './create-session-validator.ts'

/** The counters of one API URL. */
export function readStats({ client, memory, ledger, keys, room }: Engine): ValidatorStats {
  const { calls, inFlight, waiting, breaker } = client.stats()
  return {
    sessions: memory.size,
    tombstones: ledger.tombstones.size,
    keys: keys.stats().keys,
    watched: room.size,
    calls,
    inFlight,
    waiting,
    breaker,
    ...(ledger.fleet === undefined ? {} : { store: ledger.fleet.stats() }),
  }
}
