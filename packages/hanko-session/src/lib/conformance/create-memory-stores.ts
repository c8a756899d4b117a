import type {
  SharedRevocation,
  SharedStore,
  StoredAnswer,
  StoredSession,
  StoreListener,
  UserRevoked,
} from '../shared-store.ts'

/** Several handles on one store in the memory of this process. */
export interface MemoryStores {
  /** A handle, as each process of a fleet has one. */
  readonly open: () => SharedStore
}

interface Kept<T> {
  readonly value: T
  readonly until: number
}

/**
 * A store for tests, and an example of one: validators of one process share it as if they were several. It is no use
 * otherwise.
 *
 * @param now the clock of the store, in milliseconds. @default Date.now
 *
 * @example
 * ```ts
 * import { createSessionValidator } from 'hanko-session'
 * import { createMemoryStores } from 'hanko-session/store-testing'
 *
 * const stores = createMemoryStores()
 * export const [one, other] = [1, 2].map(() => createSessionValidator({ store: stores.open() }))
 * ```
 */
export function createMemoryStores(now: () => number = Date.now): MemoryStores {
  const answers = new Map<string, Kept<StoredAnswer>>()
  const leases = new Map<string, Kept<object>>()
  const ended = new Map<string, Kept<true>>()
  const users = new Map<string, Kept<UserRevoked>>()
  const listeners = new Map<string, Set<StoreListener>>()

  function find<T>(map: Map<string, Kept<T>>, key: string): T | undefined {
    const kept = map.get(key)
    if (kept !== undefined && kept.until > now()) return kept.value
    map.delete(key)
    return undefined
  }

  function keep<T>(map: Map<string, Kept<T>>, key: string, value: T, keepFor: number): void {
    const known = map.get(key)?.until ?? 0
    map.set(key, { value, until: map === (answers as unknown) ? now() + keepFor : Math.max(known, now() + keepFor) })
  }

  const sessionKey = ({ scope, sessionId }: Pick<StoredSession, 'scope' | 'sessionId'>): string =>
    JSON.stringify([scope, sessionId])
  const userKey = ({ scope, userId }: Pick<StoredSession, 'scope' | 'userId'>): string =>
    JSON.stringify([scope, userId])

  function endUser(revocation: Extract<SharedRevocation, { userId: string }>, keepFor: number): void {
    const known = find(users, userKey(revocation))
    const refuseBefore = Math.max(revocation.refuseBefore, known?.refuseBefore ?? 0)
    const askUntil = Math.max(revocation.askUntil, known?.askUntil ?? 0)
    keep(users, userKey(revocation), { refuseBefore, askUntil, at: now() }, keepFor)
  }

  return {
    open() {
      const holder = {}
      const giveBack = (key: string): void => {
        if (find(leases, key) === holder) leases.delete(key)
      }
      return {
        async read(session, { lease }) {
          const [key, answer] = [sessionKey(session), find(answers, sessionKey(session))]
          const hasLease = lease !== undefined && find(leases, key) === undefined
          if (hasLease) keep(leases, key, holder, lease)
          const userRevoked = find(users, userKey(session))
          return {
            now: now(),
            hasEnded: find(ended, key) !== undefined,
            hasLease,
            ...(answer === undefined ? {} : { answer }),
            ...(userRevoked === undefined ? {} : { userRevoked }),
          }
        },
        async confirm(session, answer, { keepFor }) {
          const key = sessionKey(session)
          const known = find(answers, key)
          const isLater = known === undefined || known.at <= answer.at
          if (isLater && find(ended, key) === undefined) keep(answers, key, { ...answer }, keepFor)
          giveBack(key)
          return { now: now() }
        },
        release: async (session) => giveBack(sessionKey(session)),
        async revoke(revocation, { keepFor }) {
          if ('sessionId' in revocation) {
            answers.delete(sessionKey(revocation))
            keep(ended, sessionKey(revocation), true, keepFor)
          } else endUser(revocation, keepFor)
          for (const listener of listeners.get(revocation.scope) ?? []) listener.revoked(revocation)
        },
        subscribe(scope, listener) {
          const all = listeners.get(scope) ?? new Set()
          listeners.set(scope, all.add(listener))
          queueMicrotask(() => all.has(listener) && listener.missed())
          return () => void all.delete(listener)
        },
      }
    },
  }
}
