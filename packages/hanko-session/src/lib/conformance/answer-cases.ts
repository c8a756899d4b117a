import { expectAnswer, expectThat, someSession, toHandle } from './case-tools.ts'
import type { StoreCase } from './store-cases.ts'

export const answerCases: readonly StoreCase[] = [
  {
    name: 'an unknown session: nothing but the time, by a clock that goes on',
    async run({ open, pass }) {
      const store = toHandle(open())
      const first = await store.read(someSession())
      expectThat(!first.hasEnded && !first.hasLease && first.userRevoked === undefined, 'nothing is known')
      expectAnswer(first, undefined, 'no answer is known')
      await pass(20)
      const { now } = await store.read(someSession())
      expectThat(now >= first.now + 20 && now < first.now + 60_000, 'the clock counts milliseconds')
    },
  },
  {
    name: 'an answer is what all others read, to the millisecond',
    async run({ open }) {
      const [one, other] = [toHandle(open()), toHandle(open())]
      for (const more of [{}, { touchedAt: -5 }, { touchedAt: -7, idleExpiresAt: 1_900_000_000_123 }]) {
        const session = someSession()
        const { now } = await one.read(session)
        const answer = {
          at: now,
          ...more,
          ...(more.touchedAt === undefined ? {} : { touchedAt: now + more.touchedAt }),
        }
        await one.confirm(session, answer)
        expectAnswer(await other.read(session), answer, 'as it was kept')
        expectAnswer(await one.read(session), answer, 'as it was kept')
      }
    },
  },
  {
    name: 'an answer never replaces a later one',
    async run({ open }) {
      const [one, other] = [toHandle(open()), toHandle(open())]
      const session = someSession()
      const { now } = await one.read(session)
      const at = now - 10
      await one.confirm(session, { at })
      await other.confirm(session, { at: at - 1, touchedAt: at - 1 })
      expectAnswer(await one.read(session), { at }, 'the later one stays')
      await other.confirm(session, { at: at + 1 })
      expectAnswer(await one.read(session), { at: at + 1 }, 'a later one replaces it')
    },
  },
  {
    name: 'an answer is let go when it is of no more use',
    async run({ open, pass }) {
      const store = toHandle(open())
      const session = someSession()
      const { now } = await store.read(session)
      await store.confirm(session, { at: now }, 40)
      await pass(60)
      expectAnswer(await store.read(session), undefined, 'it is gone')
    },
  },
  {
    name: 'scopes, sessions and users are apart, whatever their ids look like',
    async run({ open }) {
      const store = toHandle(open())
      const scope = crypto.randomUUID()
      const ids = ['a:b', 'a', 'b:c', '{a}', '}', 'a|b', '*', ' ', '__proto__', 'constructor', '%7B', 'é', 'e\u0301']
      const sessions = ids.flatMap((sessionId) => [
        { scope, sessionId, userId: 'c' },
        { scope: `${scope}x`, sessionId, userId: 'c' },
      ])
      for (const [index, session] of sessions.entries()) {
        const { now, ...reading } = await store.read(session)
        expectAnswer({ now, ...reading }, undefined, `${session.sessionId} is nobody else`)
        await store.confirm(session, { at: now - index })
      }
      const [first = someSession()] = sessions
      await store.revoke({ scope, sessionId: first.sessionId })
      await store.revoke({ scope, userId: 'a', refuseBefore: 5, askUntil: 5 })
      for (const session of sessions.slice(1)) {
        const reading = await store.read(session)
        expectThat(reading.answer !== undefined && !reading.hasEnded, `${session.sessionId} lives`)
        expectThat(reading.userRevoked === undefined, 'a user is no session, and no other user')
      }
    },
  },
]
