import type { TRPCMiddlewareFunction } from '@trpc/server'
import type { RequestAuth, Session } from 'hanko-session'
import { createGuard, toSession } from './create-guard.ts'

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
  return createGuard({
    who: 'session',
    admit: (state) => ({ session: toSession(state) }),
  }) as unknown as ReturnType<typeof requireSession<Claims>>
}
