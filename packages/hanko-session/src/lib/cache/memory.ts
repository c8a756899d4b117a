import type { Authenticated } from '../auth-state.ts'
import type { VerificationKey } from '../jwks/import-keys.ts'
import { toBytes } from '../token/base64url.ts'
import type { SessionIdentity } from './tombstones.ts'

/**
 * What Hanko said of one session, and when it was asked. Times are flat numbers of both clocks, because this is
 * read for every request.
 */
export interface Entry extends SessionIdentity {
  /** The whole token, in a memory that holds text: what is compared after the key has matched. */
  readonly text: string | undefined
  readonly state: Authenticated<unknown>
  readonly key: VerificationKey
  /** When the call that confirmed the session was sent: by the wall, by the monotonic clock, in the order of calls. */
  confirmedWall: number
  confirmedMonotonic: number
  confirmedOrder: number
  /** When the last call that counts as use was sent. */
  touchedWall: number
  touchedMonotonic: number
  /** How long after its confirmation it ends at the latest, by `exp` or by idleness, in milliseconds. */
  livesFor: number
  /** Milliseconds; `Infinity` without an idle timeout. */
  idleTimeout: number
  /**
   * Until these times, by either clock, it is served and nothing is due, of it or of the keys: two comparisons are
   * enough. In whole seconds, because a number with a fraction stands elsewhere in memory, and going there costs as
   * much as the look-up.
   */
  quietUntilWall: number
  quietUntilMonotonic: number
  /** When a refresh was last begun, by the monotonic clock. */
  refreshedMonotonic: number | undefined
  /** The epoch at which revocations and keys were last looked at. */
  epoch: number
}

/** The sessions that this process knows, by their tokens. Holds verified tokens only. */
export interface Memory {
  /** At once; `undefined` in a memory that holds digests. */
  readonly find: (text: string) => Entry | undefined
  /** The same for a memory of either kind. */
  findByKey(key: string, text: string): Entry | undefined
  set(key: string, entry: Entry): void
  clear(): void
  readonly size: number
}

/**
 * 132 bits from within the signature. They are unpredictable once the signature is verified; the last character
 * is not among them, as it could be spelt otherwise. The key only nominates: the text is compared.
 */
export function toSignatureKey(text: string): string {
  return text.slice(-46, -24)
}

/** For memories that must not hold tokens. */
export async function toDigestKey(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', toBytes(text))
  return String.fromCharCode(...new Uint8Array(digest))
}

export function createMemory(capacity: number, isUseless: (entry: Entry) => boolean): Memory {
  // In order of confirmation: who comes first has not been heard of for longest.
  const entries = new Map<string, Entry>()
  return {
    get size() {
      return entries.size
    },
    find(text) {
      const entry = entries.get(toSignatureKey(text))
      return entry !== undefined && entry.text === text ? entry : undefined
    },
    findByKey(key, text) {
      const entry = entries.get(key)
      return entry !== undefined && (entry.text === undefined || entry.text === text) ? entry : undefined
    },
    set(key, entry) {
      entries.delete(key)
      entries.set(key, entry)
      for (const [oldest, old] of entries) {
        if (entries.size <= capacity && !isUseless(old)) return
        entries.delete(oldest)
      }
    },
    clear: () => entries.clear(),
  }
}
