import type { AuthState, RefusedFor, RequestAuth, Session } from 'hanko-session'
import type { AuthOptions } from './auth-options.ts'
import { createJudge, type OperationMemory } from './judge.ts'
import type { Requirement } from './requirement.ts'
import type { Refusal } from './resend.ts'
import type { StreamState } from './stream-of-session.ts'

/** Where `withAuth` leaves it in the extensions of a schema: copies keep them, so that one without its guards is noticed. */
export const EXTENSION = 'hankoSession'

/** What is known about one operation while it runs. */
export interface OperationState extends OperationMemory {
  /** What Hanko said when it was asked for this operation, because something in it is `fresh`. */
  fresh: AuthState<unknown> | undefined
  /** Hanko is asked now, because something that came in the same HTTP request is `fresh`. */
  mustBeFresh: boolean
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

/** Whether a session that is there may not be enough. */
export const isMoreThanSession = ({ requirement: { fresh, checks } }: Pick<Wanted, 'requirement'>): boolean =>
  fresh || checks.length > 0

/** Why a caller is refused, and for what. */
interface Refused<Want extends Wanted> {
  readonly state: RefusedFor & Pick<Refusal, 'resend'>
  readonly want: Want
}

type Found = AuthState<unknown> | RefusedFor

/** For an operation that begins. */
export function createOperationState(report: OperationMemory['report']): OperationState {
  return {
    verdicts: new Map(),
    grants: new Map(),
    report,
    fresh: undefined,
    mustBeFresh: false,
  }
}

export type Decision<Want extends Wanted> = Refused<Want> | undefined

/** What `withAuth` leaves in a schema, for its guards and for the plugin. */
export interface Enforcement {
  readonly options: AuthOptions
  /** What stood in the schema: a copy that lost it together with its guards is noticed. */
  readonly placed?: ReadonlyMap<string, Requirement>
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
    const state = recall(caller, wants)
    return state === undefined ? findOut(caller, wants) : judgeAll(caller, wants, state)
  }

  async function findOut<Want extends Wanted>(caller: Caller, wants: readonly Want[]): Promise<Decision<Want>> {
    const { auth, changesState, operation } = caller
    const stream = readStream(auth)
    let state: Found | undefined
    if (stream !== undefined) state = await settle(stream)
    else if (!needsFresh(caller, wants)) state = await auth.state({ changesState })
    if (state === undefined || mustAskNow(caller, wants, state)) {
      const fresh = await auth.state({ changesState, fresh: true })
      if (operation !== undefined) operation.fresh = fresh
      if (stream !== undefined) stream.fresh = fresh
      state = fresh
    }
    return judgeAll(caller, wants, state)
  }

  function judgeAll<Want extends Wanted>(
    caller: Caller,
    wants: readonly Want[],
    state: Found,
  ): Decision<Want> | Promise<Decision<Want>> {
    if (!('session' in state)) return { state, want: wants[0] as Want }
    const verdicts = caller.operation?.verdicts
    const open = wants.filter(({ requirement: needed }) => needed.checks.length > 0 && verdicts?.get(needed) !== 'met')
    return open.length === 0 ? undefined : judgeEach(caller, open, state.session)
  }

  /** Who lacks a right is told so first: they would sign in again for nothing. */
  async function judgeEach<Want extends Wanted>(
    { auth, context, operation }: Caller,
    wants: readonly Want[],
    session: Session<unknown>,
  ): Promise<Decision<Want>> {
    let stepUp: Decision<Want>
    for (const want of wants) {
      const { requirement, args, place } = want
      const asking = { auth, session, context, place, args: () => args }
      const verdict = operation?.verdicts?.get(requirement) ?? (await judge(requirement, asking, operation))
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

/** From now on what an operation needs is judged by the stream that it has become. */
export function holdStream(auth: RequestAuth<unknown>, stream: StreamState): void {
  streams.set(auth, stream)
}

/** Before its events are delivered a stream begins as any operation does. */
function readStream(auth: RequestAuth<unknown>): StreamState | undefined {
  const stream = streams.get(auth)
  return stream?.isRunning === true ? stream : undefined
}

/** Nobody is asked for an event: the watch knows, unless it began with an answer that is none for this work. */
async function settle(stream: StreamState): Promise<Found> {
  const watch = await stream.begin()
  return (await watch.settled()) ?? watch.state
}

/** The outcome, if it can be told at once and is good enough. */
function recall(caller: Caller, wants: readonly Wanted[]): AuthState<unknown> | undefined {
  const { auth, changesState, operation } = caller
  const stream = readStream(auth)
  let state = operation?.fresh
  if (stream !== undefined) state = stream.watch?.refusal() === undefined ? stream.watch?.state : undefined
  else if (state === undefined && !needsFresh(caller, wants)) state = auth.known({ changesState })
  return state !== undefined && mustAskNow(caller, wants, state) ? undefined : state
}

const needsFresh = ({ operation }: Caller, wants: readonly Wanted[]): boolean =>
  operation?.mustBeFresh === true || wants.some(({ requirement }) => requirement.fresh)

/**
 * Whether what was found is no answer for this work. What a watch began with may be older than something `fresh` that
 * turns up in a stream: for that Hanko is asked once, then the watch knows. And an answer that is served because Hanko
 * cannot be asked is none for such work, nor for a step-up rule.
 */
function mustAskNow(caller: Caller, wants: readonly Wanted[], state: Found): boolean {
  if (!('session' in state)) return false
  const isStale = state.session.staleSince !== undefined
  return wants.some(
    ({ requirement: { fresh, checks } }) =>
      (fresh && (isStale || !wasAsked(caller))) || (isStale && checks.some(({ kind }) => kind === 'stepUp')),
  )
}

/** Whether Hanko was asked for the operation, or for the stream it has become: that is all a delegated schema knows of. */
function wasAsked({ auth, operation }: Caller): boolean {
  return (operation?.fresh ?? readStream(auth)?.fresh)?.status === 'authenticated'
}
