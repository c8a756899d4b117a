/**
 * What a middleware of ours asks of a caller. It stands on the middleware, so that a batch can be read before its
 * first call runs, and a whole router without running anything.
 */
export interface Demand {
  readonly who: 'public' | 'optional' | 'session'
  /** Whether Hanko is asked now. */
  readonly isFresh?: boolean
  /** What it asks for besides, for people. */
  readonly words?: readonly string[]
  /** It asks for what the procedure's meta says; for its own only where that says nothing. */
  readonly isByMeta?: true
}

/** In the registry of symbols: an app may have two copies of this package, and either must read the other's. */
const DEMAND = Symbol.for('hanko-session-trpc.demand')

/** Not enumerable: who wraps a middleware and copies what stands on it has made another one, of which nothing is known. */
export function withDemand<Middleware extends object>(demand: Demand, middleware: Middleware): Middleware {
  return Object.defineProperty(middleware, DEMAND, { value: demand })
}

function readDemand(middleware: unknown): Demand | undefined {
  return readOwn(middleware, DEMAND) as Demand | undefined
}

/** As much as is read of a procedure, of any version of tRPC 11. */
export interface ProcedureLike {
  readonly _def: {
    readonly type: string
    readonly meta?: unknown
    readonly middlewares?: readonly unknown[] | undefined
  }
}

/**
 * What a procedure asks for, by its middlewares in their order.
 * @throws {TypeError} when its meta says something that is no rule
 */
export function listDemands({ _def: { meta, middlewares = [] } }: ProcedureLike): Demand[] {
  return middlewares.flatMap((middleware) => demandAt(middleware, meta) ?? [])
}

/** A call of a request, as far as `info` of tRPC tells of it. */
export interface CallLike {
  readonly procedure: ProcedureLike | null
}

/**
 * What the calls of a request ask for.
 * @throws {TypeError} when the meta of one says something that is no rule
 */
export function listDemandsOf(calls: readonly CallLike[]): Demand[] {
  return calls.flatMap(({ procedure }) => (procedure === null ? [] : listDemands(procedure)))
}

/**
 * What a middleware asks for in a procedure with this meta.
 * @throws {TypeError} when the meta says something that is no rule
 */
export function demandAt(middleware: unknown, meta: unknown): Demand | undefined {
  const demand = readDemand(middleware)
  const auth = demand?.isByMeta === true ? readOwn(meta, 'auth') : undefined
  return auth === undefined ? demand : toDemand(auth)
}

/**
 * What the `auth` of a meta asks for.
 * @throws {TypeError} for what is no rule
 */
export function toDemand(auth: unknown): Demand {
  const demand: Demand | undefined = auth === 'public' ? { who: auth } : readDemand(auth)
  if (demand === undefined || demand.isByMeta === true)
    throw new TypeError("auth must be 'public', requireSession(), optionalSession() or requires(...)")
  return demand
}

/** What code has put on every object is nobody's meta. */
export function readOwn(from: unknown, name: string | symbol): unknown {
  return Object.hasOwn(from ?? {}, name) ? (from as Record<string | symbol, unknown>)[name] : undefined
}
