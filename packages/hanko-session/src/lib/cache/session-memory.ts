import type { Authenticated } from '../auth-state.ts'
import { ageOf, type Instant } from '../instant.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import type { VerificationKey } from '../jwks/import-keys.ts'
import type { Settings } from '../options.ts'
import { type Entry, type Memory, toDigestKey, toSignatureKey } from './memory.ts'
import { toFlat } from '../token/base64url.ts'
import type { SessionIdentity, Tombstones } from './tombstones.ts'

/** What an answer of Hanko's, or a signature alone, says of a session. */
interface Confirmation {
  readonly identity: SessionIdentity
  readonly state: Authenticated<unknown>
  readonly key: VerificationKey
  /** When the call was sent, by both clocks and in the order of calls; the order is 0 when nobody was asked. */
  readonly sentAt: Instant
  readonly order: number
  /** When it was heard of from another process, in that order. @default order */
  readonly readAt?: number
  /** Milliseconds since the epoch; `Infinity` without an idle timeout. */
  readonly idleExpiresAt: number
  /** When the last call was sent that Hanko counted as use of the session. What is no use renews what is known, and adds nothing. */
  readonly touchedAt: Instant | undefined
}

/** What may be said of an entry at this moment. */
export interface Recalled {
  readonly state: Authenticated<unknown>
  /** Milliseconds since Hanko was asked. */
  readonly age: number
  /** Hanko should be asked again, with nobody waiting for it. */
  readonly isDue: boolean
}

/** The memory of sessions, held to the bound, to revocations, to expiry and to the keys that are listed. */
export interface SessionMemory {
  /** At once, for a memory that holds text: what costs nothing must not make promises. */
  find(text: string): Entry | undefined
  /** For one that holds digests. */
  findLater(text: string): Promise<Entry | undefined>
  /** Whether an entry may be served with an answer as old as `bound` allows, in milliseconds. */
  recall(entry: Entry, bound: number): Recalled | undefined
  /**
   * Whether `recall` would, at this time by both clocks, serve it within the bound with nothing due: the answer for
   * nearly every request.
   */
  isQuiet(entry: Entry, wall: number, monotonic: number): boolean
  /** Whether an answer that another process got will do, for a request or for a refresh with nobody waiting. */
  readonly isEnough: (
    answer: Pick<Confirmation, 'sentAt' | 'touchedAt' | 'idleExpiresAt'>,
    background: boolean,
  ) => boolean
  /** Lets go of everything, and takes nothing that was asked before this. */
  forget(): void
  /** Step 12. An answer never replaces one whose call was sent later. */
  remember(text: string, confirmation: Confirmation): Promise<void>
}

/** No epoch: they count from 0. */
const UNJUDGED = -1

