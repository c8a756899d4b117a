/**
 * What several processes know together: when Hanko last confirmed a session, who may ask it next, and what has ended.
 * An adapter keeps this for an engine like Redis; the core decides what follows. It holds ids and times, never a token.
 *
 * Three clocks are told apart. `now`, `at` and `touchedAt` are the store's own clock, in milliseconds, and nobody
 * else's: that of a process never enters. `idleExpiresAt`, `refuseBefore` and `askUntil` are Hanko's clock, which the
 * store compares with nothing. Times to keep something are durations.
 *
 * Each call has a signal, which aborts after `limits.storeTimeout`, and may reject for any reason: then the process
 * goes on as if it were alone.
 */
export interface SharedStore {
  /** Everything about a session at once; with `lease`, also the right to ask Hanko, for so many milliseconds, if nobody has it. */
  read(session: StoredSession, options: StoreReadOptions): Promise<StoreReading>
  /**
   * Keeps an answer of Hanko's, and gives the right to ask back. Nothing is kept where an answer with a later `at`
   * is, nor where the session has ended. Resolves to the store's clock.
   */
  confirm(session: StoredSession, answer: StoredAnswer, options: StoreWriteOptions): Promise<Pick<StoreReading, 'now'>>
  /** Gives back the right to ask: the call failed, and others may try. */
  release(session: StoredSession, options: StoreOptions): Promise<void>
  /**
   * Keeps a revocation, and only then announces it. Of several of one user the largest of each time counts, and the
   * last of them; what is kept already is never cut short. An answer about the session that has ended is let go.
   */
  revoke(revocation: SharedRevocation, options: StoreWriteOptions): Promise<void>
  /**
   * Tells of every revocation that any process has announced since, its own as well, once or more often. An engine that cannot
   * announce anything never calls: then others learn of it when they read.
   *
   * @returns ends it
   */
  subscribe(scope: string, listener: StoreListener): () => void
}

/** A session, in one Hanko: two that differ in their `scope` have nothing in common. */
export interface StoredSession {
  /** Of API URL, audience and issuer: 43 characters of base64url. */
  readonly scope: string
  /** A lower-case UUID, as in a token whose signature was good. */
  readonly sessionId: string
  readonly userId: string
}

export interface StoreOptions {
  readonly signal: AbortSignal
}

export interface StoreReadOptions extends StoreOptions {
  readonly lease?: number
}

export interface StoreWriteOptions extends StoreOptions {
  /** How long it is of use to anybody, in milliseconds: an answer from its `at`, a revocation from now. */
  readonly keepFor: number
}

/** An answer of Hanko's that says a session lives. */
export interface StoredAnswer {
  /** The `now` that was read before the call was sent: the answer is no older than that. */
  readonly at: number
  /** The same for the last call that counts as use of the session. Absent when none is known. */
  readonly touchedAt?: number
  /** When it ends by idleness, in milliseconds since the epoch by Hanko's clock. Absent without an idle timeout. */
  readonly idleExpiresAt?: number
}

export interface StoreReading {
  /** The store's clock, when it answered. */
  readonly now: number
  /** The answer with the latest `at`. What cannot be one (damaged, forged, from the future) is none. */
  readonly answer?: StoredAnswer
  /** A revocation of the session is kept. */
  readonly hasEnded: boolean
  /** What is kept of revocations of the user. */
  readonly userRevoked?: UserRevoked
  /** Whether the caller got the right to ask. */
  readonly hasLease: boolean
}

/** Sessions of a user that have ended. Times but `at` are seconds of Hanko's clock, as in tokens. */
export interface UserRevoked {
  /** Those issued before this have ended. */
  readonly refuseBefore: number
  /** Of those issued later, up to this, only an answer from after the revocation counts. */
  readonly askUntil: number
  /** When it was kept, by the store's clock. */
  readonly at: number
}

export type SharedRevocation =
  | {
      readonly scope: string
      readonly sessionId: string
      /** When it ends anyway, in seconds of Hanko's clock. */
      readonly expiresAt?: number
    }
  | ({ readonly scope: string; readonly userId: string } & Omit<UserRevoked, 'at'>)

export interface StoreListener {
  revoked(revocation: SharedRevocation): void
  /** Some revocations may not have been told of: what was found out before is in doubt. Also said when telling begins. */
  missed(): void
}

/** How the shared store serves this process. */
export interface StoreStats {
  /** `down` while it fails: then this process goes on as if it were alone. */
  readonly state: 'up' | 'down'
  /** Sessions that another process had asked about: each is a call to Hanko less. */
  readonly hits: number
  /** Calls to the store, and those of them that failed or were too slow. */
  readonly calls: number
  readonly errors: number
  /** Revocations that are yet to be kept there. */
  readonly pending: number
}
