import { ageOf, type Instant } from '../instant.ts'
import type { Limits } from '../limits.ts'
import type { Clock } from '../options.ts'
import type { JsonObject } from '../token/strict-json.ts'
import { importKeys, type KeyMap, type VerificationKey } from './import-keys.ts'

/** After a refresh that failed, or that a cache answered, in milliseconds: as soon as any other refresh, if that is sooner. */
const RETRY_AFTER = 30_000

/** The keys as Hanko listed them last, and what their age means. */
export interface KeyListing {
  find(keyId: string): VerificationKey | undefined
  /** Whether this very key is listed. */
  readonly has: (key: VerificationKey) => boolean
  /** When the fetch began that gave these keys; `undefined` without any. */
  readonly sentAt: Instant | undefined
  readonly size: number
  /** Changes whenever a key has left. */
  readonly generation: number
  /** The same for those who look at it for every request: a plain property costs a tenth of a getter. */
  readonly version: { readonly generation: number }
  /** Takes the set of a body that was asked for at this time. Whether there was one, and it may serve. */
  take(body: JsonObject, sentAt: Instant, isFromCache: boolean): Promise<boolean>
  /** Says that a fetch that began then gave nothing: the next is due after a while. */
  postpone(sentAt: Instant): void
  /** Whether, at this time by either clock, a refresh is due or the keys are too old. Two comparisons. */
  isDue(wall: number, monotonic: number): boolean
  /** When by either clock it will be. */
  readonly due: Instant
  /** Whether the keys are too old to go by. */
  hasLapsed(): boolean
  /**
   * Whether a key that signed at this time, in seconds, must be in the set: Hanko lists a key before it signs with it.
   */
  mustHold(issuedAt: number): boolean
  /** Lets go of the keys. */
  clear(): void
  /** The same, for good. */
  close(): void
}

export interface KeyListingParts {
  readonly clock: Clock
  /** Milliseconds. */
  readonly clockSkew: number
  /** Spreads the refreshes of many processes. */
  readonly random: () => number
  readonly onPrivateKey: () => void
  readonly limits: Limits
}

/** A set as it was listed: replaced whole, never merged. */
interface Listing {
  readonly keys: KeyMap
  /** When its fetch began: whatever Hanko listed before is in it. */
  readonly sentAt: Instant
  /** Then it may be older than that, by nobody knows how much. */
  readonly isFromCache: boolean
}

export function createKeyListing({ clock, clockSkew, random, onPrivateKey, limits }: KeyListingParts): KeyListing {
  const { refreshKeysAfter, keepKeysFor } = limits
  const retryAfter = Math.min(RETRY_AFTER, refreshKeysAfter)
  let current: Listing | undefined
  const version = { generation: 0 }
  let due: Instant = { wall: 0, monotonic: 0 }
  let isClosed = false

  function find(keyId: string): VerificationKey | undefined {
    return current?.keys.get(keyId)
  }

  function has(key: VerificationKey): boolean {
    return find(key.kid) === key
  }

  function replace(next: Listing | undefined): void {
    const before = [...(current?.keys.values() ?? [])]
    current = next
    if (!before.every(has)) version.generation++
  }

  /** Up to a tenth early, so that many processes do not ask at the same moment. */
  function schedule({ wall, monotonic }: Instant, delay: number): void {
    const by = delay * (1 - random() / 10)
    due = { wall: wall + by, monotonic: monotonic + by }
  }

  return {
    find,
    has,
    version,
    get sentAt() {
      return current?.sentAt
    },
    get size() {
      return current?.keys.size ?? 0
    },
    get due() {
      return due
    },
    get generation() {
      return version.generation
    },
    async take(body, sentAt, isFromCache) {
      const keys = await importKeys(body, { previous: current?.keys, onPrivateKey, limits })
      if (keys.size === 0 || isClosed) return false
      // What a cache kept is better than nothing, and than what a cache kept before; never than an answer of Hanko's.
      if (isFromCache && current?.isFromCache === false) return false
      // An answer never replaces one whose call was sent later.
      if (current !== undefined && sentAt.monotonic < current.sentAt.monotonic) return true
      replace({ keys, sentAt, isFromCache })
      schedule(sentAt, isFromCache ? retryAfter : refreshKeysAfter)
      return true
    },
    postpone(sentAt) {
      schedule(sentAt, retryAfter)
      if (current === undefined) return
      const { wall, monotonic } = current.sentAt
      due = {
        wall: Math.min(due.wall, wall + keepKeysFor),
        monotonic: Math.min(due.monotonic, monotonic + keepKeysFor),
      }
    },
    isDue: (wall, monotonic) => current !== undefined && (wall >= due.wall || monotonic >= due.monotonic),
    hasLapsed: () => current !== undefined && ageOf(current.sentAt, clock) >= keepKeysFor,
    mustHold(issuedAt) {
      if (current === undefined || current.isFromCache) return false
      const { wall, monotonic } = current.sentAt
      // A wall clock that was set back since then takes the time of the fetch with it.
      const began = Math.min(wall, clock.now() - (clock.monotonic() - monotonic))
      // `iat` is in whole seconds, so a leeway of less than one would refuse genuine tokens.
      return issuedAt * 1_000 <= began - Math.max(clockSkew, 1_000)
    },
    clear() {
      replace(undefined)
    },
    close() {
      isClosed = true
      replace(undefined)
    },
  }
}
