import type { Reason } from 'hanko-session'

/** What `extensions.code` of a refusal can be. */
export type GraphQLCode = 'UNAUTHENTICATED' | 'BAD_REQUEST' | 'FORBIDDEN' | 'SERVICE_UNAVAILABLE' | 'GATEWAY_TIMEOUT'

/** The column "GraphQL" of docs/reasons.md. */
export const CODES: Record<Reason, GraphQLCode> = {
  no_token: 'UNAUTHENTICATED',
  malformed_credentials: 'BAD_REQUEST',
  ambiguous_credentials: 'UNAUTHENTICATED',
  malformed_token: 'UNAUTHENTICATED',
  unsupported_token: 'UNAUTHENTICATED',
  wrong_token_type: 'UNAUTHENTICATED',
  not_yet_valid: 'UNAUTHENTICATED',
  expired: 'UNAUTHENTICATED',
  unknown_key: 'UNAUTHENTICATED',
  bad_signature: 'UNAUTHENTICATED',
  wrong_audience: 'UNAUTHENTICATED',
  wrong_issuer: 'UNAUTHENTICATED',
  claims_invalid: 'UNAUTHENTICATED',
  revoked: 'UNAUTHENTICATED',
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
