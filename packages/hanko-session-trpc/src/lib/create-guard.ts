import { TRPCError } from '@trpc/server'
import {
  asRequestAuth,
  type AuthState,
  type RequestAuth,
  type Session,
  type SessionWatch,
  type StateOptions,
} from 'hanko-session'
import { toTRPCError } from './auth-error.ts'
import { type Demand, withDemand } from './demand.ts'
import { deliver, isStream } from './deliver.ts'
import { countCall } from './socket-runs.ts'

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
  /** Whether an answer that is served because Hanko cannot be asked is none for it. */
  readonly hasStepUp?: boolean
  readonly admit: (state: AuthState<unknown>, auth: RequestAuth<unknown>) => Admitted
  readonly check?:
    | ((admitted: Admitted, auth: RequestAuth<unknown>, call: Call) => Promise<void> | undefined)
    | undefined
}

/** All that one `.use` does. A session that memory knows is found without a promise. */
export function createGuard(rule: Rule): (call: Call) => Promise<never> {
  return withDemand(rule, (call: Call) => {
    const auth = asRequestAuth((call.ctx as { auth?: unknown } | undefined)?.auth)
    // Also a caller without a context, and one who put a `session` or an `auth` of his own there.
    if (auth === undefined) return refuse(new TRPCError({ code: 'UNAUTHORIZED', message: NOT_GENUINE }))
    return countCall(auth, () => guard(rule, auth, call))
  })
}

/** This and what it calls are functions of the module: closures would be made for each call, needed or not. */
function guard(rule: Rule, auth: RequestAuth<unknown>, call: Call): Promise<never> {
  const { type } = call
  // Where another middleware of ours has begun to watch, that ends the stream.
  if (type === 'subscription' && auth.signal === undefined) return passStream(rule, auth, call)
  const known = rule.isFresh === true ? undefined : auth.known(type === 'query' ? QUERY : CHANGE)
  if (known === undefined || isTooStale(rule, known)) return passLater(rule, auth, call)
  try {
    return pass(rule, auth, call, known)
  } catch (error) {
    return refuse(error)
  }
}

const QUERY = Object.freeze({ changesState: false })
const CHANGE = Object.freeze({ changesState: true })

function toOptions({ isFresh }: Rule, { type, signal }: Call): StateOptions {
  const options: StateOptions = { changesState: type !== 'query' }
  if (isFresh === true) options.fresh = true
  if (signal !== undefined) options.signal = signal
  return options
}

function pass(
  rule: Rule,
  auth: RequestAuth<unknown>,
  call: Call,
  state: AuthState<unknown>,
  watch?: SessionWatch<unknown>,
): Promise<never> {
  const admitted = rule.admit(state, auth)
  const isWatched = admitted.session !== null && auth.signal === undefined
  const ctx = isWatched && watch !== undefined ? { ...admitted, auth: watch.auth } : admitted
  const checking = rule.check?.(admitted, auth, call)
  const result = checking === undefined ? call.next({ ctx }) : checking.then(() => call.next({ ctx }))
  if (!isWatched) return result
  // A query may turn out to stream.
  return result.then((answer) =>
    isStream(answer) ? deliver(answer, auth, watch ?? auth.watch(toOptions(rule, call)), call.signal) : answer,
  )
}

async function passLater(rule: Rule, auth: RequestAuth<unknown>, call: Call): Promise<never> {
  const options = toOptions(rule, call)
  let state = await auth.state(options)
  if (isTooStale(rule, state)) state = await auth.state({ ...options, fresh: true })
  // In a batch that is found out about afresh, an outage does not take from its other calls what memory gives them.
  // But a batch is one decision: `staleIfError` never serves one that a `fresh` call had made afresh.
  if (state.status === 'unavailable' && rule.isFresh !== true && rule.hasStepUp !== true)
    state = auth.known({ ...options, fresh: false }) ?? state
  return pass(rule, auth, call, state)
}

async function passStream(rule: Rule, auth: RequestAuth<unknown>, call: Call): Promise<never> {
  const options = toOptions(rule, call)
  let watch = await auth.watch(options)
  if (isTooStale(rule, watch.state)) {
    watch.release()
    watch = await auth.watch({ ...options, fresh: true })
  }
  let isDelivered = false
  try {
    const result = await pass(rule, auth, call, watch.state, watch)
    // Then the stream releases it. Without a session there is nothing to release.
    isDelivered = isStream(result)
    return result
  } finally {
    if (!isDelivered) watch.release()
  }
}

/** An answer that is served because Hanko cannot be asked is none for a step-up rule: then Hanko is asked. */
function isTooStale({ hasStepUp }: Rule, state: AuthState<unknown>): boolean {
  return hasStepUp === true && state.status === 'authenticated' && state.session.staleSince !== undefined
}

async function refuse(error: unknown): Promise<never> {
  throw error
}

export function toSession(state: AuthState<unknown>): Session<unknown> {
  if (state.status === 'authenticated') return state.session
  throw toTRPCError(state)
}

const NOT_GENUINE = 'No session was looked for: createContext must return `auth: hankoAuth(hanko, options)`.'
