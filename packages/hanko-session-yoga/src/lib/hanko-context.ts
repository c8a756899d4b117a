import type { OperationDefinitionNode } from 'graphql'
import type { RequestAuth, StateOptions } from 'hanko-session'

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

/** The request's `auth` as one operation sees it: origins are judged by the operation, not by the HTTP method. */
export function toOperationAuth<Claims>(
  auth: RequestAuth<Claims>,
  operation: OperationDefinitionNode,
): RequestAuth<Claims> {
  const defaults: StateOptions = { changesState: changesState(operation) }
  return Object.freeze({
    ...auth, // with the brand, which leads back to the request's own
    state: (options?: StateOptions) => auth.state({ ...defaults, ...options }),
    requireSession: (options?: StateOptions) => auth.requireSession({ ...defaults, ...options }),
    get consulted() {
      return auth.consulted
    },
  })
}
