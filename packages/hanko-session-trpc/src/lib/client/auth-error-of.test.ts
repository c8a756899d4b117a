import { TRPCClientError } from '@trpc/client'
import { describe, expect, it } from 'vitest'
import { authErrorOf } from './auth-error-of.ts'

const of = (data: unknown): unknown => TRPCClientError.from({ error: { code: -32_000, message: 'x', data } })

describe('authErrorOf', () => {
  it.each([
    [
      { code: 'UNAUTHORIZED', auth: { reason: 'no_token' } },
      { kind: 'signed-out', reason: 'no_token' },
    ],
    [
      { code: 'UNAUTHORIZED', auth: { reason: 'revoked' } },
      { kind: 'signed-out', reason: 'revoked' },
    ],
    [
      { code: 'BAD_REQUEST', auth: { reason: 'invalid_token' } },
      { kind: 'signed-out', reason: 'invalid_token' },
    ],
    [
      { code: 'FORBIDDEN', auth: { reason: 'cross_site' } },
      { kind: 'forbidden', reason: 'cross_site' },
    ],
    [
      { code: 'FORBIDDEN', auth: { reason: 'forbidden' } },
      { kind: 'forbidden', reason: 'forbidden' },
    ],
    [
      { code: 'FORBIDDEN', auth: { reason: 'step_up_required', stepUp: { maxAge: 900, amr: ['passkey'] } } },
      { kind: 'step-up', reason: 'step_up_required', stepUp: { maxAge: 900, amr: ['passkey'] } },
    ],
    [
      { code: 'SERVICE_UNAVAILABLE', auth: { reason: 'upstream_unavailable', retryAfter: 2_000 } },
      { kind: 'outage', reason: 'upstream_unavailable', retryAfter: 2_000 },
    ],
    [
      { code: 'GATEWAY_TIMEOUT', auth: { reason: 'upstream_timeout' } },
      { kind: 'outage', reason: 'upstream_timeout', retryAfter: undefined },
    ],
  ])('tells by the reason: %j', (data, problem) => {
    expect(authErrorOf(of(data))).toEqual(problem)
  })

  it.each([
    [{ code: 'UNAUTHORIZED' }, 'signed-out'],
    [{ code: 'FORBIDDEN' }, 'forbidden'],
    [{ code: 'SERVICE_UNAVAILABLE' }, 'outage'],
    [{ httpStatus: 504 }, 'outage'],
    [{ httpStatus: 401 }, 'signed-out'],
    // A newer server may have reasons that this client does not know.
    [{ code: 'FORBIDDEN', auth: { reason: 'of the future' } }, 'forbidden'],
    [{ code: 'SERVICE_UNAVAILABLE', auth: { reason: 'of the future', retryAfter: 'soon' } }, 'outage'],
  ])('goes by the code, and by the status where there is none: %j', (data, kind) => {
    const problem = authErrorOf(of(data))
    expect(problem).toMatchObject({ kind })
    expect(problem).not.toMatchObject({ retryAfter: 'soon' })
  })

  it.each([
    of({ code: 'BAD_REQUEST', httpStatus: 400 }),
    of({ code: 'NOT_FOUND' }),
    of({ code: 'constructor' }),
    of({ code: 'TOO_MANY_REQUESTS', httpStatus: 503 }),
    of(undefined),
    of('UNAUTHORIZED'),
    of({ code: 'INTERNAL_SERVER_ERROR', auth: 'no_token' }),
    new TRPCClientError('fetch failed'),
    new Error('UNAUTHORIZED'),
    { data: null },
    undefined,
    null,
    'UNAUTHORIZED',
    401,
  ])('has nothing to say of other failures: %o', (error) => {
    expect(authErrorOf(error)).toBeUndefined()
  })

  it('needs no class: another copy of the client, or what TanStack keeps of an error', () => {
    expect(authErrorOf({ message: 'x', data: { code: 'UNAUTHORIZED' } })).toEqual({
      kind: 'signed-out',
      reason: undefined,
    })
  })

  it('always has something to show for a step-up', () => {
    const data = { code: 'FORBIDDEN', auth: { reason: 'step_up_required', stepUp: 'x' } }
    expect(authErrorOf(of(data))).toMatchObject({ kind: 'step-up', stepUp: {} })
  })
})
