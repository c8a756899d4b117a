/**
 * What a middleware of ours asks of a caller. It stands on the middleware, so that a batch can be read before its
 * first call runs, and a whole router without running anything.
 */
export interface Demand {
  readonly who: 'public' | 'optional' | 'session'
  readonly isFresh: boolean
  /** What it asks for besides, for people. */
  readonly words: readonly string[]
  /** It asks for what the procedure's meta says; for its own only where that says nothing. */
  readonly isByMeta?: true
}

/** In the registry of symbols: an app may have two copies of this package, and either must read the other's. */
const DEMAND = Symbol.for('hanko-session-trpc.demand')

const PUBLIC: Demand = Object.freeze({ who: 'public', isFresh: false, words: [] })

export function withDemand(demand: Demand, middleware: object): unknown {
  return Object.assign(middleware, { [DEMAND]: Object.freeze(demand) })
}

export function readDemand(middleware: unknown): Demand | undefined {
  return typeof middleware === 'function' && Object.hasOwn(middleware, DEMAND)
    ? (middleware as unknown as { [DEMAND]: Demand })[DEMAND]
    : undefined
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
  return middlewares.flatMap((middleware) => {
    const demand = readDemand(middleware)
    if (demand === undefined) return []
    const auth = demand.isByMeta === true ? readMetaAuth(meta) : undefined
    return [auth === undefined ? demand : toMetaDemand(auth)]
  })
}

/** What `auth` in a procedure's meta says. What code has put on every object is nobody's meta. */
export function readMetaAuth(meta: unknown): unknown {
  return typeof meta === 'object' && meta !== null && Object.hasOwn(meta, 'auth')
    ? (meta as { auth: unknown }).auth
    : undefined
}

/** @throws {TypeError} for what is no rule */
export function toMetaDemand(auth: unknown): Demand {
  const demand = auth === 'public' ? PUBLIC : readDemand(auth)
  if (demand === undefined || demand.isByMeta === true) throw new TypeError(NO_RULE)
  return demand
}

const NO_RULE = "meta.auth must be 'public', requireSession(), optionalSession() or requires(...)"
