import { type AuthFields, type AuthProblem, readAuthFields, toAuthProblem } from 'hanko-session/client'

export type { AuthProblem, NotAllowed, Outage, SignedOut, StepUpNeeded } from 'hanko-session/client'

const KINDS: ReadonlyMap<unknown, AuthProblem['kind']> = new Map([
  ['UNAUTHENTICATED', 'signed-out'],
  ['FORBIDDEN', 'forbidden'],
  ['SERVICE_UNAVAILABLE', 'outage'],
  ['GATEWAY_TIMEOUT', 'outage'],
])

/**
 * What a failed operation has to do with the session, or `undefined` for every other failure: a broken input, a fault
 * of a resolver, no network. For code of your user interface; it asks nobody and changes nothing.
 *
 * It reads `extensions.auth`, which `useHankoSession` puts there. Without that it goes by `extensions.code`, so an
 * UNAUTHENTICATED that your own resolver throws means signed out as well.
 *
 * @param error a GraphQL error, urql's `CombinedError`, Apollo Client's `CombinedGraphQLErrors`, or a result of GraphQL;
 *   of several errors the first counts that has to do with the session
 * @example
 * ```ts
 * import { authErrorOf } from 'hanko-session-yoga/client'
 *
 * export function whatToShow(error: unknown): string {
 *   const problem = authErrorOf(error)
 *   switch (problem?.kind) {
 *     case 'signed-out':
 *       return problem.reason === 'no_token' ? 'Please sign in.' : 'Your session has ended.'
 *     case 'step-up':
 *       return 'Please sign in again to do this.'
 *     case 'forbidden':
 *       return 'You may not do this.'
 *     case 'outage':
 *       return 'The sign-in service is unavailable. You are not signed out.'
 *     default:
 *       return 'Something went wrong.'
 *   }
 * }
 * ```
 */
export function authErrorOf(error: unknown): AuthProblem | undefined {
  return readRefusal(error)?.problem
}

export interface ReadRefusal {
  readonly problem: AuthProblem
  readonly auth: AuthFields | undefined
}

export function readRefusal(error: unknown): ReadRefusal | undefined {
  if (!isFields(error)) return undefined
  for (const one of [error['graphQLErrors'] ?? error['errors'] ?? error].flat()) {
    const extensions = isFields(one) ? one['extensions'] : undefined
    if (!isFields(extensions)) continue
    const auth = readAuthFields(extensions['auth'])
    const problem = toAuthProblem(KINDS.get(extensions['code']), auth)
    if (problem !== undefined) return { problem, auth }
  }
  return undefined
}

type Fields = Record<string, unknown>

/** By shape: bundles can hold two copies of a client. */
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
