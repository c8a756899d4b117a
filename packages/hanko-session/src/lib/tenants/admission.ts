import { unavailable } from '../auth-state.ts'
import type { Engine } from '../create-engine.ts'
import { startDeadline, untilAborted } from '../http/deadline.ts'
import { createTokenBucket } from '../jwks/token-bucket.ts'
import type { Settings } from '../options.ts'
import { createRunInBackground } from '../run-in-background.ts'
import type { Finding } from '../verify/finding.ts'
import { NO_TENANT, readUnproved } from './strangers.ts'

/** Those that Hanko does not have are remembered, so that they cost it one call each. */
const MAX_REFUSED = 1_000

const KEYS_UNAVAILABLE: Finding = Object.freeze({ state: unavailable('keys_unavailable'), source: 'keys' })

/** A check of a tenant that has been taken in. */
export type SettleIn = (text: string, fresh: boolean) => Promise<Finding>

export interface AdmissionParts {
  readonly settings: Settings
  readonly openEngine: (id: string) => Engine
  readonly closeEngine: (engine: Engine, id: string) => void
  /** Takes a tenant in whose keys have loaded. */
  readonly admit: (id: string, engine: Engine) => SettleIn
  /** A tenant that has been taken in meanwhile. */
  readonly find: (id: string) => SettleIn | undefined
}

/** Checks of tokens whose tenant is not known yet. */
export interface Admission {
  /** Never rejects. */
  settle(id: string, text: string, fresh: boolean): Promise<Finding>
}

/**
 * Whoever writes a host name makes up tenants, so they all draw on one bucket. What was drawn for a tenant with a
 * genuine token is put back: so those of a whole fleet come in quickly after a restart, three at a time.
 */
export function createAdmission(parts: AdmissionParts): Admission {
  const { settings, openEngine, closeEngine, admit, find } = parts
  const { clock, clockSkew, joinRequests, limits } = settings
  const runInBackground = createRunInBackground(settings.waitUntil)
  const bucket = createTokenBucket(clock, limits.keyFetchBurst, limits.keyFetchInterval)
  /** Under way, for others to join; so are the checks that drew on the bucket. */
  const loads = new Map<string, Promise<SettleIn | Finding>>()
  const paying = new Set<Promise<Finding>>()
  /** When Hanko was asked that does not have the tenant, in milliseconds since the epoch. */
  const refused = new Map<string, number>()
  let waiting = 0

  async function load(id: string): Promise<SettleIn | Finding> {
    const engine = openEngine(id)
    const deadline = startDeadline(settings.deadline)
    const askedAt = clock.now()
    const reply = await engine.client.fetchKeys({ deadline }).finally(() => deadline.clear())
    if (reply.status === 'answered' && (await engine.keys.accept(reply.body, reply.sentAt, reply.isFromCache))) {
      refused.delete(id)
      return admit(id, engine)
    }
    closeEngine(engine, id)
    if (reply.status === 'answered' || reply.isNotFound !== true) return KEYS_UNAVAILABLE
    refuse(id, askedAt)
    return NO_TENANT
  }

  function refuse(id: string, askedAt: number): void {
    refused.delete(id)
    refused.set(id, askedAt)
    for (const [oldest] of refused) {
      if (refused.size <= MAX_REFUSED) return
      refused.delete(oldest)
    }
  }

  function startLoad(id: string): Promise<SettleIn | Finding> {
    const work = load(id)
      .catch(() => KEYS_UNAVAILABLE)
      .finally(() => loads.delete(id))
    if (joinRequests) loads.set(id, work)
    runInBackground(work)
    return work
  }

  async function pay(id: string, text: string, fresh: boolean): Promise<Finding> {
    const loaded = await startLoad(id)
    if (typeof loaded !== 'function') return loaded
    const finding = await loaded(text, fresh)
    // Nobody is asked before the signature is good: that takes more than a host name.
    if (finding.source === 'hanko' || finding.source === 'memory') bucket.putBack()
    return finding
  }

  function startPaying(id: string, text: string, fresh: boolean): Promise<Finding> {
    const work = pay(id, text, fresh).finally(() => paying.delete(work))
    if (joinRequests) paying.add(work)
    return work
  }

  /** A token that was issued since may be of a tenant that was made since. */
  function isRefused(id: string, issuedAt: number): boolean {
    const askedAt = refused.get(id)
    return askedAt !== undefined && issuedAt * 1_000 <= askedAt - Math.max(clockSkew, 1_000)
  }

  async function enter(id: string, text: string, fresh: boolean, issuedAt: number): Promise<Finding> {
    for (;;) {
      const known = find(id)
      if (known !== undefined) return known(text, fresh)
      const loading = loads.get(id)
      if (loading !== undefined) {
        const loaded = await loading
        return typeof loaded === 'function' ? loaded(text, fresh) : loaded
      }
      if (isRefused(id, issuedAt)) return NO_TENANT
      if (bucket.take()) return startPaying(id, text, fresh)
      if (paying.size === 0 || waiting >= limits.maxWaiting) return KEYS_UNAVAILABLE
      waiting++
      await Promise.race(paying)
      waiting--
    }
  }

  return {
    async settle(id, text, fresh) {
      const read = readUnproved(text, settings)
      if (typeof read !== 'number') return { state: read, source: 'request' }
      const deadline = startDeadline(settings.deadline)
      const finding = await untilAborted(enter(id, text, fresh, read), deadline.signal).catch(() => KEYS_UNAVAILABLE)
      deadline.clear()
      return finding
    },
  }
}
