import type { SessionValidator } from 'hanko-session'
import { noteLookUp } from './mark-private.ts'

/**
 * The `session` of `@graphql-yoga/plugin-response-cache`: an answer that was cached for a session is found again only
 * by that session, and only while it lives. Whoever has none shares what is public; while Hanko cannot be asked nothing
 * is found and nothing is shared.
 *
 * The cache answers before `useHankoSession` has a say, so keep out of it what has rules over and above a session
 * (`ttlPerSchemaCoordinate: { 'Query.users': 0 }`): roles change, and sign-ins grow old, while an answer is cached.
 *
 * @example
 * ```ts
 * import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
 * import { createSessionValidator } from 'hanko-session'
 * import { useHankoSession } from 'hanko-session-yoga'
 * import { sessionCacheKey } from 'hanko-session-yoga/response-cache'
 *
 * const hanko = createSessionValidator()
 * const plugins = [useHankoSession(hanko), useResponseCache({ session: sessionCacheKey(hanko), ttl: 2_000 })]
 * ```
 */
export function sessionCacheKey(hanko: SessionValidator<unknown>): (request: Request) => Promise<string | null> {
  return async (request) => {
    noteLookUp(request)
    const state =
      hanko.known(request, { changesState: false }) ?? (await hanko.authenticate(request, { changesState: false }))
    if (state.status === 'authenticated') return `hanko-session:${state.session.sessionId}`
    return state.status === 'unauthenticated' ? null : `hanko-session:unavailable:${crypto.randomUUID()}`
  }
}
