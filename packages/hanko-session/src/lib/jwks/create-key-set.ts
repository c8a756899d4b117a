import { createClosing } from '../http/closing.ts'
import { type Deadline, untilAborted } from '../http/deadline.ts'
import { createHeadcount } from '../http/headcount.ts'
import { ageOf, type Instant } from '../instant.ts'
import type { Limits } from '../limits.ts'
import type { Clock } from '../options.ts'
import type { JsonObject } from '../token/strict-json.ts'
import type { VerificationKey } from './import-keys.ts'
import { createKeyFetches } from './key-fetches.ts'
import { createKeyListing } from './key-listing.ts'
import { createTokenBucket } from './token-bucket.ts'

/** Without any keys every request would ask: it is one a second, in milliseconds. */
const COLD_RETRY_AFTER = 1_000

/** What is worth a line in the log. Each is said once: `private_key` for good, the others until it works again. */
export type KeySetEvent = 'refresh_failed' | 'lapsed' | 'private_key'

/** The keys of one API URL. */
export interface KeySet {
  /** The key of an id; fetches when needed. `issuedAt` is the `iat` of the token that names it, in seconds. */
  find(
    keyId: string,
    issuedAt: number,
    deadline: Pick<Deadline, 'signal'>,
  ): Promise<VerificationKey | 'unknown_key' | 'keys_unavailable'>
  /** From memory, at once; starts a due refresh. */
  peek(keyId: string): VerificationKey | undefined
  /**
   * For uses that look no key up, such as a hit in memory: starts a due refresh, and lets go of keys that are too old.
   * Two comparisons as a rule. Takes what both clocks say, because such a caller knows.
   */
  tend(wall: number, monotonic: number): void
  /** Until when, by either clock, `tend` has nothing to do. It may come earlier when a fetch fails. */
  readonly due: Instant
  /** Changes whenever a key has left: what was verified with one that is not listed any more must go. */
  readonly generation: number
  /** The same for those who look at it for every request. */
  readonly version: { readonly generation: number }
  /** Whether this very key is listed. */
  isListed(key: VerificationKey): boolean
  /** Takes a JWKS that somebody else fetched past all caches, as if it had been fetched here. Whether it was usable. */
  accept(body: JsonObject, sentAt: Instant, isFromCache?: boolean): Promise<boolean>
  stats(): KeySetStats
  /** Ends what is under way. Afterwards there are no keys. */
  close(): void
}

interface KeySetStats {
  readonly keys: number
  readonly fetches: number
  /** When the fetch began that gave these keys, in milliseconds since the epoch. */
  readonly lastGoodAt?: number
}

/** The part of a reply, or of the failure to get one, that matters here. */
type KeysReply =
  | { readonly status: 'answered'; readonly body: JsonObject; readonly isFromCache: boolean }
  | { readonly status: 'unavailable' }

export interface KeySetParts {
  /** Asks for the JWKS, past all caches. */
  fetchKeys(options: { deadline: Deadline }): Promise<KeysReply>
  readonly clock: Clock
  /** Milliseconds. */
  readonly clockSkew: number
  /** Of one fetch, in milliseconds; who waits for it has a deadline of its own besides. */
  readonly deadline: number
  readonly limits: Limits
  /** Whether one request may wait for a fetch of another's; if not, it looks what has come of it. */
  readonly joinRequests: boolean
  startDeadline(milliseconds: number): Deadline
  /** @default Math.random */
  random?: (() => number) | undefined
  /** Gets every fetch, which may outlive the request that began it. */
  readonly runInBackground: (work: Promise<unknown>) => void
  /** Must not throw. */
  onEvent?: ((event: KeySetEvent) => void) | undefined
}

