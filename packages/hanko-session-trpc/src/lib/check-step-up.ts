import type { HankoAuthError, RequestAuth, Session } from 'hanko-session'
import { isAnothersResend, type StepUpRule, toResendMarker } from 'hanko-session/rules'
import { toTRPCError } from './auth-error.ts'
import { readResends, RESEND_HEADER } from './resend-header.ts'

/** Whether a call meets the rule and is sent for the first time, as most are: then there is nothing to be checked. */
export function isPlainlyMet(rule: StepUpRule, session: Session<unknown>, auth: RequestAuth<unknown>): boolean {
  return auth.header(RESEND_HEADER) === undefined && rule.isMetBy(session, auth.now())
}

/**
 * Refuses a call whose session does not meet the rule. The refusal tells the client whose call it was, so that it can
 * send the call again when the user has signed in again.
 *
 * Before anything else it refuses a call that was another user's when it was refused: somebody else signed in where the
 * first was asked to, and never meant this.
 *
 * @throws {TRPCError} FORBIDDEN
 */
export async function checkStepUp(
  rule: StepUpRule,
  session: Session<unknown>,
  auth: RequestAuth<unknown>,
  path: string,
): Promise<void> {
  const markers = readResends(auth.header(RESEND_HEADER) ?? '', path)
  if (await isAnothersResend(markers, session)) throw toTRPCError(auth.forbid(session))
  if (rule.isMetBy(session, auth.now())) return
  const error = toTRPCError(auth.forbid(session, rule.needs))
  // Not to be seen in logs, where nothing is that tells one user from another.
  Object.defineProperty(error.cause, MARKER, { value: await toResendMarker(session) })
  throw error
}

/** For `data.auth.resend`. */
export function readResendMarker(cause: HankoAuthError): string | undefined {
  return (cause as { [MARKER]?: string })[MARKER]
}

const MARKER = Symbol('resend')
