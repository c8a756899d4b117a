import { type ExecutionResult, GraphQLError } from 'graphql'
import { isHankoAuthError } from 'hanko-session'
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
    errors?.some((error) => isHankoAuthError(causeOf(error))) === true ||
    incremental?.some(hasAuthError) === true ||
    completed?.some(hasAuthError) === true
  )
}

function surfaceFieldError(error: GraphQLError): GraphQLError {
  const cause = causeOf(error)
  return isHankoAuthError(cause) ? toFieldError(toRefused(cause), error) : error
}

function causeOf(error: GraphQLError): unknown {
  // oxlint-disable-next-line typescript/no-deprecated -- graphql 16 has no `cause`, and graphql 17 still sets both
  return error.originalError
}

/** The same for a context function, which ends the operation before it has a result. */
export function surfaceContextError(error: unknown): unknown {
  return isHankoAuthError(error) ? toOperationError(toRefused(error)) : error
}

/** The same for the source of a stream, which breaks after the answer began. */
export function surfaceStreamError(error: unknown): unknown {
  if (error instanceof GraphQLError) return surfaceFieldError(error)
  return isHankoAuthError(error) ? toFieldError(toRefused(error)) : error
}
