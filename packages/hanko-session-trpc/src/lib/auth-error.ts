import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server'
import { HankoAuthError, isHankoAuthError, type Reason, type RefusedFor } from 'hanko-session'

/** The column "tRPC" of docs/reasons.md. */
const CODES: Record<Reason, TRPC_ERROR_CODE_KEY> = {
  no_token: 'UNAUTHORIZED',
  malformed_credentials: 'BAD_REQUEST',
  ambiguous_credentials: 'UNAUTHORIZED',
  malformed_token: 'UNAUTHORIZED',
  unsupported_token: 'UNAUTHORIZED',
  wrong_token_type: 'UNAUTHORIZED',
  not_yet_valid: 'UNAUTHORIZED',
  expired: 'UNAUTHORIZED',
  unknown_key: 'UNAUTHORIZED',
  bad_signature: 'UNAUTHORIZED',
  wrong_audience: 'UNAUTHORIZED',
  wrong_issuer: 'UNAUTHORIZED',
  claims_invalid: 'UNAUTHORIZED',
  revoked: 'UNAUTHORIZED',
  cross_site: 'FORBIDDEN',
  forbidden: 'FORBIDDEN',
  step_up_required: 'FORBIDDEN',
  identity_mismatch: 'SERVICE_UNAVAILABLE',
  upstream_unavailable: 'SERVICE_UNAVAILABLE',
  upstream_timeout: 'GATEWAY_TIMEOUT',
  upstream_invalid: 'SERVICE_UNAVAILABLE',
  upstream_misconfigured: 'SERVICE_UNAVAILABLE',
  keys_unavailable: 'SERVICE_UNAVAILABLE',
}

/** The code of a refusal, whoever threw it. */
export function toCode({ code }: Pick<HankoAuthError, 'code'>): TRPC_ERROR_CODE_KEY {
  return CODES[code]
}

/** The refusal of a call. Its cause says why; message, cause and stack hold nothing out of a token. */
export function toTRPCError(refused: RefusedFor): TRPCError {
  const cause = new HankoAuthError(refused)
  return new TRPCError({ code: CODES[refused.reason], message: cause.message, cause })
}

/** What made a refusal of ours, or `undefined` for everybody else's errors. */
export function toAuthCause(error: TRPCError): HankoAuthError | undefined {
  return isHankoAuthError(error.cause) ? error.cause : undefined
}

/** What a refusal was made of. */
export function toRefusedFor({ code, retryAfter, stepUp }: HankoAuthError): RefusedFor {
  return { reason: code, retryAfter, stepUp }
}
