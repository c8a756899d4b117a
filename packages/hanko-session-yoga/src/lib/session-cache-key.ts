import type { SessionValidator } from 'hanko-session'
import { noteLookUp } from './mark-private.ts'

/**
 * The `session` of `@graphql-yoga/plugin-response-cache`: an answer that was cached for a session is found again only
 * by that session, and only while it lives. Whoever brings none shares what is public; where one that was brought did not
 * turn out to be good, or could not be checked, nothing is found and nothing is shared.
 *
 * The cache answers before `useHankoSession` has a say, so keep out of it what has rules over and above a session
 * (`ttlPerSchemaCoordinate: { 'Query.users': 0 }`): roles change, and sign-ins grow old, while an answer is cached. And
 * it says 304 to whoever has the `ETag`, without asking for this key, unless `enabled` leaves these requests out.
 *
 * @example
 * ```ts
 * import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
 * import { createSessionValidator } from 'hanko-session'
 * import { useHankoSession } from 'hanko-session-yoga'
 * import { sessionCacheKey } from 'hanko-session-yoga/response-cache'
 *
 * const hanko = createSessionValidator()
 * const useCache = useResponseCache({
 *   session: sessionCacheKey(hanko),
 *   enabled: (request) => !request.headers.has('if-none-match'),
 *   ttl: 2_000,
 * })
 * const plugins = [useHankoSession(hanko), useCache]
 * ```
 */
export function sessionCacheKey(hanko: SessionValidator<unknown>): (request: Request) => Promise<string | null> {
  return async (request) => {
    noteLookUp(request)
    const state =
      hanko.known(request, { changesState: false }) ?? (await hanko.authenticate(request, { changesState: false }))
    if (state.status === 'authenticated') return `hanko-session:${state.session.sessionId}`
    // Who brings a token may have a session after all when the operation runs, a moment later: its clock was ahead, its
    // key has become known, one of two cookies has ended. That answer is theirs.
    return state.reason === 'no_token' ? null : `hanko-session:unknown:${crypto.randomUUID()}`
  }
}
