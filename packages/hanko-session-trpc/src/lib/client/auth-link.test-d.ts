import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
  type TRPCLink,
} from '@trpc/client'
import { initTRPC } from '@trpc/server'
import type { StepUp, UnavailableReason } from 'hanko-session'
import { describe, expectTypeOf, it } from 'vitest'
import { authErrorOf, type AuthProblem, authLink, resendHeaders } from '../../client.ts'
import { withAuthError } from '../with-auth-error.ts'

const t = initTRPC.create({ errorFormatter: withAuthError() })
const router = t.router({ hello: t.procedure.query(() => 'hello') })
type AppRouter = typeof router
const url = '/trpc'

describe('authLink', () => {
  it('stands before any link of any router', () => {
    for (const send of [
      httpLink<AppRouter>({ url, headers: resendHeaders }),
      httpBatchLink<AppRouter>({ url, headers: resendHeaders }),
      httpBatchStreamLink<AppRouter>({ url, headers: (given) => ({ ...resendHeaders(given), 'x-app': '7' }) }),
      splitLink<AppRouter>({ condition: () => true, true: httpSubscriptionLink({ url }), false: httpLink({ url }) }),
    ]) {
      const client = createTRPCClient<AppRouter>({ links: [authLink({ retries: 1 }), send] })
      expectTypeOf(client.hello.query()).resolves.toEqualTypeOf<string>()
    }
    expectTypeOf(authLink<AppRouter>()).toEqualTypeOf<TRPCLink<AppRouter>>()
  })

  it('says to a hook what it is about, and takes its answer', () => {
    authLink({
      onSignedOut: ({ kind, reason }) => {
        expectTypeOf(kind).toEqualTypeOf<'signed-out'>()
        expectTypeOf(reason).toEqualTypeOf<'no_token' | 'invalid_token' | 'expired' | 'revoked' | undefined>()
      },
      onStepUp: async ({ stepUp }) => {
        expectTypeOf(stepUp).toEqualTypeOf<StepUp>()
        return true
      },
    })
    // @ts-expect-error - a hook that says nothing does not say yes
    authLink({ onStepUp: () => {} })
    // @ts-expect-error - nor does one that says it in words
    authLink({ onStepUp: async () => 'yes' })
    // @ts-expect-error - a number
    authLink({ retries: '3' })
    // @ts-expect-error - misspelt
    authLink({ onSignOut: () => {} })
  })
})

describe('authErrorOf', () => {
  it('takes anything that was caught, and can be told apart by its kind alone', () => {
    expectTypeOf(authErrorOf).parameter(0).toEqualTypeOf<unknown>()
    expectTypeOf(authErrorOf(new TRPCClientError<AppRouter>('x'))).toEqualTypeOf<AuthProblem | undefined>()
    const problem = {} as AuthProblem
    // @ts-expect-error - only an outage is over by itself
    void problem.retryAfter
    if (problem.kind === 'outage') expectTypeOf(problem.reason).toEqualTypeOf<UnavailableReason | undefined>()
    if (problem.kind === 'step-up') expectTypeOf(problem.stepUp).toEqualTypeOf<StepUp>()
    if (problem.kind === 'forbidden')
      expectTypeOf(problem.reason).toEqualTypeOf<'forbidden' | 'cross_site' | undefined>()
  })
})
