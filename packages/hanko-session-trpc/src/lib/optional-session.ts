import type { TRPCMiddlewareFunction } from '@trpc/server'
import type { AuthState, Session } from 'hanko-session'
import { createGuard } from './create-guard.ts'
import type { WithAuth } from './require-session.ts'

/** What `optionalSession` adds. */
export interface OptionalSessionContext<Claims = Readonly<Record<string, unknown>>> {
  /** `null` when there is none that can be used, also when that is because nobody can tell right now. */
  session: Session<Claims> | null
  /** Why: `unauthenticated`, or `unavailable`, which is no sign-out. */
  authState: AuthState<Claims>
}

/**
 * A middleware that refuses nobody: `ctx.session` is a session or `null`, and `ctx.authState` tells why it is null.
 * In an outage of Hanko the call runs with `null` and `ctx.authState.status` is `unavailable`: do not show that as
 * signed out. Another site's mutation or subscription runs without a session.
 *
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import type { RequestAuth } from 'hanko-session'
 * import { optionalSession } from 'hanko-session-trpc'
 *
 * const t = initTRPC.context<{ auth: RequestAuth }>().create()
 *
 * export const greeting = t.procedure.use(optionalSession()).query(({ ctx }) => {
 *   if (ctx.session !== null) return `Hello ${ctx.session.email?.address ?? 'you'}`
 *   return ctx.authState.status === 'unavailable' ? 'Hello, whoever you are' : 'Hello stranger'
 * })
 * ```
 */
export function optionalSession<Claims>(): TRPCMiddlewareFunction<
  WithAuth<Claims>,
  object,
  object,
  OptionalSessionContext<Claims>,
  unknown
> {
  return createGuard({
    who: 'optional',
    admit: (state) => ({ session: state.status === 'authenticated' ? state.session : null, authState: state }),
  }) as unknown as ReturnType<typeof optionalSession<Claims>>
}
