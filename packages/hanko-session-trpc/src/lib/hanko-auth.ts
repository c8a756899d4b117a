import type { RequestAuth, RequestInput, SessionValidator } from 'hanko-session'
import { type CallLike, listDemandsOf } from './demand.ts'
import { closeWithSession, type SocketLike } from './socket-runs.ts'
import { type AuthOptions, isWebSocket, toRequestInput } from './to-request-input.ts'

/**
 * Finds out who is behind a request: lazily, and once per HTTP request, so once for a batch. A public procedure that
 * does not look costs no call to Hanko. Over a WebSocket every call is checked again, because tRPC makes the
 * context once per socket. Never throws: tRPC would then fail every call, the public ones too.
 *
 * @param options what `createContext` gets from the adapter, or anything with the headers of the request
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import { createSessionValidator } from 'hanko-session'
 * import { hankoAuth } from 'hanko-session-trpc'
 *
 * const hanko = createSessionValidator()
 * export const createContext = (options: { req: Request }) => ({ auth: hankoAuth(hanko, options) })
 *
 * const t = initTRPC.context<typeof createContext>().create()
 * // An optional session. An outage is a state of its own, not "signed out".
 * export const greeting = t.procedure.query(async ({ ctx }) => {
 *   const state = await ctx.auth.state({ changesState: false })
 *   return state.status === 'authenticated' ? `Hello ${state.session.email?.address}` : 'Hello stranger'
 * })
 * ```
 */
export function hankoAuth<Claims>(hanko: SessionValidator<Claims>, options: AuthOptions): RequestAuth<Claims> {
  let input = options as RequestInput
  let socket: SocketLike | undefined
  // What holds for all calls of the request, where the adapter says so.
  let defaults: { changesState: boolean; fresh?: boolean } | undefined
  try {
    input = toRequestInput(options)
    const { res, info } = options as { res?: unknown; info?: InfoLike | null }
    if (isWebSocket(res)) socket = res
    const { type, calls = [] } = info ?? {}
    if (type === 'query' || type === 'mutation' || type === 'subscription') {
      // A subscription over SSE is a GET, and a query of many inputs a POST: what counts is what the request does.
      defaults = { changesState: type !== 'query' }
      // A batch is one decision, as fresh as the strictest of its calls needs it: else Hanko would be asked twice.
      if (calls.length > 1 && listDemandsOf(calls).some((demand) => demand.isFresh)) defaults.fresh = true
    }
  } catch {
    // A getter threw, and the validator cannot read it, either; or a meta is no rule, and its call will fail.
  }
  const auth = hanko.forRequest(input, defaults)
  if (socket !== undefined) closeWithSession(auth, socket)
  return auth
}

interface InfoLike {
  readonly type?: unknown
  readonly calls?: readonly CallLike[]
}
