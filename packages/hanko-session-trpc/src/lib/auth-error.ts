import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server'
import { HankoAuthError, isHankoAuthError, type Refusal, type RefusedFor, toRefusal } from 'hanko-session'

/**
 * By the status that plain HTTP has for a refusal: in docs/reasons.md both columns say the same, so one table of reasons
 * is enough. A test goes through them all.
 */
const CODES: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
}

/** A refusal as plain HTTP shows it, whoever threw it. */
export function toHttp({ code, retryAfter, stepUp }: HankoAuthError): Refusal {
  return toRefusal({ reason: code, retryAfter, stepUp })
}

/** The code of a refusal, whoever threw it. */
export function toCode(cause: HankoAuthError): TRPC_ERROR_CODE_KEY {
  return CODES[toHttp(cause).status] ?? 'INTERNAL_SERVER_ERROR'
}

/** The refusal of a call. Its cause says why; message, cause and stack hold nothing out of a token. */
export function toTRPCError(refused: RefusedFor | HankoAuthError): TRPCError {
  const cause = isHankoAuthError(refused) ? refused : new HankoAuthError(refused)
  return new TRPCError({ code: toCode(cause), message: cause.message, cause })
}

/** What made a refusal of ours, or `undefined` for everybody else's errors. */
export function toAuthCause(error: TRPCError): HankoAuthError | undefined {
  return isHankoAuthError(error.cause) ? error.cause : undefined
}
