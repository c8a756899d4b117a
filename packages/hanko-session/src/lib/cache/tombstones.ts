import { ageOf, type Instant, nowOf } from '../instant.ts'
import type { Clock } from '../options.ts'

/** Whose session it is, and since when: as Hanko signed it. */
export interface SessionIdentity {
  readonly userId: string
  readonly sessionId: string
  /** Seconds. */
  readonly issuedAt: number
  /** Seconds. */
  readonly expiresAt: number
}

/** What revocations say of a session: that it has ended, or after which of them Hanko must have been asked. */
type Judgement = 'revoked' | { readonly askedAfter: number }

/** Whom a revocation means: one session, or sessions of a user. */
export type Ended = { readonly sessionId: string } | { readonly userId: string }

/** Sessions that have ended. A tombstone wins over any answer of Hanko's while one from before can be around. */
export interface Tombstones {
  /**
   * Changes with every revocation: what was judged at another epoch is to be judged again. It is looked at for every
   * request, and a plain property costs a tenth of a getter.
   */
  readonly version: { readonly epoch: number }
  judge(session: SessionIdentity): Judgement
  endSession(sessionId: string, expiresAt?: number): void
  /**
   * Ends the sessions of a user that began before `refuseBefore`; of those up to `askUntil` Hanko is asked.
   * Both in seconds of Hanko's clock.
   */
  endUser(userId: string, refuseBefore: number, askUntil: number): void
  /** Those who are told at once, before the call that ends something returns: for what goes on, like streams. */
  readonly listeners: Set<(ended: Ended) => void>
  readonly size: number
}

interface Tombstone {
  readonly at: Instant
  /** Of the revocation, among the calls to Hanko. */
  readonly order: number
  /** Milliseconds since the epoch; for those that end with their session. */
  readonly until: number
  readonly refuseBefore: number
  readonly askUntil: number
}

export interface TombstoneSettings {
  readonly clock: Clock
  /** How long a tombstone lives, in milliseconds. `Infinity`: a session's until its `exp` if that was told, a user's for `userLife`. */
  readonly life: number
  /** Milliseconds. */
  readonly userLife: number
  /** How far Hanko's clock, by which sessions are issued, may be ahead of ours, in milliseconds. */
  readonly clockSkew: number
  readonly capacity: number
  /** The next number in the order of revocations and calls to Hanko. */
  readonly nextOrder: () => number
}

/** As a rule nobody has been revoked. */
const NOTHING: Judgement = Object.freeze({ askedAfter: 0 })

export function createTombstones(settings: TombstoneSettings): Tombstones {
  const { clock, life, userLife, clockSkew, capacity, nextOrder } = settings
  // One map in order of creation, so that the oldest comes first. Ids of sessions and users are told apart.
  const stones = new Map<string, Tombstone>()
  const version = { epoch: 0 }
  const listeners = new Set<(ended: Ended) => void>()
  const tell = (ended: Ended): void => {
    for (const listener of listeners) listener(ended)
  }
  /**
   * Of the tombstones that had to go: every answer from before the last of them is asked for again. With no bound on
   * answers, every session that one of them could have meant: by Hanko's clock, in milliseconds.
   */
  let watermark: { order: number; issued: number } = { order: 0, issued: Number.NEGATIVE_INFINITY }

  const isOver = (stone: Tombstone): boolean => {
    if (life !== Number.POSITIVE_INFINITY) return ageOf(stone.at, clock) > life
    return clock.now() >= stone.until
  }

  function read(key: string): Tombstone | undefined {
    const stone = stones.get(key)
    return stone === undefined || isOver(stone) ? undefined : stone
  }

  function add(key: string, stone: Omit<Tombstone, 'at' | 'order'>): void {
    stones.delete(key) // to stand last
    stones.set(key, { ...stone, at: nowOf(clock), order: nextOrder() })
    version.epoch++
    for (const [oldest, { order, at, askUntil }] of stones) {
      if (read(oldest) !== undefined) {
        if (stones.size <= capacity) return
        watermark = { order, issued: Math.max(at.wall + clockSkew, askUntil * 1_000, watermark.issued) }
      }
      stones.delete(oldest)
    }
  }

  return {
    version,
    listeners,
    get size() {
      return stones.size
    },
    judge({ userId, sessionId, issuedAt }) {
      if (stones.size === 0 && watermark.order === 0) return NOTHING
      if (read(`session ${sessionId}`) !== undefined) return 'revoked'
      const user = read(`user ${userId}`)
      if (user !== undefined && issuedAt < user.refuseBefore) return 'revoked'
      const byUser = user !== undefined && issuedAt <= user.askUntil ? user.order : 0
      // With no bound on answers there is none to ask again, only sessions.
      const isBelow = life !== Number.POSITIVE_INFINITY || issuedAt * 1_000 <= watermark.issued
      return { askedAfter: Math.max(byUser, isBelow ? watermark.order : 0) }
    },
    endSession(sessionId, expiresAt = Number.POSITIVE_INFINITY) {
      add(`session ${sessionId}`, { until: expiresAt * 1_000, refuseBefore: 0, askUntil: 0 })
      tell({ sessionId })
    },
    endUser(userId, refuseBefore, askUntil) {
      const known = read(`user ${userId}`)
      add(`user ${userId}`, {
        until: clock.now() + userLife,
        refuseBefore: Math.max(refuseBefore, known?.refuseBefore ?? 0),
        askUntil: Math.max(askUntil, known?.askUntil ?? 0),
      })
      tell({ userId })
    },
  }
}
