import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import type { GraphQLSchema } from 'graphql'
import type { SessionValidator } from 'hanko-session'
import { sessionCacheKey } from 'hanko-session-yoga/response-cache'
import { authSurface } from 'hanko-session-yoga/surface'

/** A response cache in which each session finds its own answers, and nobody those of a field with rules. */
export function useCachedAnswers(hanko: SessionValidator<unknown>, schema: GraphQLSchema) {
  const ruled = Object.entries(authSurface(schema).coordinates)
    .filter(([, need]) => need !== 'public' && need !== 'session')
    .map(([place]) => [place.replace(/\(.*/, ''), 0]) // with an argument that has a rule, the field
  return useResponseCache({
    session: sessionCacheKey(hanko),
    // The plugin says 304 to whoever has the ETag, before it asks whose session that is.
    enabled: (request) => !request.headers.has('if-none-match'),
    ttl: 2_000,
    ttlPerSchemaCoordinate: Object.fromEntries(ruled) as Record<string, number>,
  })
}
