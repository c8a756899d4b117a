import type { OperationDefinitionNode } from 'graphql'
import {
  asRequestAuth,
  type HeadersInput,
  type NodeRequest,
  type RequestAuth,
  type WebSocketRequest,
} from 'hanko-session'

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
  /**
   * Who is behind the HTTP request: found out when first asked for, once for all operations of a batch. Over a WebSocket
   * each operation is a request of its own.
   */
  readonly auth: RequestAuth<Claims>
}

/**
 * What brought an operation: Yoga's request; the `req` that the recipes for graphql-sse and graphql-ws put on the
 * context; for a WebSocket the headers of its handshake and its connection params.
 */
export function readRequestInput(context: unknown): Request | NodeRequest | WebSocketRequest | undefined {
  if (typeof context !== 'object' || context === null) return undefined
  const { request, req, extra } = context as Brought
  const found = withHeaders(request) ?? withHeaders(req) ?? withHeaders(extra?.request)
  if ('connectionParams' in context)
    return { headers: found?.headers ?? {}, connectionParams: context.connectionParams }
  return found as Request | NodeRequest | undefined
}

type MaybeRequest = { readonly headers?: HeadersInput } | null | undefined

interface Brought {
  readonly request?: MaybeRequest
  readonly req?: MaybeRequest
  readonly extra?: { readonly request?: MaybeRequest } | null
}

const withHeaders = (each: MaybeRequest): MaybeRequest => (typeof each?.headers === 'object' ? each : undefined)

/** Whether Yoga itself answers by HTTP: then a refusal has a status. */
export function isHttp(context: unknown): boolean {
  const { request } = (context ?? {}) as Brought
  return typeof request === 'object' && request !== null && !('connectionParams' in (context as object))
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
