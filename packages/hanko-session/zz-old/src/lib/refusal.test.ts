import { describe, expect, it } from 'vitest'
import { unauthenticated, unavailable } from './auth-state.ts'
import type { UnauthenticatedReason, UnavailableReason } from './errors.ts'
import { toRefusal } from './refusal.ts'

const request = 'Bearer error="invalid_request"'
const token = 'Bearer error="invalid_token"'

describe('toRefusal', () => {
  it.each<[UnauthenticatedReason, number, string | undefined, string]>([
    ['no_token', 401, 'Bearer', 'no_token'],
    ['malformed_credentials', 400, request, 'invalid_token'],
    ['ambiguous_credentials', 401, request, 'invalid_token'],
    ['malformed_token', 401, token, 'invalid_token'],
    ['unsupported_token', 401, token, 'invalid_token'],
    ['wrong_token_type', 401, token, 'invalid_token'],
    ['not_yet_valid', 401, token, 'invalid_token'],
    ['expired', 401, token, 'expired'],
    ['unknown_key', 401, token, 'invalid_token'],
    ['bad_signature', 401, token, 'invalid_token'],
    ['wrong_audience', 401, token, 'invalid_token'],
    ['wrong_issuer', 401, token, 'invalid_token'],
    ['claims_invalid', 401, token, 'invalid_token'],
    ['revoked', 401, token, 'revoked'],
    ['cross_site', 403, undefined, 'cross_site'],
  ])('L03 shows %s as %d, and of the reason only what a client may know', (reason, status, challenge, shown) => {
    const refusal = toRefusal(unauthenticated(reason))
    expect([refusal.status, refusal.headers['www-authenticate'], refusal.headers['retry-after']]).toEqual([
      status,
      challenge,
      undefined,
    ])
    expect(JSON.parse(refusal.body)).toMatchObject({ status, reason: shown })
  })

  it.each<[UnavailableReason, number, string | undefined]>([
    ['identity_mismatch', 503, undefined],
    ['upstream_unavailable', 503, '1'],
    ['upstream_timeout', 504, '1'],
    ['upstream_invalid', 503, undefined],
    ['upstream_misconfigured', 503, undefined],
    ['keys_unavailable', 503, undefined],
  ])('shows %s as %d', (reason, status, retryAfter) => {
    const refusal = toRefusal(unavailable(reason))
    expect([refusal.status, refusal.headers['www-authenticate'], refusal.headers['retry-after']]).toEqual([
      status,
      undefined,
      retryAfter,
    ])
  })

  it('rounds Retry-After up to whole seconds', () => {
    expect(toRefusal(unavailable('upstream_unavailable', 1_001)).headers['retry-after']).toBe('2')
  })
})
