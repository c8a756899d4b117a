import type { Ledger } from '../ledger.ts'

/**
 * The ledgers of many tenants. A tenant that is closed loses what Hanko said of its sessions, but not what was
 * revoked: Hanko may say `true` of a session for a moment longer.
 */
export interface Ledgers {
  /** The ledger for an engine; to be released when that closes. */
  use(id: string): Ledger
  release(id: string): void
  /** The ledger to revoke in, whether the tenant is open or not. */
  revokeIn(id: string): Ledger
}

/** @param capacity how many are kept of tenants that are not open: of more, those that closed first are let go */
export function createLedgers(capacity: number, create: (id: string) => Ledger): Ledgers {
  const inUse = new Map<string, { readonly ledger: Ledger; users: number }>()
  const kept = new Map<string, Ledger>()

  function keep(id: string, ledger: Ledger): void {
    kept.delete(id) // to stand last
    kept.set(id, ledger)
    // No answer from before is lost to doubt by this: those went with the engine.
    for (const [oldest] of kept) {
      if (kept.size <= capacity) return
      kept.delete(oldest)
    }
  }

  return {
    use(id) {
      const used = inUse.get(id) ?? { ledger: kept.get(id) ?? create(id), users: 0 }
      used.users++
      inUse.set(id, used)
      kept.delete(id)
      return used.ledger
    },
    release(id) {
      const used = inUse.get(id)
      if (used === undefined || --used.users > 0) return
      inUse.delete(id)
      // One of a tenant that does not exist must not push out one that says something.
      if (used.ledger.tombstones.size > 0) keep(id, used.ledger)
    },
    revokeIn(id) {
      const used = inUse.get(id)
      if (used !== undefined) return used.ledger
      const ledger = kept.get(id) ?? create(id)
      keep(id, ledger)
      return ledger
    },
  }
}
