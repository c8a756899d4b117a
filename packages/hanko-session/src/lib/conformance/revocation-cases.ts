import { expectAnswer, expectThat, someSession, toHandle } from './case-tools.ts'
import type { StoreCase } from './store-cases.ts'

export const revocationCases: readonly StoreCase[] = [
  {
    name: 'a session that has ended has no answer, and gets none',
    async run({ open }) {
      const [one, other] = [toHandle(open()), toHandle(open())]
      const session = someSession()
      const { now } = await one.read(session, 5_000)
      await one.confirm(session, { at: now })
      await other.revoke({ scope: session.scope, sessionId: session.sessionId })
      const reading = await one.read(session)
      expectThat(reading.hasEnded, 'it has ended')
      expectAnswer(reading, undefined, 'its answer is gone')
      await one.confirm(session, { at: reading.now })
      expectAnswer(await one.read(session), undefined, 'an answer that comes late is not kept')
    },
  },
  {
    name: 'a revocation is kept for its time, which another never cuts short',
    async run({ open, pass }) {
      const store = toHandle(open())
      const [short, long] = [someSession(), someSession()]
      await store.revoke({ scope: short.scope, sessionId: short.sessionId }, 40)
      for (const keepFor of [60_000, 1]) {
        await store.revoke({ scope: long.scope, sessionId: long.sessionId }, keepFor)
        await store.revoke({ scope: long.scope, userId: long.userId, refuseBefore: 5, askUntil: 6 }, keepFor)
      }
      await pass(60)
      expectThat(!(await store.read(short)).hasEnded, 'the short one is over')
      const { hasEnded, userRevoked } = await store.read(long)
      expectThat(hasEnded && userRevoked?.askUntil === 6, 'the long one is not')
    },
  },
  {
    name: 'of the revocations of a user the largest times count, and when the last one was kept',
    async run({ open, pass }) {
      const [one, other] = [toHandle(open()), toHandle(open())]
      const session = someSession()
      const { scope, userId } = session
      const before = (await one.read(session)).now
      await one.revoke({ scope, userId, refuseBefore: 100, askUntil: 110 })
      const first = (await other.read(session)).userRevoked
      expectThat(first !== undefined && first.at >= before, 'it is dated by the store')
      await pass(20)
      await other.revoke({ scope, userId, refuseBefore: 105, askUntil: 105 })
      await other.revoke({ scope, userId, refuseBefore: 7, askUntil: 8 })
      const { now, userRevoked } = await one.read(session)
      expectThat(userRevoked?.refuseBefore === 105 && userRevoked.askUntil === 110, 'the largest of each')
      expectThat((userRevoked?.at ?? 0) >= (first?.at ?? 0) + 20 && (userRevoked?.at ?? 0) <= now, 'dated anew')
    },
  },
  {
    name: 'revocations of one user at once are all kept',
    async run({ open }) {
      const stores = [toHandle(open()), toHandle(open()), toHandle(open())]
      const session = someSession()
      const { scope, userId } = session
      await Promise.all(
        stores.map((store, index) => store.revoke({ scope, userId, refuseBefore: 100 + index, askUntil: 200 - index })),
      )
      const { userRevoked } = await toHandle(open()).read(session)
      expectThat(userRevoked?.refuseBefore === 102 && userRevoked.askUntil === 200, 'the largest of each')
    },
  },
]
