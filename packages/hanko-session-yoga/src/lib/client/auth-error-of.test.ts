import { GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { authErrorOf } from './auth-error-of.ts'

const of = (extensions: Record<string, unknown>): GraphQLError => new GraphQLError('x', { extensions })
const STEP_UP = { maxAge: 900, amr: ['passkey'] }

describe('authErrorOf', () => {
  it.each([
    ['UNAUTHENTICATED', { reason: 'no_token' }, { kind: 'signed-out', reason: 'no_token' }],
    ['UNAUTHENTICATED', { reason: 'revoked' }, { kind: 'signed-out', reason: 'revoked' }],
    ['BAD_REQUEST', { reason: 'invalid_token' }, { kind: 'signed-out', reason: 'invalid_token' }],
    ['FORBIDDEN', { reason: 'cross_site' }, { kind: 'forbidden', reason: 'cross_site' }],
    [
      'FORBIDDEN',
      { reason: 'step_up_required', stepUp: STEP_UP },
      { kind: 'step-up', reason: 'step_up_required', stepUp: STEP_UP },
    ],
    [
      'SERVICE_UNAVAILABLE',
      { reason: 'upstream_unavailable', retryAfter: 2_000 },
      { kind: 'outage', reason: 'upstream_unavailable', retryAfter: 2_000 },
    ],
    ['GATEWAY_TIMEOUT', undefined, { kind: 'outage', reason: undefined, retryAfter: undefined }],
    ['UNAUTHENTICATED', undefined, { kind: 'signed-out', reason: undefined }],
  ])('tells by the code and the reason: %s %j', (code, auth, problem) => {
    const error = of({ code, ...(auth === undefined ? {} : { auth }) })
    expect(authErrorOf(error)).toEqual(problem)
    // As urql, as Apollo Client, and as a result has it; the first counts that is about the session.
    for (const key of ['graphQLErrors', 'errors'])
      expect(authErrorOf({ [key]: [of({ code: 'NOT_FOUND' }), error] })).toEqual(problem)
  })

  it.each([
    of({}),
    of({ code: 'NOT_FOUND' }),
    of({ code: 'constructor' }),
    of({ code: 'INTERNAL_SERVER_ERROR', auth: 'no_token' }),
    new Error('UNAUTHENTICATED'),
    { errors: [] },
    { errors: [null, 7] },
    { errors: undefined },
    { graphQLErrors: 'x' },
    undefined,
    null,
    'UNAUTHENTICATED',
  ])('has nothing to say of other failures: %o', (error) => {
    expect(authErrorOf(error)).toBeUndefined()
  })
})
