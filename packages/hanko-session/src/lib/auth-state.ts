import type { ForbiddenReason, StepUp, UnauthenticatedReason, UnavailableReason } from './errors.ts'
import type { Session } from './session.ts'

/**
 * What was found out about a request: three outcomes, never a boolean. An outage of Hanko never looks
 * like a signed-out user, and a signed-out user never like an outage.
 */
export type AuthState<Claims = Readonly<Record<string, unknown>>> =
  | Authenticated<Claims>
  | Unauthenticated
  | Unavailable

export interface Authenticated<Claims = Readonly<Record<string, unknown>>> {
  readonly status: 'authenticated'
  readonly session: Session<Claims>
}

export interface Unauthenticated {
  readonly status: 'unauthenticated'
  readonly reason: UnauthenticatedReason
}

export interface Unavailable {
  readonly status: 'unavailable'
  readonly reason: UnavailableReason
  /** When Hanko asked to be tried again, in milliseconds from now, at most `limits.maxRetryAfter`. */
  readonly retryAfter?: number
}

/** No outcome of a check: a rule of the app refuses the session that was found. */
export interface Forbidden {
  readonly status: 'forbidden'
  readonly reason: ForbiddenReason
  /** What the session lacks, when signing in again would help. */
  readonly stepUp?: StepUp
}

export function unauthenticated(reason: UnauthenticatedReason): Unauthenticated {
  return Object.freeze({ status: 'unauthenticated', reason })
}

export function unavailable(reason: UnavailableReason, retryAfter?: number): Unavailable {
  return Object.freeze({ status: 'unavailable', reason, ...(retryAfter === undefined ? {} : { retryAfter }) })
}

export function forbidden(stepUp?: StepUp): Forbidden {
  return Object.freeze({
    status: 'forbidden',
    ...(stepUp === undefined ? { reason: 'forbidden' } : { reason: 'step_up_required', stepUp }),
  })
}
