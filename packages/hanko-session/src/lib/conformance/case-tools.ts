import type { SharedRevocation, SharedStore, StoredAnswer, StoredSession, StoreReading } from '../shared-store.ts'

/** For ever, as far as a case is concerned: nothing it keeps goes by itself. */
const LONG = 60_000

/** A handle with what every call needs besides. */
export interface Handle {
  read(session: StoredSession, lease?: number): Promise<StoreReading>
  confirm(session: StoredSession, answer: StoredAnswer, keepFor?: number): Promise<void>
  release(session: StoredSession): Promise<void>
  revoke(revocation: SharedRevocation, keepFor?: number): Promise<void>
}

export function toHandle(store: SharedStore): Handle {
  const { signal } = new AbortController()
  return {
    read: async (session, lease) => store.read(session, lease === undefined ? { signal } : { signal, lease }),
    async confirm(session, answer, keepFor = LONG) {
      const { now } = await store.confirm(session, answer, { keepFor, signal })
      expectThat(now >= answer.at, 'confirm resolves to the clock of the store')
    },
    release: async (session) => store.release(session, { signal }),
    revoke: async (revocation, keepFor = LONG) => store.revoke(revocation, { keepFor, signal }),
  }
}

/** One that nobody has heard of. */
export function someSession(): StoredSession {
  const [scope, sessionId, userId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  return { scope, sessionId, userId }
}

export function expectThat(holds: boolean, message: string): void {
  if (!holds) throw new Error(message)
}

export function expectAnswer(reading: StoreReading, answer: StoredAnswer | undefined, message: string): void {
  const [found, expected] = [reading.answer, answer].map((one) => one && [one.at, one.touchedAt, one.idleExpiresAt])
  expectThat(JSON.stringify(found) === JSON.stringify(expected), `${message}: ${JSON.stringify(found)}`)
}
