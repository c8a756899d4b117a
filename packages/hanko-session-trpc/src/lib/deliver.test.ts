import { initTRPC } from '@trpc/server'
import { observable } from '@trpc/server/observable'
import type { RequestAuth } from 'hanko-session'
import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { hankoAuth } from './hanko-auth.ts'
import { requireSession } from './require-session.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko({ maxStaleness: 30_000 })
})

const t = initTRPC.context<{ auth: RequestAuth }>().create()
const secured = t.procedure.use(requireSession())
const fail = (): never => {
  throw new Error('no feed today')
}
const router = t.router({
  // oxlint-disable-next-line typescript/no-deprecated -- people have it
  observable: secured.subscription(() => observable<string>(fail)),
  iterable: secured.subscription(() => ({ [Symbol.asyncIterator]: fail }) as AsyncIterable<string>),
  handler: secured.subscription(fail as () => AsyncIterable<string>),
})

describe('a subscription that cannot begin', () => {
  it.each(['observable', 'iterable', 'handler'] as const)('lets go of its session, by its %s', async (name) => {
    const caller = t.createCallerFactory(router)({
      auth: hankoAuth(test.hanko, { headers: new Headers({ authorization: test.ada.header }) }),
    })
    await expect(caller[name]()).rejects.toThrow('no feed today')
    expect(test.hanko.stats().watched).toBe(0)
  })
})
