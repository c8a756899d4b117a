import { getOperationAST, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql'
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga'
import type { AuthState, RequestAuth, SessionValidator } from 'hanko-session'
import { toOperationError } from './auth-error.ts'
import { noSessionOn } from './guard-field.ts'
import { changesState, type HankoContext, readHttpRequest, readRequestAuth } from './hanko-context.ts'
import { inspectSchema } from './inspect-schema.ts'
import { markPrivate } from './mark-private.ts'
import type { OperationNeeds } from './operation-needs.ts'
import { surfaceAuthErrors, surfaceContextError, surfaceStreamError } from './surface-auth-errors.ts'

type Hook<Name extends 'onExecute' | 'onSubscribe'> = Exclude<Awaited<ReturnType<NonNullable<Plugin[Name]>>>, void>

/**
 * The Yoga plugin: puts a lazy `auth` on the context of every operation (see `HankoContext`) and refuses operations
 * that ask for something with `@auth` before any resolver runs, when their caller has no live session. Operations that
 * ask for nothing protected never call Hanko; a batch calls it once. Put it before plugins that wrap resolvers.
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
export function useHankoSession<Claims>(hanko: SessionValidator<Claims>): Plugin<HankoContext<Claims>> {
  const authByRequest = new WeakMap<object, RequestAuth<Claims>>()
  const needsBySchema = new WeakMap<GraphQLSchema, OperationNeeds>()

  function authOf(request: Request): RequestAuth<Claims> {
    let auth = authByRequest.get(request)
    if (auth === undefined) authByRequest.set(request, (auth = hanko.forRequest(request)))
    return auth
  }

  /** Asked again for each operation: Yoga may have a schema per request, and a refusal must last. */
  function needsOf(schema: GraphQLSchema): OperationNeeds {
    let needs = needsBySchema.get(schema)
    if (needs === undefined) needsBySchema.set(schema, (needs = inspectSchema(schema)))
    return needs
  }

  /** Lets the operation run, or answers in its place. Synchronous when nobody has to be asked. */
  function enforce(before: BeforeExecution<Claims>): Promise<void> | undefined {
    const { args } = before
    const needs = needsOf(args.schema)
    const operation = getOperationAST(args.document, args.operationName)
    if (!operation) return undefined // the executor says what is wrong
    const requestAuth = readRequestAuth(args.contextValue) as RequestAuth<Claims> | undefined
    // Its resolvers are judged as the operation is: a query is a read, though it came by POST.
    const auth = requestAuth?.forOperation({ changesState: changesState(operation) })
    if (auth !== undefined) before.extendContext({ auth })

    const field = needs.findProtected(args.document, operation, args.variableValues)
    if (field === undefined) return undefined
    if (auth === undefined) throw noSessionOn(`The field ${field.name.value}`)
    const refuse = (state: AuthState<Claims>): void => {
      if (state.status !== 'authenticated')
        before.setResultAndStopExecution({ errors: [toOperationError(state, field)] })
    }
    const known = auth.known()
    if (known === undefined) return auth.state().then(refuse)
    refuse(known)
    return undefined
  }

  return {
    onPluginInit({ registerContextErrorHandler }) {
      registerContextErrorHandler(({ error, setError }) => setError(surfaceContextError(error)))
    },
    onSchemaChange({ schema }) {
      needsOf(schema as GraphQLSchema)
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
