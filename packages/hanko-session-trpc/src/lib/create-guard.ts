import { TRPCError } from '@trpc/server'
import { asRequestAuth, type AuthState, type RequestAuth, type Session, type StateOptions } from 'hanko-session'
import { findSession } from 'hanko-session/rules'
import { toTRPCError } from './auth-error.ts'
import { type Demand, withDemand } from './demand.ts'
import { deliver, isStream } from './deliver.ts'
import { countCall, countStream } from './socket-runs.ts'

/** What a middleware is called with; `ctx`, `input` and `meta` are the user's. */
export interface Call {
  readonly ctx: object
  readonly type: string
  readonly path: string
  readonly input: unknown
  readonly meta: unknown
  readonly signal: AbortSignal | undefined
  next(options: { ctx: object }): Promise<never>
}

/** What a rule adds to the context of whom it lets through. */
interface Admitted {
  readonly session: Session<unknown> | null
}

/** A rule, checked at construction. What refuses throws. */
export interface Rule extends Demand {
  /** Whether an answer that is served because Hanko cannot be asked is none. */
  readonly hasStepUp?: boolean
  readonly admit: (state: AuthState<unknown>, auth: RequestAuth<unknown>) => Admitted
  readonly check?: ((admitted: Admitted, auth: RequestAuth<unknown>, call: Call) => Promise<void>) | undefined
}

/** All that one `.use` does. */
export function createGuard(rule: Rule): (call: Call) => Promise<never> {
  return withDemand(rule, (call: Call) => {
    const auth = asRequestAuth((call.ctx as { auth?: unknown } | undefined)?.auth)
    // Also a caller without a context, and one who put a `session` or an `auth` of his own there.
    if (auth === undefined) return Promise.reject(new TRPCError({ code: 'UNAUTHORIZED', message: NOT_GENUINE }))
    return countCall(auth, () => guard(rule, auth, call))
  })
}

async function guard(rule: Rule, auth: RequestAuth<unknown>, call: Call): Promise<never> {
  const { isFresh = false, hasStepUp = false, admit, check } = rule
  const { type, signal } = call
  const options: StateOptions = { changesState: type !== 'query' }
  if (isFresh) options.fresh = true
  if (signal !== undefined) options.signal = signal
  // Where another middleware of ours has begun to watch, that ends the stream.
  let watch = type === 'subscription' && auth.signal === undefined ? await beginWatch(rule, auth, options) : undefined
  try {
    const state =
      watch?.state ??
      // A session that memory knows is found without a promise.
      (hasStepUp ? await findSession(auth, options) : (auth.known(options) ?? (await auth.state(options))))
    const admitted = admit(isFresh || hasStepUp || watch !== undefined ? state : orMemory(state, auth, options), auth)
    if (check !== undefined) await check(admitted, auth, call)
    const isAnonymous = admitted.session === null
    const ctx = watch === undefined || isAnonymous ? admitted : { ...admitted, auth: watch.auth }
    const result = await call.next({ ctx })
    if (isAnonymous || auth.signal !== undefined || !isStream(result)) return result
    watch = countStream(auth, watch ?? (await auth.watch(options)))
    const delivered = deliver(result, watch, signal) // an observable that cannot begin throws here
    watch = undefined // from here on, the stream releases it
    return delivered
  } finally {
    watch?.release()
  }
}

async function beginWatch({ hasStepUp }: Rule, auth: RequestAuth<unknown>, options: StateOptions) {
  const watch = await auth.watch(options)
  const isStale = watch.state.status === 'authenticated' && watch.state.session.staleSince !== undefined
  if (hasStepUp !== true || !isStale) return watch
  watch.release()
  return auth.watch({ ...options, fresh: true })
}

/** In a batch that is found out about afresh, an outage does not take from its other calls what memory gives them. */
function orMemory(state: AuthState<unknown>, auth: RequestAuth<unknown>, options: StateOptions): AuthState<unknown> {
  return state.status === 'unavailable' ? (auth.known({ ...options, fresh: false }) ?? state) : state
}

export function toSession(state: AuthState<unknown>): Session<unknown> {
  if (state.status === 'authenticated') return state.session
  throw toTRPCError(state)
}

const NOT_GENUINE = 'No session was looked for: createContext must return `auth: hankoAuth(hanko, options)`.'
