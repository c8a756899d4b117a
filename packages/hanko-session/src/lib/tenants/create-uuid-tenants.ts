import { unavailable } from '../auth-state.ts'
import { createHeadcount, type Headcount } from '../http/headcount.ts'
import { createLedger } from '../ledger.ts'
import { createEngine, type Engine } from '../create-engine.ts'
import { createDecisionLog } from '../decision-log.ts'
import type { Settings } from '../options.ts'
import type { Bounded } from '../verify/bounded.ts'
import type { Finding } from '../verify/finding.ts'
import type { WatchRoom } from '../watch/create-watch-room.ts'
import { createAdmission, type SettleIn } from './admission.ts'
import { createLedgers } from './ledgers.ts'
import { createNoJoins, createStrangers, NO_ROOM } from './strangers.ts'
import { sumStats } from './sum-stats.ts'
import { type Entrance, type Tenants, toEntrance, toTenantLog } from './tenants.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const CLOSED: Finding = Object.freeze({ state: unavailable('upstream_unavailable'), source: 'hanko' })

/** A tenant whose keys have been seen. */
interface OpenTenant {
  readonly engine: Engine
  readonly entrance: Entrance
  readonly settle: SettleIn
  /** Those that are under way: it is closed when they are done, and its streams. */
  readonly checks: Headcount
}

/** The tenants of one Hanko, by UUID: admitted when their keys have loaded, at most `maxTenants` at a time. */
export function createUuidTenants(common: Settings, maxTenants: number): Tenants {
  const { clock, deadline, joinRequests } = common
  const log = createDecisionLog(common)
  const ledgers = createLedgers(maxTenants, (id) => createLedger(toSettings(id), log))
  /** Who was not used for longest comes first. */
  const open = new Map<string, OpenTenant>()
  /** Those that are open, those that leave, and those whose keys are being loaded. */
  const engines = new Map<Engine, string>()
  const noJoins = createNoJoins()
  const leaving = new Map<OpenTenant, string>()
  /** When it began to load keys. */
  const loading = new Map<Engine, number>()
  let newest: OpenTenant | undefined
  let callsBefore = 0
  let isClosed = false

  const toSettings = (id: string): Settings => Object.freeze({ ...common, apiUrl: `${common.apiUrl}/${id}` })

  function openEngine(id: string): Engine {
    forgetLost()
    const engine = createEngine(toSettings(id), log, ledgers.use(id))
    engines.set(engine, id)
    loading.set(engine, clock.monotonic())
    if (isClosed) engine.close()
    return engine
  }

  function closeEngine(engine: Engine, id: string): void {
    engine.close()
    if (!engines.delete(engine)) return
    loading.delete(engine)
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
    if (!engines.has(engine)) return () => Promise.resolve(CLOSED) // its request was given up
    const known = use(id)
    if (known !== undefined) {
      closeEngine(engine, id) // where requests share nothing, two may have loaded the same keys
      return known.settle
    }
    loading.delete(engine)
    const shared = engine.sessions.createJoins()
    const tenant: OpenTenant = {
      engine,
      entrance: toEntrance(common, sessionsOf(id), toTenantLog(log, id), roomOf(id)),
      async settle(text, fresh) {
        const joins = joinRequests ? shared : engine.sessions.createJoins()
        const check = {}
        tenant.checks.add(check)
        const finding = await engine.sessions.settle(text, { fresh, joins }) // never rejects
        tenant.checks.delete(check)
        leaveIfIdle(tenant)
        return finding
      },
      checks: createHeadcount(clock, joinRequests ? Infinity : deadline),
    }
    newest = tenant
    open.set(id, tenant)
    for (const [oldest, old] of open) {
      if (open.size <= maxTenants) break
      open.delete(oldest)
      leaving.set(old, oldest)
      leaveIfIdle(old)
    }
    return tenant.settle
  }

  function leaveIfIdle(tenant: OpenTenant): void {
    const id = leaving.get(tenant)
    if (id === undefined || tenant.checks.size > 0 || tenant.engine.room.size > 0) return
    leaving.delete(tenant)
    closeEngine(tenant.engine, id)
  }

  /** Where requests share nothing, one that vanished says of nothing that it has done with it: who comes looks. */
  function forgetLost(): void {
    if (joinRequests) return
    const now = clock.monotonic()
    for (const [engine, since] of loading)
      if (now - since > 2 * deadline) closeEngine(engine, engines.get(engine) as string)
    for (const tenant of leaving.keys()) {
      tenant.engine.room.forgetLost()
      leaveIfIdle(tenant)
    }
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

  /** A tenant whose sessions have streams is not closed, however long it was not used otherwise. */
  function roomOf(id: string): Pick<WatchRoom, 'watch'> {
    return {
      watch(finding) {
        if (finding.state.status !== 'authenticated') return NO_ROOM.watch(finding)
        const tenant = use(id)
        // Of an engine that has closed since, the room would not take it: another engine has other keys.
        return tenant?.engine.room.watch(finding, () => leaveIfIdle(tenant))
      },
    }
  }

  const strangers = toEntrance(common, createStrangers(common), log, NO_ROOM)
  const toId = (name: unknown): string | undefined =>
    typeof name === 'string' && UUID.test(name) ? name.toLowerCase() : undefined

  return {
    find(name) {
      const id = toId(name)
      if (id === undefined) return strangers
      return open.get(id)?.entrance ?? toEntrance(common, sessionsOf(id), log, roomOf(id))
    },
    ledgerOf(name) {
      const id = toId(name)
      return id === undefined ? undefined : ledgers.revokeIn(id)
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
