import type { AuthState } from '../auth-state.ts'
import type { RequestAuth, StateOptions } from '../request-auth.ts'

/**
 * The outcome for work with a step-up rule. An answer that is served because Hanko cannot be asked (`staleIfError`)
 * is none for such work: then Hanko is asked, and the outage shows.
 *
 * @example
 * ```ts
 * import type { RequestAuth } from 'hanko-session'
 * import { findSession } from 'hanko-session/rules'
 *
 * export async function isSignedIn(auth: RequestAuth): Promise<boolean> {
 *   const state = await findSession(auth, { changesState: true })
 *   return state.status === 'authenticated'
 * }
 * ```
 */
export async function findSession<Claims>(
  auth: RequestAuth<Claims>,
  options: StateOptions = {},
): Promise<AuthState<Claims>> {
  const state = auth.known(options) ?? (await auth.state(options))
  const isStale = state.status === 'authenticated' && state.session.staleSince !== undefined
  return isStale ? auth.state({ ...options, fresh: true }) : state
}
