import { type Checks, createChecks } from '../create-checks.ts'
import { createForRequest } from '../create-for-request.ts'
import { createKnown } from '../recall-request.ts'
import type { ValidatorStats } from '../create-session-validator.ts'
import type { DecisionLog } from '../decision-log.ts'
import type { Ledger } from '../ledger.ts'
import type { Settings } from '../options.ts'
import type { RequestAuth } from '../request-auth.ts'
import type { RequestInput } from '../request-input.ts'
import type { Bounded } from '../verify/bounded.ts'
import type { WatchRoom } from '../watch/create-watch-room.ts'

/** The ways into one tenant. */
export interface Entrance {
  readonly checks: Checks
  readonly forRequest: (request: RequestInput) => RequestAuth<unknown>
  readonly known: ReturnType<typeof createKnown>
}

/** The tenants of one validator. Names come from requests: anything at all may be one, and nothing here throws. */
export interface Tenants {
  /** The entrance of a tenant; for what is no tenant one where every token is refused. */
  find(name: unknown): Entrance
  /** Where its revocations go, open or not; `undefined` for what cannot be a tenant. */
  ledgerOf(name: unknown): Ledger | undefined
  /** Its options; `undefined` for what cannot be a tenant. */
  settingsOf(name: unknown): Settings | undefined
  stats(): ValidatorStats
  close(): void
}

export function toEntrance(
  settings: Settings,
  sessions: Bounded,
  log: DecisionLog,
  room: Pick<WatchRoom, 'watch'>,
): Entrance {
  const checks = createChecks(settings, sessions, log)
  return { checks, forRequest: createForRequest(settings, checks, room), known: createKnown(settings, checks) }
}

/** A log that says of each decision whose it is. */
export function toTenantLog(log: DecisionLog, tenant: string): DecisionLog {
  return {
    ...log,
    decided: (decision) => log.decided({ ...decision, tenant }),
    crossSite: (decision, origin) => log.crossSite({ ...decision, tenant }, origin),
  }
}
