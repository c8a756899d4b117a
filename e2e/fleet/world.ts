/**
 * What really happened, as far as the judge needs it. All times are milliseconds since the epoch by one clock, which
 * the emulator goes by and which never steps. Plain data, so that it can be recorded.
 */
export interface World {
  /** `maxStaleness` of every node. */
  readonly bound: number
  /** For how long a revocation certainly counts. */
  readonly keptFor: number
  /** Of Hanko's; absent for none. */
  readonly idleTimeout?: number
  readonly nodes: Record<string, NodeFacts>
  readonly sessions: Record<string, SessionFacts>
  readonly troubles: Trouble[]
  /** When Redis forgot everything. */
  readonly losses: number[]
  readonly acknowledged: Acknowledged[]
}

interface NodeFacts {
  /** How far its wall clock may be from the true one, in milliseconds. */
  readonly clockError: number
  /** When its processes began; all before the last are gone. */
  readonly starts: number[]
}

export interface SessionFacts {
  readonly sessionId: string
  readonly userId: string
  readonly issuedAt: number
  readonly expiresAt: number
  /** The last POST that Hanko answered with `true`, or the sign-in. */
  lastUsed: number
  /** Somebody set out to end it, or said so: from here on it may be refused. */
  doomedAt?: number
  /** Hanko had ended it. */
  endedAt?: number
}

/**
 * An outage that was declared: for these nodes one of the servers is away, slow, or not itself; or the machine gave
 * them no time.
 */
export interface Trouble {
  readonly of: 'hanko' | 'redis' | 'machine'
  readonly what: string
  readonly nodes: readonly string[]
  readonly from: number
  /** Absent while it goes on. */
  until?: number
}

/** A node said 200 to a webhook that ends sessions, or to a user who signs out. */
export interface Acknowledged {
  readonly by: string
  readonly at: number
  readonly sessionIds: readonly string[]
}

/** One answer of a node to one request. */
export interface Answer {
  readonly node: string
  readonly sessionId: string
  readonly isFresh: boolean
  /** When it was sent, and when the answer was there. */
  readonly start: number
  readonly end: number
  readonly status: 'authenticated' | 'unauthenticated' | 'unavailable'
  readonly reason?: string
  /** Who was accepted. */
  readonly accepted?: { readonly sessionId: string; readonly userId: string }
}
