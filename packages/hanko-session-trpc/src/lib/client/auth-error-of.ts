import { type AuthFields, type AuthProblem, readAuthFields, toAuthProblem } from 'hanko-session/client'

export type { AuthProblem, NotAllowed, Outage, SignedOut, StepUpNeeded } from 'hanko-session/client'

const KINDS: ReadonlyMap<unknown, AuthProblem['kind']> = new Map([
  ['UNAUTHORIZED', 'signed-out'],
  ['FORBIDDEN', 'forbidden'],
  ['SERVICE_UNAVAILABLE', 'outage'],
  ['GATEWAY_TIMEOUT', 'outage'],
])

/** For servers whose formatter leaves the code out. */
const KINDS_BY_STATUS: typeof KINDS = new Map([
  [401, 'signed-out'],
  [403, 'forbidden'],
  [503, 'outage'],
  [504, 'outage'],
])

/**
 * What a failed call has to do with the session, or `undefined` for every other failure: a broken input, a fault of
 * a handler, no network. For code of your user interface; it asks nobody and changes nothing.
 *
 * It reads `error.data.auth`, which `withAuthError` of the server puts there. Without that it goes by the code of the
 * error, so an UNAUTHORIZED that your own handler throws means signed out as well.
 *
 * @param error what a call of the client threw, or the error of a query of TanStack
 * @example
 * ```ts
 * import { authErrorOf } from 'hanko-session-trpc/client'
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
  return toAuthProblem(kindOf(dataOf(error)), authOf(error))
}

function kindOf(data: Fields | undefined): AuthProblem['kind'] | undefined {
  return data?.['code'] === undefined ? KINDS_BY_STATUS.get(data?.['httpStatus']) : KINDS.get(data['code'])
}

/** `data.auth`, as far as it is what it should be. */
export function authOf(error: unknown): AuthFields | undefined {
  return readAuthFields(dataOf(error)?.['auth'])
}

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** By shape: bundles can hold two copies of tRPC's client, and TanStack's errors are of no class. */
function dataOf(error: unknown): Fields | undefined {
  const data = isFields(error) ? error['data'] : undefined
  return isFields(data) ? data : undefined
}
