import type { AnyTRPCRouter } from '@trpc/server'
import { type Demand, demandAt, listDemands, type ProcedureLike } from './demand.ts'

/**
 * Lists every procedure of a router with what it asks of a caller, sorted by path; lazy routers are loaded. Made to be
 * kept as a snapshot in your tests: then "this change makes `user.email` public" shows in the review.
 *
 * It knows the middlewares of this package. What another one of yours asks for is not seen: `public` means that none of
 * ours stands there.
 *
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import type { RequestAuth } from 'hanko-session'
 * import { authSurface, requireSession } from 'hanko-session-trpc'
 *
 * const t = initTRPC.context<{ auth: RequestAuth }>().create()
 * const appRouter = t.router({
 *   hello: t.procedure.query(() => 'hello'),
 *   me: t.procedure.use(requireSession()).query(({ ctx }) => ctx.session.userId),
 * })
 * console.log(await authSurface(appRouter)) // { hello: 'query: public', me: 'query: session' }
 * ```
 *
 * @throws {TypeError} that names the procedure whose `meta.auth` is no rule
 */
export async function authSurface(router: AnyTRPCRouter): Promise<Record<string, string>> {
  const { procedures, lazy } = router._def as unknown as RouterDefLike
  for (let waiting = Object.values(lazy); waiting.length > 0; waiting = Object.values(lazy))
    for (const loader of waiting) await loader.load()
  const paths = Object.keys(procedures).toSorted()
  return Object.fromEntries(paths.map((path) => [path, describe(path, procedures[path] as ProcedureLike)]))
}

interface RouterDefLike {
  readonly procedures: Readonly<Record<string, ProcedureLike>>
  /** Those that were not loaded yet: one that was takes itself out, and may put others in. */
  readonly lazy: Readonly<Record<string, { load(): Promise<void> }>>
}

function describe(path: string, procedure: ProcedureLike): string {
  const demands = listDemandsOf(path, procedure)
  const who = (['session', 'optional'] as const).find((wanted) => demands.some((demand) => demand.who === wanted))
  const words = [
    who ?? 'public',
    ...demands.flatMap((demand) => demand.words ?? []),
    ...(demands.some(({ isFresh }) => isFresh) ? ['fresh'] : []),
    ...(who === 'session' && readsInputFirst(procedure) ? ['AFTER ITS INPUT IS READ'] : []),
  ]
  return `${procedure._def.type}: ${[...new Set(words)].join(', ')}`
}

function listDemandsOf(path: string, procedure: ProcedureLike): Demand[] {
  try {
    return listDemands(procedure)
  } catch (cause) {
    throw new TypeError(`${path}: ${(cause as TypeError).message}`, { cause })
  }
}

/** Then who is signed out learns something of the schema. tRPC marks the middleware of a parser so. */
function readsInputFirst({ _def: { meta, middlewares = [] } }: ProcedureLike): boolean {
  const first = middlewares.findIndex((middleware) => demandAt(middleware, meta)?.who === 'session')
  return middlewares.slice(0, first).some((middleware) => (middleware as { _type?: unknown })._type === 'input')
}
