import { isTRPCClientError } from '@trpc/client'
import { expect } from 'vitest'
import type { TestRouter } from './test-app.ts'

/** What a client learns of a call that must be refused. */
export async function refusalOf(call: Promise<unknown>): Promise<{ code: string; status: number; auth: unknown }> {
  const error = await call.then(
    () => expect.fail('the call was let through'),
    (cause: unknown) => cause,
  )
  if (!isTRPCClientError<TestRouter>(error)) throw error
  const { code, httpStatus, auth } = error.data ?? expect.fail('not an answer of tRPC')
  return { code, status: httpStatus, auth }
}
