/** A session as Hanko has it. All times are milliseconds of Hanko's own clock. */
export interface ModelSession {
  readonly userId: string
  readonly sessionId: string
  readonly token: string
  readonly issuedAt: number
  readonly expiresAt: number
  /** The last POST that Hanko answered with `true`, or the sign-in. */
  lastUsed: number
  /** Somebody ended it, or its key is listed no longer. */
  endedAt: number
}

/** Hanko in ten lines. */
export function createHankoModel(idleTimeout: number) {
  const sessions: ModelSession[] = []
  return {
    sessions,
    signIn: (session: ModelSession) => void sessions.push(session),
    end: (session: ModelSession, now: number) => void (session.endedAt = Math.min(session.endedAt, now)),
    touch: (session: ModelSession, now: number) => void (session.lastUsed = Math.max(session.lastUsed, now)),
    /** When it ended or, if nothing else happens, will end. */
    endOf: ({ endedAt, expiresAt, lastUsed }: ModelSession): number =>
      Math.min(endedAt, expiresAt, lastUsed + idleTimeout),
  }
}

export type HankoModel = ReturnType<typeof createHankoModel>