export function createKeySet(parts: KeySetParts): KeySet {
  const { clock, clockSkew, limits, joinRequests } = parts
  const random = parts.random ?? (() => Math.random())
  const listing = createKeyListing({ clock, clockSkew, random, limits, onPrivateKey: () => tell('private_key') })
  const bucket = createTokenBucket(clock, limits.keyFetchBurst, limits.keyFetchInterval)
  const waiting = createHeadcount(clock, parts.deadline)
  const closing = createClosing()
  const told = new Set<KeySetEvent>()
  const fetches = createKeyFetches({ ...parts, fetchOnce })

  function tell(event: KeySetEvent): void {
    if (told.has(event)) return
    told.add(event)
    parts.onEvent?.(event)
  }

  async function fetchOnce(sentAt: Instant): Promise<boolean> {
    const deadline = parts.startDeadline(parts.deadline)
    // Where requests share nothing, nobody may end another's fetch.
    const signal = joinRequests ? AbortSignal.any([deadline.signal, closing.signal]) : deadline.signal
    try {
      const reply = await untilAborted(parts.fetchKeys({ deadline: { ...deadline, signal } }), signal)
      if (reply.status === 'answered' && (await take(reply.body, sentAt, reply.isFromCache))) return !reply.isFromCache
    } catch {
      // out of time, or closed
    } finally {
      deadline.clear()
    }
    listing.postpone(sentAt)
    if (!closing.isClosed) tell('refresh_failed')
    return false
  }

  async function take(body: JsonObject, sentAt: Instant, isFromCache: boolean): Promise<boolean> {
    const isTaken = await listing.take(body, sentAt, isFromCache)
    if (!isTaken) return false
    told.delete('refresh_failed')
    told.delete('lapsed')
    return true
  }

  function tend(wall: number, monotonic: number): void {
    if (!listing.isDue(wall, monotonic)) return
    if (listing.hasLapsed()) {
      listing.clear()
      tell('lapsed')
    } else if (fetches.underWay() === undefined) fetches.start()
  }

  function mayFetch(): boolean {
    if (closing.isClosed) return false
    if (listing.size > 0) return bucket.take()
    const { lastAt } = fetches
    return lastAt === undefined || ageOf(lastAt, clock) >= COLD_RETRY_AFTER
  }

  function peek(keyId: string): VerificationKey | undefined {
    tend(clock.now(), clock.monotonic())
    return listing.find(keyId)
  }

  const find: KeySet['find'] = async (keyId, issuedAt, { signal }) => {
    const known = peek(keyId)
    if (known !== undefined) return known
    if (listing.mustHold(issuedAt)) return 'unknown_key'
    // One always may: somebody has to fetch them.
    if (waiting.size >= Math.max(limits.maxWaiting, 1)) return 'keys_unavailable'
    const before = fetches.count
    const me = {}
    waiting.add(me)
    try {
      // Twice at most: a fetch that is under way already may have begun before the key was listed.
      for (;;) {
        const others = fetches.underWay()
        const joined = others ?? (mayFetch() ? fetches.start() : undefined)
        if (joined === undefined) return 'keys_unavailable'
        const isSettled = await fetches.outcome(joined, others === undefined, signal)
        const key = listing.find(keyId)
        if (key !== undefined) return key
        if (isSettled === undefined) continue // it went with its request
        if (!isSettled) return 'keys_unavailable'
        if (joined.number > before || listing.mustHold(issuedAt)) return 'unknown_key'
      }
    } catch {
      return 'keys_unavailable' // the caller's time is up
    } finally {
      waiting.delete(me)
    }
  }

  return {
    find,
    peek,
    tend,
    isListed: listing.has,
    version: listing.version,
    get due() {
      return listing.due
    },
    get generation() {
      return listing.generation
    },
    accept: (body, sentAt, isFromCache = false) => take(body, sentAt, isFromCache),
    stats: () => ({
      keys: listing.size,
      fetches: fetches.count,
      ...(listing.sentAt === undefined ? {} : { lastGoodAt: listing.sentAt.wall }),
    }),
    close() {
      closing.close()
      listing.close()
    },
  }
}
