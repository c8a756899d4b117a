import { getOperationAST, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql'
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga'
import type { RequestAuth, SessionValidator } from 'hanko-session'
import { toOperationError } from './auth-error.ts'
import { createBatches } from './gather-batch.ts'
import { createOperationState, type Refused } from './enforcement.ts'
import { noSessionOn } from './guard-field.ts'
import { changesState, type HankoContext, readHttpRequest, readRequestAuth } from './hanko-context.ts'
import { type Inspected, inspectSchema } from './inspect-schema.ts'
import { markPrivate } from './mark-private.ts'
import type { Need } from './operation-needs.ts'
import { createReporter } from './report-only.ts'
import { surfaceAuthErrors, surfaceContextError, surfaceStreamError } from './surface-auth-errors.ts'

type Hook<Name extends 'onExecute' | 'onSubscribe'> = Exclude<Awaited<ReturnType<NonNullable<Plugin[Name]>>>, void>

export interface HankoSessionOptions {
  /**
   * Let operations run that ask for more than they may: what is refused is null, with an error of its own, and null
   * goes up to the next field that may be null. Such an answer has no HTTP status of a refusal.
   * @default false
   */
  readonly partial?: boolean | undefined
  /**
   * Only log which rules (roles, scopes, policies, `amr`, `maxAge`) would refuse a session, to see what a new rule does
   * before it does it. Whoever has no session is refused as ever. Says so when Yoga starts.
   * @default false
   */
  readonly reportOnly?: boolean | undefined
}

/**
 * The Yoga plugin: puts a lazy `auth` on the context of every operation (see `HankoContext`) and refuses operations
 * that ask for something with `@auth` before any resolver runs, when their caller has no live session or one that does
 * not meet the rules. Operations that ask for nothing protected never call Hanko; a batch calls it once. Put it before
 * plugins that wrap resolvers.
 *
 * A refusal has no `data`, and one error with `extensions.code` and `extensions.auth` (see `AuthErrorExtension`).
 * It has the HTTP status of its reason (400, 401, 403, 503, 504), except that clients of plain `application/json` and
 * `text/event-stream` get 200, and batches always do. Every answer that a session was looked up for is marked
 * `Cache-Control: private, no-store`.
 *
 * @throws {TypeError} from `createYoga`, when the schema has `@auth` where it would not be enforced or did not go
 *   through `withAuth`
 * @example
 * ```ts
 * import { createSchema, createYoga } from 'graphql-yoga'
 * import { createSessionValidator } from 'hanko-session'
 * import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
 *
 * const hanko = createSessionValidator() // reads HANKO_API_URL
 * const schema = createSchema({ typeDefs: [authTypeDefs, `type Query { me: ID @auth }`] })
 *
 * export const yoga = createYoga({ schema: withAuth(schema), plugins: [useHankoSession(hanko)] })
 * ```
 */
export function useHankoSession<Claims>(
  hanko: SessionValidator<Claims>,
  options: HankoSessionOptions = {},
): Plugin<HankoContext<Claims>> {
  const { partial, reportOnly } = toOwnOptions(options)
  const authByRequest = new WeakMap<object, RequestAuth<Claims>>()
  const inspectedBySchema = new WeakMap<GraphQLSchema, Inspected>()
  const batches = createBatches()
  const reporter = reportOnly ? createReporter() : undefined

  function authOf(request: Request): RequestAuth<Claims> {
    let auth = authByRequest.get(request)
    if (auth === undefined) authByRequest.set(request, (auth = hanko.forRequest(request)))
    return auth
  }

  /** Asked again for each operation: Yoga may have a schema per request, and a refusal must last. */
  function inspect(schema: GraphQLSchema): Inspected {
    let inspected = inspectedBySchema.get(schema)
    if (inspected === undefined) inspectedBySchema.set(schema, (inspected = inspectSchema(schema)))
    return inspected
  }

  /** Lets the operation run, or answers in its place. Synchronous when nobody has to be asked. */
  function enforce(before: BeforeExecution<Claims>): Promise<void> | undefined {
    const { args } = before
    const { needs, hasFresh, enforcement } = inspect(args.schema)
    const operation = getOperationAST(args.document, args.operationName)
    if (!operation) return undefined // the executor says what is wrong
    const requestAuth = readRequestAuth(args.contextValue) as RequestAuth<Claims> | undefined
    // Its resolvers are judged as the operation is: a query is a read, though it came by POST.
    const changes = changesState(operation)
    const auth = requestAuth?.forOperation({ changesState: changes })
    if (auth !== undefined) before.extendContext({ auth })
    if (enforcement === undefined) return undefined

    const needed = needs.find(args.document, operation, args.variableValues)
    const state = createOperationState(operation.operation === 'subscription', reporter?.forOperation())
    if (auth !== undefined) enforcement.operations.set(auth, state)
    const [first] = needed
    if (first === undefined) return undefined
    if (auth === undefined) throw noSessionOn(`The field ${first.place}`)

    const caller = { auth, context: args.contextValue as unknown, changesState: changes, operation: state }
    const decide = () => enforcement.decide(caller, needed)
    const gathered = hasFresh ? batches.gather(readHttpRequest(caller.context), needed.some(isFresh)) : undefined
    const refused =
      gathered === undefined
        ? decide()
        : gathered.then((mustBeFresh) => {
            state.mustBeFresh = mustBeFresh
            return decide()
          })
    if (refused === undefined) return undefined
    // Where fields are refused one by one, what was found out serves them all.
    const refuse = (late: Refused<Need> | undefined): void => {
      if (late === undefined || partial) return
      before.setResultAndStopExecution({ errors: [toOperationError(late.state, late.want.node)] })
    }
    if ('then' in refused) return refused.then(refuse)
    refuse(refused)
    return undefined
  }

  return {
    onPluginInit({ registerContextErrorHandler }) {
      registerContextErrorHandler(({ error, setError }) => setError(surfaceContextError(error)))
    },
    onYogaInit({ yoga }) {
      reporter?.start(yoga.logger)
    },
    onSchemaChange({ schema }) {
      inspect(schema as GraphQLSchema)
    },
    onRequestParse({ request }) {
      return {
        onRequestParseDone({ requestParserResult }) {
          if (Array.isArray(requestParserResult) && requestParserResult.length > 1) batches.begin(request)
        },
      }
    },
    onEnveloped({ context, extendContext }) {
      const request = readHttpRequest(context)
      if (request !== undefined) extendContext({ auth: authOf(request) })
    },
    onExecute(payload) {
      const hooks: Hook<'onExecute'> = {
        onExecuteDone: (done) => handleStreamOrSingleExecutionResult(done, surface),
      }
      return enforce(payload)?.then(() => hooks) ?? hooks
    },
    onSubscribe(payload) {
      const hooks: Hook<'onSubscribe'> = {
        onSubscribeResult: (done) => handleStreamOrSingleExecutionResult(done, surface),
        onSubscribeError: ({ error, setError }) => setError(surfaceStreamError(error)),
      }
      return enforce(payload)?.then(() => hooks) ?? hooks
    },
    onResponse(answer) {
      const auth = authByRequest.get(answer.request)
      if (auth !== undefined) markPrivate(answer, auth.consulted)
    },
  }
}

const isFresh = ({ requirement }: Need): boolean => requirement.fresh

interface BeforeExecution<Claims> {
  readonly args: ExecutionArgs
  extendContext(extension: HankoContext<Claims>): void
  setResultAndStopExecution(result: ExecutionResult): void
}

interface Executed {
  readonly result: ExecutionResult
  setResult(result: ExecutionResult): void
}

function surface(done: Executed): void {
  done.setResult(surfaceAuthErrors(done.result))
}

/** What code has put on every object is nobody's option. */
function toOwnOptions(options: HankoSessionOptions): { partial: boolean; reportOnly: boolean } {
  const own = Object.assign(Object.create(null) as object, options) as HankoSessionOptions
  for (const name of ['partial', 'reportOnly'] as const) {
    if (own[name] !== undefined && typeof own[name] !== 'boolean') throw new TypeError(`${name} must be true or false`)
  }
  return { partial: own.partial === true, reportOnly: own.reportOnly === true }
}
