import { createTRPCClient, httpLink, type TRPCClientError } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { describe, expectTypeOf, it } from 'vitest'
import { type AuthErrorData, withAuthError } from './with-auth-error.ts'

describe('withAuthError', () => {
  it('shows the client error.data.auth', () => {
    const t = initTRPC.context<{ db: number }>().create({ errorFormatter: withAuthError() })
    const router = t.router({ a: t.procedure.query(() => 1) })
    type Data = NonNullable<TRPCClientError<typeof router>['data']>
    expectTypeOf<Data['auth']>().toEqualTypeOf<AuthErrorData | undefined>()
    expectTypeOf<Data['httpStatus']>().toEqualTypeOf<number>()
    // @ts-expect-error - reasons that would tell an attacker which check failed are not public
    expectTypeOf<'bad_signature'>().toExtend<AuthErrorData['reason']>()
    createTRPCClient<typeof router>({ links: [httpLink({ url: 'http://localhost' })] })
  })

  it("keeps what the user's formatter returns, and types its options", () => {
    const t = initTRPC.context<{ requestId: string }>().create({
      errorFormatter: withAuthError(({ shape, error, ctx }) => {
        expectTypeOf(error.code).toBeString()
        expectTypeOf(ctx?.requestId).toEqualTypeOf<string | undefined>()
        return { ...shape, data: { ...shape.data, extra: 1 } }
      }),
    })
    const router = t.router({ a: t.procedure.query(() => 1) })
    type Data = NonNullable<TRPCClientError<typeof router>['data']>
    expectTypeOf<Data['extra']>().toEqualTypeOf<number>()
    expectTypeOf<Data['auth']>().toEqualTypeOf<AuthErrorData | undefined>()
    // @ts-expect-error - nobody added it
    expectTypeOf<Data['other']>().toBeAny()
  })
})
