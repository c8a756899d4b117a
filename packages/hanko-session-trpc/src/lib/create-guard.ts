import { TRPCError } from '@trpc/server'
import { asRequestAuth, type AuthState, type RequestAuth, type Session, type StateOptions } from 'hanko-session'
import { findSession } from 'hanko-session/rules'
import { toTRPCError } from './auth-error.ts'

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
export interface Admitted {
  readonly session: Session<unknown> | null
}

/** A rule, checked at construction. What refuses throws. */
export interface Rule {
  readonly isFresh: boolean
  /** Whether an answer that is served because Hanko cannot be asked is none. */
  readonly hasStepUp: boolean
  readonly admit: (state: AuthState<unknown>, auth: RequestAuth<unknown>) => Admitted
  readonly check?: ((admitted: Admitted, auth: RequestAuth<unknown>, call: Call) => Promise<void>) | undefined
}

/** All that one `.use` does. */
export function createGuard({ isFresh, hasStepUp, admit, check }: Rule): (call: Call) => Promise<never> {
  return async (call) => {
    const auth = asRequestAuth((call.ctx as { auth?: unknown } | undefined)?.auth)
    // Also a caller without a context, and one who put a `session` or an `auth` of his own there.
    if (auth === undefined) throw new TRPCError({ code: 'UNAUTHORIZED', message: NOT_GENUINE })

    const options: StateOptions = { changesState: call.type !== 'query' }
    if (isFresh) options.fresh = true
    if (call.signal !== undefined) options.signal = call.signal
    // A session that memory knows is found without a promise.
    const state = hasStepUp ? await findSession(auth, options) : (auth.known(options) ?? (await auth.state(options)))
    const admitted = admit(isFresh ? state : orMemory(state, auth, options), auth)
    if (check !== undefined) await check(admitted, auth, call)
    return call.next({ ctx: admitted })
  }
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
