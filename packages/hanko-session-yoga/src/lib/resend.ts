import type { Forbidden, RequestAuth, Session, StepUp } from 'hanko-session'
import { isAnothersResend, toResendMarker } from 'hanko-session/rules'
import { RESEND_EXTENSION } from './resend-extension.ts'

/** A refusal. That of a step-up rule tells the client whose operation this was, for sending it again. */
export type Refusal = Forbidden & { readonly resend?: string | undefined }

/** Whose operation it is, and what came with it. */
interface Asking {
  readonly auth: RequestAuth<unknown>
  readonly session: Session<unknown>
  readonly context: unknown
}

/**
 * Refuses an operation that was another user's when a step-up rule refused it: somebody else signed in where the first
 * was asked to, and never meant this. To be asked before the rule is.
 */
export async function refuseAnothersResend({ auth, session, context }: Asking): Promise<Forbidden | undefined> {
  const marker = readExtensions(context)?.[RESEND_EXTENSION]
  if (marker === undefined || !(await isAnothersResend([marker], session))) return undefined
  return auth.forbid(session)
}

/** Where the marker could not be read when it comes back, nobody is told one: then nothing is sent again. */
export async function refuseForStepUp({ auth, session, context }: Asking, needs: StepUp): Promise<Refusal> {
  const refusal = auth.forbid(session, needs)
  return readExtensions(context) === undefined ? refusal : { ...refusal, resend: await toResendMarker(session) }
}

/** What the client sent along with an operation; Yoga, and the recipes for graphql-ws and graphql-sse, keep it there. */
function readExtensions(context: unknown): Readonly<Record<string, unknown>> | undefined {
  const { params } = (context ?? {}) as { params?: { extensions?: Readonly<Record<string, unknown>> | null } | null }
  return params === undefined || params === null ? undefined : (params.extensions ?? {})
}
