import { type ExecutionArgs, type ExecutionResult, getOperationAST } from 'graphql'
import type { RequestAuth } from 'hanko-session'
import { toFieldError, toOperationError } from './auth-error.ts'
import { closeSocketWhenIdle } from './close-socket.ts'
import { createOperationState, type Decision, holdStream, type OperationState } from './enforcement.ts'
import type { Batches } from './gather-batch.ts'
import { noSessionOn } from './guard-field.ts'
import { changesState, type HankoContext, isHttp, readRequestAuth, readRequestInput } from './hanko-context.ts'
import type { Inspected } from './inspect-schema.ts'
import type { Need } from './operation-needs.ts'
import type { Reporter } from './report-only.ts'
import { createStreamState, type StreamState, streamOfSession } from './stream-of-session.ts'

/** What an operation is begun with, by one plugin. */
export interface Beginning {
  readonly partial: boolean
  readonly reporter: Reporter | undefined
  readonly batches: Batches
}

/** What envelop says before an operation is executed. */
export interface BeforeExecution<Claims> {
  readonly args: ExecutionArgs
  extendContext(extension: HankoContext<Claims>): void
  setResultAndStopExecution(result: ExecutionResult): void
}

/** An operation that was let run, or answered in its place. */
export interface Begun {
  /** Holds what goes on, a subscription or a live query, to the life of its session. */
  hold(results: AsyncIterable<ExecutionResult>): AsyncIterable<ExecutionResult>
}

const UNBOUND: Begun = { hold: (results) => results }

/**
 * Lets an operation run, or answers in its place: looks up what it needs, and decides about all of it at once.
 * Synchronous when nobody has to be asked.
 */
export function beginOperation<Claims>(
  before: BeforeExecution<Claims>,
  { needs, hasFresh, turnsUp, enforcement }: Inspected,
  { partial, reporter, batches }: Beginning,
): Begun | Promise<Begun> {
  const { args } = before
  const operation = getOperationAST(args.document, args.operationName)
  if (!operation) return UNBOUND // the executor says what is wrong
  const context: unknown = args.contextValue
  // Its resolvers are judged as the operation is: a query is a read, though it came by POST.
  const changes = changesState(operation)
  const auth = (readRequestAuth(context) as RequestAuth<Claims> | undefined)?.forOperation({ changesState: changes })
  if (auth !== undefined) before.extendContext({ auth })
  const holdFor = (by: RequestAuth<Claims>, isUnbound: boolean): StreamState =>
    holdStream(
      by,
      createStreamState(isUnbound, () => by.watch({ changesState: changes })),
    )
  // Nothing here needs a session, but what is delegated to another schema may.
  if (enforcement === undefined)
    return auth === undefined ? UNBOUND : { hold: (results) => streamOfSession(results, holdFor(auth, true), () => {}) }

  const needed = needs.find(args.document, operation, args.variableValues)
  const [first] = needed
  if (auth === undefined) {
    if (first === undefined) return UNBOUND
    throw noSessionOn(`The field ${first.place}`)
  }

  const isStream = operation.operation === 'subscription'
  // What is kept costs something: nothing is for an operation that asks for a session and no more.
  const isKept = isStream || turnsUp || reporter !== undefined || needed.some(isMoreThanSession)
  const state = isKept ? createOperationState(isStream, reporter?.forOperation()) : undefined
  if (state !== undefined) enforcement.operations.set(auth, state)

  const begin = (isUnbound: boolean): Begun => {
    const hold: Begun['hold'] = (results) => {
      const stream = holdFor(auth, isUnbound)
      const kept = state ?? createOperationState(true, undefined)
      enforcement.operations.set(auth, kept)
      keepNothing(kept)
      kept.stream = stream
      return streamOfSession(results, stream, (why) => closeSocketWhenIdle(context, why))
    }
    return { hold }
  }

  function conclude(refused: Decision<Need>): Begun {
    if (refused !== undefined && !partial) {
      const { node } = refused.want
      const error = isHttp(context)
        ? toOperationError(refused.state, node)
        : toFieldError(refused.state, { nodes: [node], path: undefined })
      before.setResultAndStopExecution({ errors: [error] })
    }
    // Where fields are refused one by one, what runs is what needs no session.
    return begin(refused !== undefined)
  }

  if (first === undefined) return begin(true)
  const caller = { auth, context, changesState: changes, operation: state }
  const becomeFresh = (): void => {
    caller.operation ??= createOperationState(isStream, undefined)
    caller.operation.mustBeFresh = true
    enforcement.operations.set(auth, caller.operation)
  }
  const others = hasFresh ? batches.gather(readRequestInput(context), needed.some(isFresh)) : undefined
  const refused =
    others === undefined
      ? enforcement.decide(caller, needed)
      : others.then((mustBeFresh) => {
          if (mustBeFresh) becomeFresh()
          return enforcement.decide(caller, needed)
        })
  return refused !== undefined && 'then' in refused ? refused.then(conclude) : conclude(refused)
}

const isMoreThanSession = ({ requirement }: Need): boolean => requirement.fresh || requirement.checks.length > 0
const isFresh = ({ requirement }: Need): boolean => requirement.fresh

/** What goes on is judged anew for each event. */
function keepNothing(state: OperationState): void {
  state.verdicts = undefined
  state.grants = undefined
}
