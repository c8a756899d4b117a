import type { TRPCError } from '@trpc/server'
import type { HankoAuthError, RequestAuth, Session, StepUp } from 'hanko-session'
import { isAnothersResend, toResendMarker } from 'hanko-session/rules'
import { toAuthCause, toTRPCError } from './auth-error.ts'
import { readResends, RESEND_HEADER } from './resend-header.ts'

/**
 * The refusal of a session that a step-up rule refuses. It tells the client whose call this was, so that it can send
 * the call again when the user has signed in again.
 */
export async function toStepUpError(
  auth: RequestAuth<unknown>,
  session: Session<unknown>,
  needs: StepUp,
): Promise<TRPCError> {
  const error = toTRPCError(auth.forbid(session, needs))
  // Not to be seen in logs, where nothing is that tells one user from another.
  Object.defineProperty(toAuthCause(error), MARKER, { value: await toResendMarker(session) })
  return error
}

/** For `data.auth.resend`. */
export function readResendMarker(cause: HankoAuthError): string | undefined {
  return (cause as { [MARKER]?: string })[MARKER]
}

/**
 * Refuses a call that was refused when it was another user's: somebody else signed in where the first was asked to,
 * and never meant this. To be called before anything else is asked of the session, by every rule that could have
 * refused the call so.
 *
 * @throws {TRPCError} FORBIDDEN
 */
export async function refuseAnothersResend(
  auth: RequestAuth<unknown>,
  path: string,
  session: Session<unknown>,
): Promise<void> {
  const markers = readResends(auth.header(RESEND_HEADER) ?? '', path)
  if (await isAnothersResend(markers, session)) throw toTRPCError(auth.forbid(session))
}

const MARKER = Symbol('resend')
