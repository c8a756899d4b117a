import { type ExecutionResult, GraphQLError } from 'graphql'
import { type HankoAuthError, isHankoAuthError } from 'hanko-session'
import { toFieldError, toOperationError, toRefused } from './auth-error.ts'

/** A result, or one of the parts in which `@defer` and `@stream` deliver it. */
interface ResultPart {
  readonly errors?: readonly GraphQLError[] | undefined
  readonly incremental?: readonly ResultPart[] | undefined
  readonly completed?: readonly ResultPart[] | undefined
}

/** What resolvers threw as a `HankoAuthError`, as errors of GraphQL with a code, which masking leaves alone. */
export function surfaceAuthErrors(result: ExecutionResult): ExecutionResult {
  return surfacePart(result as ResultPart) as ExecutionResult
}

function surfacePart<Part extends ResultPart>(part: Part): Part {
  if (!hasAuthError(part)) return part
  return {
    ...part,
    ...(part.errors === undefined ? {} : { errors: part.errors.map(surfaceFieldError) }),
    ...(part.incremental === undefined ? {} : { incremental: part.incremental.map(surfacePart) }),
    ...(part.completed === undefined ? {} : { completed: part.completed.map(surfacePart) }),
  }
}

function hasAuthError({ errors, incremental, completed }: ResultPart): boolean {
  return (
    errors?.some(findAuthError) === true ||
    incremental?.some(hasAuthError) === true ||
    completed?.some(hasAuthError) === true
  )
}

function surfaceFieldError(error: GraphQLError): GraphQLError {
  const found = findAuthError(error)
  return found === undefined ? error : toFieldError(toRefused(found), error)
}

/** What was thrown, or what stands behind the error that an executor made of it. */
export function findAuthError(error: unknown): HankoAuthError | undefined {
  // graphql 16 has no `cause`, and graphql 17 still sets both
  const cause = (error as { originalError?: unknown } | null | undefined)?.originalError ?? error
  return isHankoAuthError(cause) ? cause : undefined
}

/** The same for a context function, which ends the operation before it has a result. */
export function surfaceContextError(error: unknown): unknown {
  return isHankoAuthError(error) ? toOperationError(toRefused(error)) : error
}

/** The same for the source of a stream, which breaks after the answer began. */
export function surfaceStreamError(error: unknown): unknown {
  const found = findAuthError(error)
  return found === undefined ? error : toFieldError(toRefused(found), error instanceof GraphQLError ? error : undefined)
}
