import { unavailable } from '../auth-state.ts'
import { createLedger } from '../cache/ledger.ts'
import { createEngine, type Engine } from '../create-engine.ts'
import { createDecisionLog } from '../decision-log.ts'
import type { Settings } from '../options.ts'
import type { Bounded, Finding } from '../verify/bounded.ts'
import { createAdmission, type SettleIn } from './admission.ts'
import { createLedgers } from './ledgers.ts'
import { createNoJoins, createStrangers } from './strangers.ts'
import { sumStats } from './sum-stats.ts'
import { type Entrance, type Tenants, toEntrance, toTenantLog } from './tenants.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const CLOSED: Finding = Object.freeze({ state: unavailable('upstream_unavailable'), source: 'hanko' })

/** A tenant whose keys have been seen. */
interface OpenTenant {
  readonly engine: Engine
  readonly entrance: Entrance
  readonly settle: SettleIn
  /** Checks that are under way: it is closed when they are done. */
  busy: number
  isLeaving: boolean
  readonly close: () => void
}

/** The tenants of one Hanko, by UUID: admitted when their keys have loaded, at most `maxTenants` at a time. */
export function createUuidTenants(common: Settings, maxTenants: number): Tenants {
  const log = createDecisionLog(common)
  const ledgers = createLedgers(maxTenants, () => createLedger(common))
  /** Who was not used for longest comes first. */
  const open = new Map<string, OpenTenant>()
  /** Those that are open, those that leave, and those whose keys are being loaded. */
  const engines = new Map<Engine, string>()
  const noJoins = createNoJoins()
  let newest: OpenTenant | undefined
  let callsBefore = 0
  let isClosed = false

  const toSettings = (id: string): Settings => Object.freeze({ ...common, apiUrl: `${common.apiUrl}/${id}` })

  function openEngine(id: string): Engine {
    const engine = createEngine(toSettings(id), log, ledgers.use(id))
    engines.set(engine, id)
    if (isClosed) engine.close()
    return engine
  }

  function closeEngine(engine: Engine, id: string): void {
    engine.close()
    engines.delete(engine)
    callsBefore += engine.client.stats().calls
    ledgers.release(id)
  }

  function use(id: string): OpenTenant | undefined {
    const tenant = open.get(id)
    if (tenant !== undefined && tenant !== newest) {
      open.delete(id)
      open.set(id, tenant)
      newest = tenant
    }
    return tenant
  }

  function admit(id: string, engine: Engine): SettleIn {
    const known = use(id)
    if (known !== undefined) {
      closeEngine(engine, id) // where requests share nothing, two may have loaded the same keys
      return known.settle
    }
    const shared = engine.sessions.createJoins()
    const tenant: OpenTenant = {
      engine,
      entrance: toEntrance(common, sessionsOf(id), toTenantLog(log, id)),
      settle: (text, fresh) =>
        whileBusy(
          tenant,
          engine.sessions.settle(text, { fresh, joins: common.joinRequests ? shared : engine.sessions.createJoins() }),
        ),
      close: () => closeEngine(engine, id),
      busy: 0,
      isLeaving: false,
    }
    newest = tenant
    open.set(id, tenant)
    for (const [oldest, old] of open) {
      if (open.size <= maxTenants) break
      open.delete(oldest)
      old.isLeaving = true
      leaveIfIdle(old)
    }
    return tenant.settle
  }

  const admission = createAdmission({
    settings: common,
    openEngine,
    closeEngine,
    admit,
    find: (id) => use(id)?.settle,
  })

  /** By id, not by engine: a socket may stay longer than the engine it began with. */
  function sessionsOf(id: string): Bounded {
    return {
      createJoins: noJoins,
      known: (text) => use(id)?.engine.sessions.known(text),
      now: () => open.get(id)?.engine.sessions.now() ?? 0,
      isDoubtful: (session, since) => open.get(id)?.engine.sessions.isDoubtful(session, since) === true,
      knownState: (text) => use(id)?.engine.sessions.knownState(text),
      async settle(text, { fresh }) {
        if (isClosed) return CLOSED
        return use(id)?.settle(text, fresh) ?? admission.settle(id, text, fresh)
      },
    }
  }

  const strangers = toEntrance(common, createStrangers(common), log)
  const toId = (name: unknown): string | undefined =>
    typeof name === 'string' && UUID.test(name) ? name.toLowerCase() : undefined

  return {
    find(name) {
      const id = toId(name)
      if (id === undefined) return strangers
      return open.get(id)?.entrance ?? toEntrance(common, sessionsOf(id), log)
    },
    tombstonesOf(name) {
      const id = toId(name)
      return id === undefined ? undefined : ledgers.revokeIn(id).tombstones
    },
    settingsOf(name) {
      const id = toId(name)
      return id === undefined ? undefined : toSettings(id)
    },
    stats: () => ({ ...sumStats(engines.keys(), callsBefore), tenants: open.size }),
    close() {
      isClosed = true
      for (const engine of engines.keys()) engine.close()
    },
  }
}

async function whileBusy(tenant: OpenTenant, work: Promise<Finding>): Promise<Finding> {
  tenant.busy++
  const finding = await work // never rejects
  tenant.busy--
  leaveIfIdle(tenant)
  return finding
}

function leaveIfIdle({ isLeaving, busy, close }: OpenTenant): void {
  if (isLeaving && busy === 0) close()
}
