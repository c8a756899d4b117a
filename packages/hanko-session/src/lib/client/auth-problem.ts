import type { PublicReason, StepUp, UnavailableReason } from '../errors.ts'

/** What a failed call means for whoever looks at the screen. */
export type AuthProblem = SignedOut | StepUpNeeded | NotAllowed | Outage

/** Nobody is signed in, or no longer: show the sign-in form. */
export interface SignedOut {
  readonly kind: 'signed-out'
  /** `undefined` when the server says no more than that. */
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

/** What an adapter says of a refusal, as far as it is what it should be. */
export interface AuthFields {
  readonly reason: PublicReason
  readonly retryAfter: number | undefined
  readonly stepUp: StepUp
  /** What the same user's re-sent call has to carry. */
  readonly resend: string | undefined
}

/** Reads the `auth` that an adapter adds to an error. For clients of adapters. */
export function readAuthFields(auth: unknown): AuthFields | undefined {
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

/**
 * What a failed call means, or `undefined` when it has nothing to do with the session. For clients of adapters.
 *
 * @param kindByCode what the code of the error says by itself
 */
export function toAuthProblem(
  kindByCode: AuthProblem['kind'] | undefined,
  auth: AuthFields | undefined,
): AuthProblem | undefined {
  // A malformed Authorization header is a bad request: signing in again brings a good one.
  const kind = auth?.reason === 'invalid_token' ? 'signed-out' : kindByCode
  const reason = auth?.reason as never // a newer server may know reasons that this client does not
  if (kind === 'signed-out') return { kind, reason }
  if (kind === 'outage') return { kind, reason, retryAfter: auth?.retryAfter }
  if (kind === undefined) return undefined
  return auth?.reason === 'step_up_required'
    ? { kind: 'step-up', reason, stepUp: auth.stepUp }
    : { kind: 'forbidden', reason }
}

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
