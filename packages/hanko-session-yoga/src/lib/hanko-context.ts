import type { OperationDefinitionNode } from 'graphql'
import { asRequestAuth, type RequestAuth } from 'hanko-session'

/**
 * What `useHankoSession` adds to the context of every operation. In a resolver, `await context.auth.requireSession()`
 * gives the session or refuses the field; nothing is asked before that.
 *
 * @example
 * ```ts
 * import { createSchema } from 'graphql-yoga'
 * import { authTypeDefs, type HankoContext } from 'hanko-session-yoga'
 *
 * const schema = createSchema<HankoContext>({
 *   typeDefs: [authTypeDefs, `type Query { myId: ID @auth }`],
 *   resolvers: { Query: { myId: async (_, _args, { auth }) => (await auth.requireSession()).userId } },
 * })
 * ```
 */
export interface HankoContext<Claims = Readonly<Record<string, unknown>>> {
  /** Who is behind the HTTP request: found out when first asked for, once for all operations of a batch. */
  readonly auth: RequestAuth<Claims>
}

/**
 * The HTTP request that brought an operation. Not the handshake of a WebSocket: it outlives its outcome by far, and
 * what is found out is kept per request.
 */
export function readHttpRequest(context: unknown): Request | undefined {
  if (typeof context !== 'object' || context === null || 'connectionParams' in context) return undefined
  const { request } = context as { request?: Partial<Request> | null }
  if (typeof request?.headers?.get !== 'function' || /websocket/i.test(request.headers.get('upgrade') ?? ''))
    return undefined
  return request as Request
}

/** Whether the origin rule binds an operation. Queries are reads, whatever method brings them. */
export function changesState({ operation }: Pick<OperationDefinitionNode, 'operation'>): boolean {
  return operation !== 'query'
}

/**
 * The `auth` on a context, or `undefined`. Anybody may have put anything there: what does not come from a
 * `SessionValidator` is not trusted.
 */
export function readRequestAuth(context: unknown): RequestAuth<unknown> | undefined {
  return asRequestAuth((context as { auth?: unknown } | null | undefined)?.auth)
}
