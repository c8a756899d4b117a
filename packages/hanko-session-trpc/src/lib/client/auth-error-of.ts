import type { PublicReason, StepUp, UnavailableReason } from 'hanko-session'

/** What a failed call means for whoever looks at the screen. */
export type AuthProblem = SignedOut | StepUpNeeded | NotAllowed | Outage

/** Nobody is signed in, or no longer: show the sign-in form. */
export interface SignedOut {
  readonly kind: 'signed-out'
  /** `undefined` when the server says no more than UNAUTHORIZED. */
  readonly reason: 'no_token' | 'invalid_token' | 'expired' | 'revoked' | undefined
}

/** Signed in, but too long ago for this, or in another way: ask the user to sign in again. */
export interface StepUpNeeded {
  readonly kind: 'step-up'
  readonly reason: 'step_up_required'
  /** How the user must sign in. */
  readonly stepUp: StepUp
}

/** Signing in again would not help. */
export interface NotAllowed {
  readonly kind: 'forbidden'
  readonly reason: 'forbidden' | 'cross_site' | undefined
}

/** Nobody can tell right now. The user is **not** signed out: try again, and show no sign-in form. */
export interface Outage {
  readonly kind: 'outage'
  readonly reason: UnavailableReason | undefined
  /** In milliseconds from when the answer came, if Hanko said so. */
  readonly retryAfter: number | undefined
}

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
  const data = dataOf(error)
  const auth = authOf(error)
  // A malformed Authorization header is a BAD_REQUEST: signing in again brings a good one.
  const kind = auth?.reason === 'invalid_token' ? 'signed-out' : kindOf(data)
  const reason = auth?.reason as never // a newer server may know reasons that this client does not
  if (kind === 'signed-out') return { kind, reason }
  if (kind === 'outage') return { kind, reason, retryAfter: auth?.retryAfter }
  if (kind !== 'forbidden') return undefined
  return auth?.reason === 'step_up_required' ? { kind: 'step-up', reason, stepUp: auth.stepUp } : { kind, reason }
}

function kindOf(data: Fields | undefined): AuthProblem['kind'] | undefined {
  return data?.['code'] === undefined ? KINDS_BY_STATUS.get(data?.['httpStatus']) : KINDS.get(data['code'])
}

/** `data.auth`, as far as it is what it should be. */
interface AuthFields {
  readonly reason: PublicReason
  readonly retryAfter: number | undefined
  readonly stepUp: StepUp
  /** What the same user's re-sent call has to carry. */
  readonly resend: string | undefined
}

export function authOf(error: unknown): AuthFields | undefined {
  const auth = dataOf(error)?.['auth']
  if (!isFields(auth) || typeof auth['reason'] !== 'string') return undefined
  const { reason, retryAfter, stepUp, resend } = auth
  return {
    reason: reason as PublicReason,
    retryAfter: typeof retryAfter === 'number' && retryAfter >= 0 ? retryAfter : undefined,
    stepUp: isFields(stepUp) ? stepUp : {},
    // It becomes a part of a header.
    resend: typeof resend === 'string' && /^[\w-]{1,64}$/.test(resend) ? resend : undefined,
  }
}

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** By shape: bundles can hold two copies of tRPC's client, and TanStack's errors are of no class. */
function dataOf(error: unknown): Fields | undefined {
  const data = isFields(error) ? error['data'] : undefined
  return isFields(data) ? data : undefined
}
