import type { ExecutionResult, GraphQLSchema } from 'graphql'
import { type handleStreamOrSingleExecutionResult, isAsyncIterable, type Plugin } from 'graphql-yoga'
import type { SessionValidator } from 'hanko-session'
import { createAuthsByRequest } from './auths-by-request.ts'
import { type BeforeExecution, beginOperation, type Hold } from './begin-operation.ts'
import { createBatches } from './gather-batch.ts'
import { type HankoContext, readRequestInput } from './hanko-context.ts'
import { toOwn } from './to-own.ts'
import { type Inspected, inspectSchema } from './inspect-schema.ts'
import { markPrivate, wasLookedUp } from './mark-private.ts'
import { createReporter } from './report-only.ts'
import { surfaceAuthErrors, surfaceContextError, surfaceStreamError } from './surface-auth-errors.ts'

type RequestParseHook = NonNullable<Plugin['onRequestParse']>
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
 * @throws {TypeError} for what is no validator or no option; from `createYoga`, when the schema has `@auth` where it would
 *   not be enforced or did not go through `withAuth`
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
  if (typeof (hanko as Partial<typeof hanko> | null | undefined)?.forRequest !== 'function')
    throw new TypeError('useHankoSession needs what createSessionValidator made')
  const { partial = false, reportOnly = false } = toOwn(options, { partial: 'boolean', reportOnly: 'boolean' })
  // Each operation of a WebSocket brings a new object.
  const auths = createAuthsByRequest<Claims>((request) => hanko.forRequest(request))
  const inspectedBySchema = new WeakMap<GraphQLSchema, Inspected>()
  const batches = createBatches()
  const reporter = reportOnly ? createReporter() : undefined
  const beginning = { partial, reporter, batches }
  let isStarted = false
  /** Tells batches from other requests: not where the one schema, given at the start, has no `fresh`. */
  let noteBatches: RequestParseHook | undefined = ({ request }) => ({
    onRequestParseDone({ requestParserResult }) {
      if (Array.isArray(requestParserResult) && requestParserResult.length > 1) batches.begin(request)
    },
  })

  /** Asked again for each operation: Yoga may have a schema per request, and a refusal must last. */
  function inspect(schema: GraphQLSchema): Inspected {
    let inspected = inspectedBySchema.get(schema)
    if (inspected === undefined) inspectedBySchema.set(schema, (inspected = inspectSchema(schema)))
    return inspected
  }

  function begin<Hooks>(before: BeforeExecution<Claims>, toHooks: (hold: Hold) => Hooks): Hooks | Promise<Hooks> {
    const hold = beginOperation(before, inspect(before.args.schema), beginning)
    return typeof hold === 'function' ? toHooks(hold) : hold.then(toHooks)
  }

  return {
    onPluginInit({ registerContextErrorHandler }) {
      registerContextErrorHandler(({ error, setError }) => setError(surfaceContextError(error)))
    },
    onYogaInit({ yoga }) {
      isStarted = true
      reporter?.start(yoga.logger)
    },
    onSchemaChange({ schema }) {
      const { hasFresh } = inspect(schema as GraphQLSchema)
      if (!isStarted && !hasFresh) noteBatches = undefined
      // Too late for the hook, or another plugin gives one schema after the other before Yoga starts.
      if (noteBatches === undefined && hasFresh) batches.suspectAll()
    },
    /** Yoga reads it once, after all of the above: a hook costs every request something, whatever it does. */
    get onRequestParse() {
      return noteBatches as RequestParseHook
    },
    onEnveloped({ context, extendContext }) {
      const request = readRequestInput(context)
      if (request !== undefined) extendContext({ auth: auths.of(request) })
    },
    onExecute: (before) => begin(before as BeforeExecution<Claims>, toExecuteHooks),
    onSubscribe: (before) => begin(before as BeforeExecution<Claims>, toSubscribeHooks),
    onResponse(answer) {
      const auth = auths.find(answer.request)
      const isKnown = wasLookedUp(answer.request)
      if (auth !== undefined || isKnown) markPrivate(answer, isKnown || auth?.consulted === true)
    },
  }
}

const toExecuteHooks = (hold: Hold): Hook<'onExecute'> => ({ onExecuteDone: (done) => surfaceAll(done, hold) })

const toSubscribeHooks = (hold: Hold): Hook<'onSubscribe'> => ({
  onSubscribeResult: (done) => surfaceAll(done, hold),
  onSubscribeError: ({ error, setError }) => setError(surfaceStreamError(error)),
})

type Done = Parameters<typeof handleStreamOrSingleExecutionResult>[0]

/** Errors of each result, and the life of the session for what goes on. */
function surfaceAll(done: Done, hold: Hold): ReturnType<typeof handleStreamOrSingleExecutionResult> {
  if (!isAsyncIterable<ExecutionResult>(done.result)) return surface(done as Executed)
  done.setResult(hold(done.result) as never)
  return { onNext: surface }
}

interface Executed {
  readonly result: ExecutionResult
  setResult(result: ExecutionResult): void
}

function surface(done: Executed): void {
  const surfaced = surfaceAuthErrors(done.result)
  if (surfaced !== done.result) done.setResult(surfaced)
}
