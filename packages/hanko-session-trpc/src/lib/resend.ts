import type { TRPCError } from '@trpc/server'
import type { HankoAuthError, RequestAuth, Session, StepUp } from 'hanko-session'
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
  Object.defineProperty(toAuthCause(error), MARKER, { value: await toResendMarker(session.userId) })
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
  const header = auth.header(RESEND_HEADER)
  const markers = header === undefined ? [] : readResends(header, path)
  if (markers.length === 0) return
  const own = await toResendMarker(session.userId)
  if (markers.some((marker) => marker !== own)) throw toTRPCError(auth.forbid(session))
}

const MARKER = Symbol('resend')
const MARKER_BYTES = 16

/** The user knows the id that it is made of, and whoever reads a log of headers does not learn it. */
async function toResendMarker(userId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`hanko-resend ${userId}`))
  return btoa(String.fromCharCode(...new Uint8Array(digest, 0, MARKER_BYTES)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
