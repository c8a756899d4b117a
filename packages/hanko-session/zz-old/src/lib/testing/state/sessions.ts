/** A session as the emulator keeps it. Times are milliseconds since the epoch. */
export interface StoredSession {
  id: string
  userId: string
  userAgent: string | null
  ipAddress: string | null
  createdAt: number
  updatedAt: number
  expiresAt: number
  lastUsed: number
}

export type SessionStore = ReturnType<typeof createSessionStore>

/** The sessions of one tenant. */
export function createSessionStore(clock: { now(): number }) {
  const sessions = new Map<string, StoredSession>()
  return {
    get: (id: string) => sessions.get(id),
    add(session: StoredSession): void {
      sessions.set(session.id, session)
    },
    remove: (id: string) => sessions.delete(id),
    touch(session: StoredSession): void {
      session.lastUsed = session.updatedAt = clock.now()
    },
    /**
     * Unexpired sessions of a user, newest first. One that is idle too long is among them until somebody checks it
     * (expiry-and-idle.txt, "idle session that nobody touches").
     */
    active: (userId: string) =>
      // Map order is order of creation, which the clock's milliseconds cannot always tell apart.
      [...sessions.values()].filter((s) => s.userId === userId && s.expiresAt > clock.now()).toReversed(),
    removeAllOf(userId: string): void {
      for (const session of sessions.values()) if (session.userId === userId) sessions.delete(session.id)
    },
  }
}
