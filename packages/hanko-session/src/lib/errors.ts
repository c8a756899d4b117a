/** Why nobody is signed in, as far as this request goes. A retry with the same credentials changes nothing. */
export type UnauthenticatedReason =
  | 'no_token'
  | 'malformed_credentials'
  | 'ambiguous_credentials'
  | 'malformed_token'
  | 'unsupported_token'
  | 'wrong_token_type'
  | 'not_yet_valid'
  | 'expired'
  | 'unknown_key'
  | 'bad_signature'
  | 'wrong_audience'
  | 'wrong_issuer'
  | 'claims_invalid'
  | 'revoked'
  | 'cross_site'

/** Why nobody can tell right now who is signed in. The user may well be; try again later. */
export type UnavailableReason =
  | 'identity_mismatch'
  | 'upstream_unavailable'
  | 'upstream_timeout'
  | 'upstream_invalid'
  | 'upstream_misconfigured'
  | 'keys_unavailable'

/** Why somebody who is signed in may not do the work at hand. */
export type ForbiddenReason = 'forbidden' | 'step_up_required'

/** Every reason a request can be refused for. What shows it has a `Record<Reason, ...>`, so a new one breaks their build. */
export type Reason = UnauthenticatedReason | UnavailableReason | ForbiddenReason

/** What a session lacks for the work at hand, so that a client can ask for the right sign-in (RFC 9470). */
export interface StepUp {
  /** The user must have signed in within so many seconds. */
  readonly maxAge?: number
  /** And in one of these ways, as `session.amr` names them. */
  readonly amr?: readonly string[]
}

/** What a client may learn: every fault of a token looks the same from outside. */
export type PublicReason =
  | 'no_token'
  | 'invalid_token'
  | 'expired'
  | 'revoked'
  | 'cross_site'
  | ForbiddenReason
  | UnavailableReason

const PUBLIC: Record<Reason, PublicReason> = {
  no_token: 'no_token',
  malformed_credentials: 'invalid_token',
  ambiguous_credentials: 'invalid_token',
  malformed_token: 'invalid_token',
  unsupported_token: 'invalid_token',
  wrong_token_type: 'invalid_token',
  not_yet_valid: 'invalid_token',
  expired: 'expired',
  unknown_key: 'invalid_token',
  bad_signature: 'invalid_token',
  wrong_audience: 'invalid_token',
  wrong_issuer: 'invalid_token',
  claims_invalid: 'invalid_token',
  revoked: 'revoked',
  cross_site: 'cross_site',
  forbidden: 'forbidden',
  step_up_required: 'step_up_required',
  identity_mismatch: 'identity_mismatch',
  upstream_unavailable: 'upstream_unavailable',
  upstream_timeout: 'upstream_timeout',
  upstream_invalid: 'upstream_invalid',
  upstream_misconfigured: 'upstream_misconfigured',
  keys_unavailable: 'keys_unavailable',
}

/**
 * The reason as a client may see it: `invalid_token` stands for every fault of a token,
 * so that an attacker does not learn which check failed.
 *
 * @example
 * ```ts
 * import { toPublicReason } from 'hanko-session'
 *
 * toPublicReason('wrong_audience') // 'invalid_token'
 * ```
 */
export function toPublicReason(reason: Reason): PublicReason {
  return PUBLIC[reason]
}

/** For clients: what happened and what to do. Never a value out of a request, a token or a reply. */
const MESSAGES: Record<PublicReason, string> = {
  no_token: 'Sign in to use this.',
  invalid_token: 'The session token is not valid. Sign in again.',
  expired: 'The session has expired. Sign in again.',
  revoked: 'The session has ended. Sign in again.',
  cross_site: 'This request comes from an origin that may not use the session cookie.',
  forbidden: 'This account may not do this.',
  step_up_required: 'Sign in again to do this.',
  identity_mismatch: 'The sign-in service gave an answer that cannot be used. Try again later.',
  upstream_unavailable: 'The sign-in service is unavailable. You are not signed out; try again shortly.',
  upstream_timeout: 'The sign-in service did not answer in time. You are not signed out; try again shortly.',
  upstream_invalid: 'The sign-in service gave an answer that cannot be used. Try again later.',
  upstream_misconfigured: 'The sign-in service is not set up correctly. Try again later.',
  keys_unavailable: 'The sign-in service is unavailable. You are not signed out; try again shortly.',
}

/** The message that goes with a reason: safe to show to anybody. */
export function toMessage(reason: Reason): string {
  return MESSAGES[PUBLIC[reason]]
}

/** Why a request is refused: an outcome without a session fits, and so does a `Forbidden`. */
export interface RefusedFor {
  readonly reason: Reason
  /** Milliseconds from now. */
  readonly retryAfter?: number | undefined
  readonly stepUp?: StepUp | undefined
}

/**
 * Thrown where a session is required and there is none, by `RequestAuth.requireSession()` and as the
 * cause of the adapters' errors. Told apart by `name` and `code`, so that two copies of this package agree.
 *
 * `code` is for the server: show clients `toPublicReason(error.code)`.
 */
export class HankoAuthError extends Error {
  override readonly name = 'HankoAuthError'
  readonly code: Reason
  /** For outages: when to try again, in milliseconds from now. */
  readonly retryAfter: number | undefined
  /** With `step_up_required`: what the session lacks. */
  readonly stepUp: StepUp | undefined

  constructor({ reason, retryAfter, stepUp }: RefusedFor) {
    super(toMessage(reason))
    this.code = reason
    this.retryAfter = retryAfter
    this.stepUp = stepUp
  }
}

/**
 * Whether a caught value is a `HankoAuthError`, of this copy of the package or another.
 *
 * @example
 * ```ts
 * import { isHankoAuthError } from 'hanko-session'
 *
 * function statusOf(error: unknown): number {
 *   return isHankoAuthError(error) && error.code === 'upstream_timeout' ? 504 : 500
 * }
 * ```
 */
export function isHankoAuthError(error: unknown): error is HankoAuthError {
  return (
    error instanceof Error && error.name === 'HankoAuthError' && Object.hasOwn(PUBLIC, (error as HankoAuthError).code)
  )
}
