import { type AuthState, unauthenticated, unavailable } from '../auth-state.ts'
import { startDeadline } from '../http/deadline.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import type { Settings } from '../options.ts'
import { isBounded } from '../verify/fly.ts'
import type { Fly, Landing, Subject } from '../verify/flights.ts'

/** One check of a session under watch. Never rejects. */
export type CheckWatched = (subject: Subject) => Promise<Landing>

/** Steps 6 and 9 to 12, for a token whose signature was good. Nobody waits for it. */
export function createCheckWatched(
  { deadline: limit, maxStaleness }: Pick<Settings, 'deadline' | 'maxStaleness'>,
  keys: Pick<KeySet, 'peek' | 'find'>,
  fly: Fly,
): CheckWatched {
  const mayShare = isBounded(maxStaleness)
  /** Hanko takes a key from its list when it is not to be trusted any more. */
  async function findFault({ key, identity }: Subject): Promise<AuthState<unknown> | undefined> {
    if (keys.peek(key.kid) === key) return undefined
    const deadline = startDeadline(limit)
    const found = await keys.find(key.kid, identity.issuedAt, deadline).finally(() => deadline.clear())
    // By its modulus: the same key is another object once the list has lapsed and come back.
    if (typeof found === 'object' && found.modulus === key.modulus) return undefined
    return found === 'keys_unavailable' ? unavailable(found) : unauthenticated('unknown_key')
  }

  return async (subject) => {
    const fault = await findFault(subject)
    if (fault === undefined) return fly(subject, { background: true, mayShare, onSent: () => {} })
    return { state: fault, order: 0, sentAt: undefined, idlesAfter: Number.POSITIVE_INFINITY, isLineFull: false }
  }
}
