import type { Session } from '../session.ts'

const MARKER_BYTES = 16

/**
 * Says whose work was refused by a step-up rule, so that its client can send it again when the user has signed in
 * again. The user knows the id that it is made of, and whoever reads a log of it does not learn it. For adapters.
 *
 * @example
 * ```ts
 * import type { Session } from 'hanko-session'
 * import { isAnothersResend, toResendMarker } from 'hanko-session/rules'
 *
 * export const refuse = async (session: Session) => ({ reason: 'step_up_required', resend: await toResendMarker(session) })
 * export const mayRun = async (session: Session, sentAlong: string[]) => !(await isAnothersResend(sentAlong, session))
 * ```
 */
export async function toResendMarker({ userId }: Pick<Session<unknown>, 'userId'>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`hanko-resend ${userId}`))
  return btoa(String.fromCharCode(...new Uint8Array(digest, 0, MARKER_BYTES)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/**
 * Whether work that is sent again was another user's when it was refused: somebody else signed in where the first was
 * asked to, and never meant this. To be asked before anything else of the session, by every rule that could have
 * refused the work so; it must be refused with `forbidden` then.
 *
 * @param markers what was sent along: with none, it is sent for the first time
 */
export async function isAnothersResend(
  markers: readonly unknown[],
  session: Pick<Session<unknown>, 'userId'>,
): Promise<boolean> {
  if (markers.length === 0) return false
  const own = await toResendMarker(session)
  return markers.some((marker) => marker !== own)
}
