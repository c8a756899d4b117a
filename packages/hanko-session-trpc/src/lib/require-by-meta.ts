import type { AnyTRPCMiddlewareFunction, TRPCMiddlewareFunction } from '@trpc/server'
import type { Call } from './create-guard.ts'
import { readOwn, toDemand, withDemand } from './demand.ts'
import type { OptionalSessionContext } from './optional-session.ts'
import { requireSession, type WithAuth } from './require-session.ts'

/** What a procedure can say in its meta: `initTRPC.meta<AuthMeta>()`, or with more of your own. */
export interface AuthMeta {
  /** `'public'`, or what `requireSession`, `optionalSession` or `requires` returned. */
  readonly auth?: 'public' | AnyTRPCMiddlewareFunction
}

/** What `requireByMeta` adds. The type does not know the meta: `.use(requireSession())` after it narrows. */
export type ByMetaContext<Claims = Readonly<Record<string, unknown>>> = Pick<OptionalSessionContext<Claims>, 'session'>

/**
 * A middleware that does what `.meta({ auth })` of the procedure says, and by default asks for a session: a procedure
 * that says nothing is protected, `'public'` has to be said. For default-deny, make it the base of every procedure.
 *
 * @param fallback what a procedure that says nothing asks for
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import { createSessionValidator, type RequestAuth } from 'hanko-session'
 * import { type AuthMeta, requireByMeta, requires } from 'hanko-session-trpc'
 *
 * const hanko = createSessionValidator()
 * const t = initTRPC.context<{ auth: RequestAuth }>().meta<AuthMeta>().create()
 * const procedure = t.procedure.use(requireByMeta())
 *
 * export const router = t.router({
 *   me: procedure.query(({ ctx }) => ctx.session?.userId),
 *   hello: procedure.meta({ auth: 'public' }).query(() => 'hello'),
 *   closeAccount: procedure.meta({ auth: requires(hanko, { maxAge: '5m' }) }).mutation(() => 'closed'),
 * })
 * ```
 *
 * A meta that is no rule fails the call, and `authSurface` names it.
 *
 * @throws {TypeError} when `fallback` is none of the middlewares of this package
 */
export function requireByMeta<Claims>(
  fallback: AnyTRPCMiddlewareFunction = requireSession(),
): TRPCMiddlewareFunction<WithAuth<Claims>, object, object, ByMetaContext<Claims>, unknown> {
  const demand = toDemand(fallback)
  return withDemand({ ...demand, isByMeta: true }, async (call: Call): Promise<never> => {
    const said = readOwn(call.meta, 'auth')
    const auth = said === undefined ? fallback : said
    if (toDemand(auth).who === 'public') return call.next({ ctx: { session: null } })
    return (await (auth as AnyTRPCMiddlewareFunction)(call as never)) as never
  }) as unknown as ReturnType<typeof requireByMeta<Claims>>
}
