import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { HankoAuthError, type Reason, toMessage, toRefusal, type RefusedFor } from 'hanko-session'
import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import { toAuthCause, toTRPCError } from './auth-error.ts'

/** docs/reasons.md, column "tRPC". */
const EXPECTED: Record<Reason, string> = {
  no_token: 'UNAUTHORIZED 401',
  malformed_credentials: 'BAD_REQUEST 400',
  ambiguous_credentials: 'UNAUTHORIZED 401',
  malformed_token: 'UNAUTHORIZED 401',
  unsupported_token: 'UNAUTHORIZED 401',
  wrong_token_type: 'UNAUTHORIZED 401',
  not_yet_valid: 'UNAUTHORIZED 401',
  expired: 'UNAUTHORIZED 401',
  unknown_key: 'UNAUTHORIZED 401',
  bad_signature: 'UNAUTHORIZED 401',
  wrong_audience: 'UNAUTHORIZED 401',
  wrong_issuer: 'UNAUTHORIZED 401',
  claims_invalid: 'UNAUTHORIZED 401',
  revoked: 'UNAUTHORIZED 401',
  cross_site: 'FORBIDDEN 403',
  forbidden: 'FORBIDDEN 403',
  step_up_required: 'FORBIDDEN 403',
  identity_mismatch: 'SERVICE_UNAVAILABLE 503',
  upstream_unavailable: 'SERVICE_UNAVAILABLE 503',
  upstream_timeout: 'GATEWAY_TIMEOUT 504',
  upstream_invalid: 'SERVICE_UNAVAILABLE 503',
  upstream_misconfigured: 'SERVICE_UNAVAILABLE 503',
  keys_unavailable: 'SERVICE_UNAVAILABLE 503',
}

describe('toTRPCError', () => {
  it.each(Object.entries(EXPECTED) as [Reason, string][])(
    'shows %s as %s, with the status plain HTTP has for it',
    (reason, expected) => {
      const state: RefusedFor = { reason, retryAfter: 2_000, stepUp: { maxAge: 60 } }
      const error = toTRPCError(state)
      expect(`${error.code} ${getHTTPStatusCodeFromError(error)}`).toBe(expected)
      expect(getHTTPStatusCodeFromError(error)).toBe(toRefusal(state).status)
      expect(error.message).toBe(toMessage(reason))
      expect(error.cause).toMatchObject({
        name: 'HankoAuthError',
        code: reason,
        retryAfter: 2_000,
        stepUp: { maxAge: 60 },
      })
    },
  )
})

describe('toAuthCause', () => {
  it('knows our refusals, those of another copy of hanko-session too, and no other error', () => {
    expect(toAuthCause(toTRPCError({ reason: 'expired' }))).toBeInstanceOf(HankoAuthError)
    const copy = Object.assign(new Error('x'), { name: 'HankoAuthError', code: 'revoked' })
    expect(toAuthCause(new TRPCError({ code: 'UNAUTHORIZED', cause: copy }))).toBe(copy)
    expect(toAuthCause(new TRPCError({ code: 'UNAUTHORIZED' }))).toBeUndefined()
    expect(
      toAuthCause(new TRPCError({ code: 'UNAUTHORIZED', cause: { name: 'HankoAuthError', code: 'x' } })),
    ).toBeUndefined()
  })
})
