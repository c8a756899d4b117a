import type { UnauthenticatedReason, UnavailableReason } from './errors.ts'
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
  /** When Hanko asked to be tried again, in milliseconds from now, at most 30,000. */
  readonly retryAfter?: number
}

export function unauthenticated(reason: UnauthenticatedReason): Unauthenticated {
  return Object.freeze({ status: 'unauthenticated', reason })
}

export function unavailable(reason: UnavailableReason, retryAfter?: number): Unavailable {
  return Object.freeze({ status: 'unavailable', reason, ...(retryAfter === undefined ? {} : { retryAfter }) })
}
