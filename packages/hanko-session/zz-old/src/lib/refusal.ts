import { type Reason, toMessage, toPublicReason } from './errors.ts'

/** What every answer that a session touched carries: no cache may keep it, for anybody else or for later. */
export const NO_STORE = 'private, no-store'

/** Why a request is refused: an outcome without a session fits, and so do the fields of a `HankoAuthError`. */
export interface RefusedFor {
  readonly reason: Reason
  /** Milliseconds from now. */
  readonly retryAfter?: number | undefined
}

/** A refusal as plain HTTP shows it. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** An `application/problem+json` document (RFC 9457). */
  readonly body: string
}

const INVALID_REQUEST = 'Bearer error="invalid_request"'
const INVALID_TOKEN = 'Bearer error="invalid_token"'

/** RFC 6750, section 3, and the table in docs/reasons.md. */
const HTTP: Record<Reason, { status: number; challenge?: string; retry?: true }> = {
  no_token: { status: 401, challenge: 'Bearer' },
  malformed_credentials: { status: 400, challenge: INVALID_REQUEST },
  ambiguous_credentials: { status: 401, challenge: INVALID_REQUEST },
  malformed_token: { status: 401, challenge: INVALID_TOKEN },
  unsupported_token: { status: 401, challenge: INVALID_TOKEN },
  wrong_token_type: { status: 401, challenge: INVALID_TOKEN },
  not_yet_valid: { status: 401, challenge: INVALID_TOKEN },
  expired: { status: 401, challenge: INVALID_TOKEN },
  unknown_key: { status: 401, challenge: INVALID_TOKEN },
  bad_signature: { status: 401, challenge: INVALID_TOKEN },
  wrong_audience: { status: 401, challenge: INVALID_TOKEN },
  wrong_issuer: { status: 401, challenge: INVALID_TOKEN },
  claims_invalid: { status: 401, challenge: INVALID_TOKEN },
  revoked: { status: 401, challenge: INVALID_TOKEN },
  cross_site: { status: 403 },
  identity_mismatch: { status: 503 },
  upstream_unavailable: { status: 503, retry: true },
  upstream_timeout: { status: 504, retry: true },
  upstream_invalid: { status: 503 },
  upstream_misconfigured: { status: 503 },
  keys_unavailable: { status: 503 },
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** When Hanko did not say, in seconds. */
const DEFAULT_RETRY_AFTER = 1

/**
 * How to refuse a request for an outcome that is not a session: status, headers and a problem document.
 * For frameworks without a guard of their own; `requireSession` and the guards of `hanko-session/node` use it.
 *
 * @example
 * ```ts
 * import { type SessionValidator, toRefusal } from 'hanko-session'
 *
 * export async function whoAmI(hanko: SessionValidator, request: Request): Promise<Response> {
 *   const state = await hanko.authenticate(request)
 *   if (state.status === 'authenticated') return Response.json({ id: state.session.userId })
 *   const { status, headers, body } = toRefusal(state)
 *   return new Response(body, { status, headers })
 * }
 * ```
 */
export function toRefusal({ reason, retryAfter }: RefusedFor): Refusal {
  const { status, challenge, retry } = HTTP[reason]
  const seconds = retryAfter === undefined ? DEFAULT_RETRY_AFTER : Math.ceil(retryAfter / 1_000)
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': NO_STORE,
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
      ...(retry ? { 'retry-after': String(seconds) } : {}),
    },
    body: JSON.stringify({
      type: 'about:blank',
      title: TITLES[status],
      status,
      detail: toMessage(reason),
      reason: toPublicReason(reason),
    }),
  }
}
