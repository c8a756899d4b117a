import { type ExecutionArgs, type ExecutionResult, getOperationAST } from 'graphql'
import type { RequestAuth } from 'hanko-session'
import { admit, type Admission } from './admission.ts'
import { toFieldError, toOperationError } from './auth-error.ts'
import { closeSocketWhenIdle } from './close-socket.ts'
import {
  createOperationState,
  type Decision,
  holdStream,
  isMoreThanSession,
  type OperationState,
} from './enforcement.ts'
import type { Batches } from './gather-batch.ts'
import { noSessionOn } from './guard-field.ts'
import { changesState, type HankoContext, isHttp, readRequestAuth, readRequestInput } from './hanko-context.ts'
import type { Inspected } from './inspect-schema.ts'
import type { Need } from './operation-needs.ts'
import type { Reporter } from './report-only.ts'
import { createStreamState, streamOfSession } from './stream-of-session.ts'

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

type Results = AsyncIterable<ExecutionResult>

/** Holds what goes on, a subscription or a live query, to the life of its session. */
export type Hold = (results: Results) => Results

const LET_GO: Hold = (results) => results

/** Nothing that is needed, for a schema without rules. */
const NOTHING: readonly Need[] = []

const READS = Object.freeze({ changesState: false })
const CHANGES = Object.freeze({ changesState: true })

/**
 * Lets an operation run, or answers in its place: looks up what it needs, and decides about all of it at once.
 * Synchronous when nobody has to be asked.
 */
export function beginOperation<Claims>(
  before: BeforeExecution<Claims>,
  { needs, hasFresh, turnsUp, enforcement }: Inspected,
  { partial, reporter, batches }: Beginning,
): Hold | Promise<Hold> {
  const { document, operationName, contextValue: context, variableValues } = before.args
  const operation = getOperationAST(document, operationName)
  if (!operation) return LET_GO // the executor says what is wrong
  // Its resolvers are judged as the operation is: a query is a read, though it came by POST.
  const changes = changesState(operation) ? CHANGES : READS
  const auth = (readRequestAuth(context) as RequestAuth<Claims> | undefined)?.forOperation(changes)
  const needed = enforcement === undefined ? NOTHING : needs.find(document, operation, variableValues)
  const [first] = needed
  if (auth === undefined) {
    if (first === undefined) return LET_GO
    throw noSessionOn(`The field ${first.place}`)
  }
  before.extendContext({ auth })

  const isStream = operation.operation === 'subscription'
  // What is kept costs something: nothing is for an operation that asks for a session and no more.
  const isKept = isStream || turnsUp || reporter !== undefined || needed.some(isMoreThanSession)
  const keep = (kept: OperationState): OperationState => {
    enforcement?.operations.set(auth, kept)
    return kept
  }
  let state = isKept ? keep(createOperationState(reporter?.forOperation())) : undefined
  let admission: Admission | undefined

  const hold =
    (isUnbound: boolean): Hold =>
    (results) => {
      const stream = createStreamState(isUnbound, () => auth.watch(changes))
      holdStream(auth, stream)
      // What goes on is judged anew for each event, and nothing that was said of a session is kept.
      if (admission !== undefined) admission.auth = undefined
      if (state !== undefined) state.verdicts = state.grants = undefined
      return streamOfSession(results, stream, (why) => closeSocketWhenIdle(context, why))
    }
  // Nothing here needs a session, but what is delegated to another schema may.
  if (enforcement === undefined || first === undefined) return hold(true)

  function conclude(refused: Decision<Need>): Hold {
    if (refused === undefined) {
      admission = admit(context as object, auth as RequestAuth<Claims>, operation as never)
    } else if (!partial) {
      const { node } = refused.want
      const error = isHttp(context)
        ? toOperationError(refused.state, node)
        : toFieldError(refused.state, { nodes: [node], path: undefined })
      before.setResultAndStopExecution({ errors: [error] })
    }
    // Where fields are refused one by one, what runs is what needs no session.
    return hold(refused !== undefined)
  }

  const decide = (mustBeFresh: boolean) => {
    if (mustBeFresh) (state ??= keep(createOperationState(undefined))).mustBeFresh = true
    return enforcement.decide({ auth, context, changesState: changes.changesState, operation: state }, needed)
  }
  const others = hasFresh ? batches.gather(readRequestInput(context), needed.some(isFresh)) : undefined
  const refused = others === undefined ? decide(false) : others.then(decide)
  return refused !== undefined && 'then' in refused ? refused.then(conclude) : conclude(refused)
}

const isFresh = ({ requirement }: Need): boolean => requirement.fresh
