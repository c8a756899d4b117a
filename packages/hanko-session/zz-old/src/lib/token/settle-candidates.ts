import { type AuthState, type Authenticated, unauthenticated } from '../auth-state.ts'

/**
 * One outcome out of those of several cookies of the same name. An attacker on a sibling domain can add
 * cookies, so none is taken before all are settled, and none is preferred for its place.
 */
export function settleCandidates(
  states: readonly AuthState<unknown>[],
  onSeveralSessions: () => void,
): AuthState<unknown> {
  const outage = states.find((state) => state.status === 'unavailable')
  if (outage !== undefined) return outage
  const live = states.filter((state): state is Authenticated<unknown> => state.status === 'authenticated')
  if (new Set(live.map(({ session }) => session.userId)).size > 1) return unauthenticated('ambiguous_credentials')
  if (live.length > 1) onSeveralSessions()
  const newest = live.toSorted((a, b) => b.session.issuedAt - a.session.issuedAt)[0]
  return newest ?? states[0] ?? unauthenticated('no_token')
}
