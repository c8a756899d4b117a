import { createEngine, type Engine } from '../create-engine.ts'
import { createDecisionLog } from '../decision-log.ts'
import type { Settings } from '../options.ts'
import { createStrangers, NO_ROOM } from './strangers.ts'
import { sumStats } from './sum-stats.ts'
import { type Entrance, type Tenants, toEntrance, toTenantLog } from './tenants.ts'

interface FixedTenant {
  readonly engine: Engine
  readonly entrance: Entrance
}

/** Hankos of a fixed record: each gets its engine when it is first asked for, and keeps it. */
export function createFixedTenants(record: ReadonlyMap<string, Settings>, common: Settings): Tenants {
  const open = new Map<string, FixedTenant>()
  const strangers = toEntrance(common, createStrangers(common), createDecisionLog(common), NO_ROOM)
  let isClosed = false

  function openTenant(name: string, settings: Settings): FixedTenant {
    // A log of its own: one that is down beside one that is up would be an outage and its end for every request.
    const log = toTenantLog(createDecisionLog(settings), name)
    const engine = createEngine(settings, log)
    if (isClosed) engine.close()
    const tenant = { engine, entrance: toEntrance(settings, engine.sessions, log, engine.room) }
    open.set(name, tenant)
    return tenant
  }

  function find(name: unknown): FixedTenant | undefined {
    if (typeof name !== 'string') return undefined
    const settings = record.get(name)
    return settings && (open.get(name) ?? openTenant(name, settings))
  }

  function* engines(): Generator<Engine> {
    for (const { engine } of open.values()) yield engine
  }

  return {
    find: (name) => find(name)?.entrance ?? strangers,
    ledgerOf: (name) => find(name)?.engine.ledger,
    settingsOf: (name) => (typeof name === 'string' ? record.get(name) : undefined),
    stats: () => sumStats(engines()),
    close() {
      isClosed = true
      for (const engine of engines()) engine.close()
    },
  }
}
