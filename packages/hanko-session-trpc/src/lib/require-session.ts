import { TRPCError, type TRPCMiddlewareFunction } from '@trpc/server'
import { asRequestAuth, type RequestAuth, type Session } from 'hanko-session'
import { toTRPCError } from './auth-error.ts'

/** What `requireSession` needs of the context. */
export interface WithAuth<Claims = Readonly<Record<string, unknown>>> {
  readonly auth: RequestAuth<Claims>
}

/** What it adds. */
export interface SessionContext<Claims = Readonly<Record<string, unknown>>> {
  session: Session<Claims>
}

/**
 * A middleware that lets a call through only with a live session, which is then `ctx.session`. It needs `auth:
 * hankoAuth(...)` on the context and runs before the input is parsed, so put it before `.input()`:
 * who is signed out learns nothing of the schema.
 *
 * Mutations and subscriptions, and everything over a WebSocket, take the session cookie only from a trusted origin.
 *
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import { createSessionValidator } from 'hanko-session'
 * import { hankoAuth, requireSession, withAuthError } from 'hanko-session-trpc'
 *
 * const hanko = createSessionValidator()
 * const createContext = (options: { headers: Headers }) => ({ auth: hankoAuth(hanko, options) })
 *
 * const t = initTRPC.context<typeof createContext>().create({ errorFormatter: withAuthError() })
 * export const protectedProcedure = t.procedure.use(requireSession())
 * export const me = protectedProcedure.query(({ ctx }) => ({ id: ctx.session.userId }))
 * ```
 *
 * The calls it refuses get a `TRPCError`: UNAUTHORIZED, BAD_REQUEST for a malformed Authorization, FORBIDDEN for
 * another site's request, SERVICE_UNAVAILABLE or GATEWAY_TIMEOUT when Hanko cannot be asked. Its `cause` is a
 * `HankoAuthError`.
 */
export function requireSession<Claims>(): TRPCMiddlewareFunction<
  WithAuth<Claims>,
  object,
  object,
  SessionContext<Claims>,
  unknown
> {
  return async ({ ctx, type, signal, next }) => {
    const auth = asRequestAuth((ctx as { auth?: unknown } | undefined)?.auth) as RequestAuth<Claims> | undefined
    // Also a caller without a context, and one who put a `session` or an `auth` of his own there.
    if (auth === undefined) throw new TRPCError({ code: 'UNAUTHORIZED', message: NOT_GENUINE })

    const changesState = type !== 'query'
    // A session that memory knows is found without a promise.
    const state =
      auth.known({ changesState }) ?? (await auth.state({ changesState, ...(signal === undefined ? {} : { signal }) }))
    if (state.status !== 'authenticated') throw toTRPCError(state)
    return next({ ctx: { session: state.session } })
  }
}

const NOT_GENUINE = 'No session was looked for: createContext must return `auth: hankoAuth(hanko, options)`.'
