import type { AuthState, RefusedFor, RequestAuth } from 'hanko-session'
import type { AuthOptions } from './auth-options.ts'
import { createJudge, type OperationMemory } from './judge.ts'
import type { Requirement } from './requirement.ts'
import type { Refusal } from './resend.ts'
import type { StreamState } from './stream-of-session.ts'

/** What is known about one operation while it runs. */
export interface OperationState extends OperationMemory {
  /** What Hanko said when it was asked for this operation, because something in it is `fresh`. */
  fresh: AuthState<unknown> | undefined
  /** Hanko is asked now, because something that came in the same HTTP request is `fresh`. */
  mustBeFresh: boolean
  /** For what goes on: a subscription, a live query. */
  stream: StreamState | undefined
}

/** Who wants something. */
interface Caller {
  readonly auth: RequestAuth<unknown>
  readonly context: unknown
  readonly changesState: boolean
  readonly operation: OperationState | undefined
}

/** Something that is wanted, and what it takes. */
export interface Wanted {
  readonly requirement: Requirement
  /** The field, or the type that turned up, for developers. */
  readonly place: string
  readonly args: Readonly<Record<string, unknown>>
}

/** Why a caller is refused, and for what. */
interface Refused<Want extends Wanted> {
  readonly state: RefusedFor & Pick<Refusal, 'resend'>
  readonly want: Want
}

/** For an operation that begins. Streams last, so nothing that was said of a session is kept for their events. */
export function createOperationState(isStream: boolean, report: OperationMemory['report']): OperationState {
  return {
    verdicts: isStream ? undefined : new Map(),
    grants: isStream ? undefined : new Map(),
    running: new Map(),
    report,
    fresh: undefined,
    mustBeFresh: false,
    stream: undefined,
  }
}

export type Decision<Want extends Wanted> = Refused<Want> | undefined

/** What `withAuth` leaves in a schema, for its guards and for the plugin. */
export interface Enforcement {
  readonly options: AuthOptions
  /** What each guard of the schema enforces, in words: a schema that lost one is noticed. */
  readonly guards: WeakMap<object, string>
  /** By the `auth` that the plugin put on the context of an operation, and nobody else could. */
  readonly operations: WeakMap<RequestAuth<unknown>, OperationState>
  /**
   * Whether a caller is refused what they want, all at once. A promise only where somebody has to be asked: a list has
   * a field a thousand times.
   */
  decide<Want extends Wanted>(caller: Caller, wants: readonly Want[]): Decision<Want> | Promise<Decision<Want>>
}

export function createEnforcement(options: AuthOptions): Enforcement {
  const judge = createJudge(options)

  function decide<Want extends Wanted>(
    caller: Caller,
    wants: readonly Want[],
  ): Decision<Want> | Promise<Decision<Want>> {
    const [first] = wants
    if (first === undefined) return undefined
    const state = recall(caller, wants)
    if (state === undefined) return findOut(caller, wants, first)
    if (state.status !== 'authenticated') return { state, want: first }
    for (const want of wants) {
      if (want.requirement.checks.length === 0) continue
      if (caller.operation?.verdicts?.get(want.requirement) !== 'met') return judgeAll(caller, wants, state)
    }
    return undefined
  }

  async function findOut<Want extends Wanted>(caller: Caller, wants: readonly Want[], first: Want) {
    const { auth, changesState, operation } = caller
    const stream = readStream(caller)
    if (stream?.isRunning === true) return findInStream(caller, wants, first, stream)
    let state = needsFresh(caller, wants) ? undefined : await auth.state({ changesState })
    if (state === undefined || isTooStale(wants, state)) {
      state = await auth.state({ changesState, fresh: true })
      if (operation !== undefined) operation.fresh = state
    }
    return state.status === 'authenticated' ? judgeAll(caller, wants, state) : { state, want: first }
  }

  /** Nobody is asked for an event: the watch knows, unless it began with an answer that is none for this work. */
  async function findInStream<Want extends Wanted>(
    caller: Caller,
    wants: readonly Want[],
    first: Want,
    stream: StreamState,
  ) {
    const watch = stream.watch ?? (await stream.begin())
    const { state } = watch
    if (state.status !== 'authenticated') return { state, want: first }
    const refused = await watch.settled()
    if (refused !== undefined) return { state: refused, want: first }
    const { auth, changesState } = caller
    const found = isTooStale(wants, state) ? await auth.state({ changesState, fresh: true }) : state
    return found.status === 'authenticated' ? judgeAll(caller, wants, found) : { state: found, want: first }
  }

  /** Who lacks a right is told so first: they would sign in again for nothing. */
  async function judgeAll<Want extends Wanted>(
    caller: Caller,
    wants: readonly Want[],
    { session }: Extract<AuthState<unknown>, { status: 'authenticated' }>,
  ): Promise<Decision<Want>> {
    let stepUp: Decision<Want>
    for (const want of wants) {
      const { requirement, args, place } = want
      if (requirement.checks.length === 0) continue
      const known = caller.operation?.verdicts?.get(requirement)
      const asking = { auth: caller.auth, session, context: caller.context, place, args: () => args }
      const verdict = known ?? (await judge(requirement, asking, caller.operation))
      if (verdict === 'met') continue
      if (verdict.reason === 'forbidden') return { state: verdict, want }
      stepUp ??= { state: verdict, want }
    }
    return stepUp
  }

  return { options, guards: new WeakMap(), operations: new WeakMap(), decide }
}

/** By the `auth` of its operation: what it delegates to another schema has guards that know nothing of the operation. */
const streams = new WeakMap<RequestAuth<unknown>, StreamState>()

export function holdStream(auth: RequestAuth<unknown>, stream: StreamState): StreamState {
  streams.set(auth, stream)
  return stream
}

const readStream = ({ auth, operation }: Caller): StreamState | undefined =>
  operation === undefined ? streams.get(auth) : operation.stream

/** The outcome, if it can be told at once and is good enough. */
function recall(caller: Caller, wants: readonly Wanted[]): AuthState<unknown> | undefined {
  const { auth, changesState, operation } = caller
  const stream = readStream(caller)
  if (stream?.isRunning === true) {
    const { watch } = stream
    if (watch === undefined || watch.refusal() !== undefined || isTooStale(wants, watch.state)) return undefined
    return watch.state
  }
  if (operation?.fresh !== undefined) return operation.fresh
  if (needsFresh(caller, wants)) return undefined
  const known = auth.known({ changesState })
  return known !== undefined && isTooStale(wants, known) ? undefined : known
}

const needsFresh = ({ operation }: Caller, wants: readonly Wanted[]): boolean =>
  operation?.mustBeFresh === true || wants.some(({ requirement }) => requirement.fresh)

/** An answer that is served because Hanko cannot be asked is none for work with a step-up rule, or that asks now. */
function isTooStale(wants: readonly Wanted[], state: AuthState<unknown>): boolean {
  if (state.status !== 'authenticated' || state.session.staleSince === undefined) return false
  return wants.some(({ requirement: { fresh, checks } }) => fresh || checks.some(({ kind }) => kind === 'stepUp'))
}