export function createSessionMemory(
  { clock, maxStaleness, staleIfError, hold }: Settings,
  memory: Memory,
  tombstones: Tombstones,
  keys: KeySet,
  nextOrder: () => number,
): SessionMemory {
  const isLocal = maxStaleness === Number.POSITIVE_INFINITY
  const refreshAfter = (maxStaleness * 2) / 3
  /** Changes with every revocation and every key that leaves: what was judged before is judged again. */
  const { version: revocations } = tombstones
  const { version: listing } = keys
  /** When everything was let go of, in the order of calls. */
  let forgotten = 0
  const epoch = (): number => revocations.epoch + listing.generation

  function isStillGood(entry: Entry): boolean {
    const judgement = tombstones.judge(entry)
    const isGood =
      judgement !== 'revoked' &&
      (judgement.askedAfter === 0 || entry.confirmedOrder > judgement.askedAfter) &&
      keys.isListed(entry.key)
    if (isGood) entry.epoch = epoch()
    return isGood
  }

  /** Hanko ends a session that nobody uses for its idle timeout, and what we answer from memory it does not see. */
  const touchAfter = (idleTimeout: number): number =>
    idleTimeout === Number.POSITIVE_INFINITY ? idleTimeout : Math.min(maxStaleness, idleTimeout / 4)

  function isTouchDue(entry: Entry, wall: number, monotonic: number): boolean {
    const untouched = Math.max(wall - entry.touchedWall, monotonic - entry.touchedMonotonic)
    return untouched > touchAfter(entry.idleTimeout)
  }

  /** Looks ahead: until when nothing will have to be done for an entry that is served now. */
  function calm(entry: Entry): void {
    const { livesFor, confirmedWall, confirmedMonotonic, touchedWall, touchedMonotonic } = entry
    const { due } = keys
    const quietFor = isLocal ? livesFor : Math.min(livesFor, refreshAfter)
    const untouchedFor = isLocal ? livesFor : touchAfter(entry.idleTimeout)
    const wall = Math.min(confirmedWall + quietFor, touchedWall + untouchedFor, due.wall)
    const monotonic = Math.min(confirmedMonotonic + quietFor, touchedMonotonic + untouchedFor, due.monotonic)
    entry.quietUntilWall = Math.floor(wall / 1_000)
    entry.quietUntilMonotonic = Math.floor(monotonic / 1_000)
  }

  return {
    find: hold === 'text' ? memory.find : () => undefined,
    async findLater(text) {
      return memory.findByKey(await toDigestKey(text), text)
    },
    recall(entry, bound) {
      const wall = clock.now()
      const monotonic = clock.monotonic()
      keys.tend(wall, monotonic)
      const age = Math.max(wall - entry.confirmedWall, monotonic - entry.confirmedMonotonic)
      // Not by the wall clock alone: set back, it would have the session live longer.
      if (age > bound || age >= entry.livesFor) return undefined
      if (entry.epoch !== epoch() && !isStillGood(entry)) return undefined
      const isDue = !isLocal && (age > refreshAfter || isTouchDue(entry, wall, monotonic))
      if (!isDue) calm(entry)
      return { state: entry.state, age, isDue }
    },
    isQuiet: (entry, wall, monotonic) =>
      entry.epoch === epoch() && wall < entry.quietUntilWall * 1_000 && monotonic < entry.quietUntilMonotonic * 1_000,
    isEnough({ sentAt, touchedAt, idleExpiresAt }, background) {
      const age = ageOf(sentAt, clock)
      if (age > maxStaleness || age >= idleExpiresAt - sentAt.wall) return false
      if (!background) return true
      const isTouched =
        idleExpiresAt === Number.POSITIVE_INFINITY ||
        (touchedAt !== undefined && ageOf(touchedAt, clock) <= touchAfter(idleExpiresAt - touchedAt.wall))
      return age <= refreshAfter && isTouched
    },
    forget() {
      forgotten = nextOrder()
      memory.clear()
    },
    async remember(text, { identity, state, key, sentAt, order, readAt = order, idleExpiresAt, touchedAt }) {
      if (maxStaleness === 0 && staleIfError === 0) return
      // Flat copies: a part of the text as it came would keep that, and its whole header, in memory. The place is a
      // copy, too: a part of a text points into it, and a look-up that compares the two goes there.
      const flat = hold === 'text' ? toFlat(text) : undefined
      const place = flat === undefined ? await toDigestKey(text) : toFlat(toSignatureKey(flat))
      const known = memory.findByKey(place, text)
      if ((known?.confirmedOrder ?? 0) > order || readAt < forgotten || !keys.isListed(key)) return
      if (known === undefined && touchedAt === undefined) return
      const { wall, monotonic } = sentAt
      const idlesAfter = isLocal ? Number.POSITIVE_INFINITY : idleExpiresAt - wall
      const livesFor = Math.min(identity.expiresAt * 1_000 - wall, idlesAfter)
      const touched =
        touchedAt === undefined
          ? (known as Entry)
          : {
              touchedWall: touchedAt.wall,
              touchedMonotonic: Math.floor(touchedAt.monotonic),
              idleTimeout: isLocal ? Number.POSITIVE_INFINITY : idleExpiresAt - touchedAt.wall,
            }
      memory.set(place, {
        // First what every hit reads, so that it stands in one line of the processor's cache.
        text: flat,
        // Judged when it is first used: what was judged before may have been revoked since.
        epoch: UNJUDGED,
        quietUntilWall: 0,
        quietUntilMonotonic: 0,
        state: known?.state ?? state,
        // One by one: what follows a spread stands elsewhere, and takes more room.
        userId: identity.userId,
        sessionId: identity.sessionId,
        issuedAt: identity.issuedAt,
        expiresAt: identity.expiresAt,
        key,
        confirmedWall: wall,
        // Rounded down, so older by less than a millisecond: a number with a fraction takes twice the room.
        confirmedMonotonic: Math.floor(monotonic),
        confirmedOrder: order,
        touchedWall: touched.touchedWall,
        touchedMonotonic: touched.touchedMonotonic,
        livesFor,
        idleTimeout: touched.idleTimeout,
        refreshedMonotonic: undefined,
      })
    },
  }
}

/** How long ago Hanko was asked about an entry, in milliseconds. */
export function ageOfEntry(entry: Entry, clock: Settings['clock']): number {
  return ageOf({ wall: entry.confirmedWall, monotonic: entry.confirmedMonotonic }, clock)
}
