import { expectThat, someSession, toHandle } from './case-tools.ts'
import type { StoreCase } from './store-cases.ts'

export const turnCases: readonly StoreCase[] = [
  {
    name: 'the right to ask goes to one of many who want it at once',
    async run({ open }) {
      const stores = [toHandle(open()), toHandle(open())]
      const session = someSession()
      const readings = await Promise.all(
        [1, 2, 3, 4, 5].flatMap(() => stores.map((store) => store.read(session, 5_000))),
      )
      expectThat(readings.filter(({ hasLease }) => hasLease).length === 1, 'one of ten has it')
    },
  },
  {
    name: 'the right to ask is given to nobody who does not want it, and for one session only',
    async run({ open }) {
      const [one, other] = [toHandle(open()), toHandle(open())]
      const session = someSession()
      expectThat(!(await one.read(session)).hasLease, 'not asked for')
      expectThat((await one.read(session, 5_000)).hasLease, 'still free')
      expectThat(
        (await other.read({ ...session, sessionId: crypto.randomUUID() }, 5_000)).hasLease,
        'of another session',
      )
      expectThat((await other.read({ ...session, scope: crypto.randomUUID() }, 5_000)).hasLease, 'of another scope')
    },
  },
  {
    name: 'the right to ask is free again when the call has failed, when it succeeded, or after its time',
    async run({ open, pass }) {
      const [one, other] = [toHandle(open()), toHandle(open())]
      const session = someSession()
      const { now } = await one.read(session, 5_000)
      await one.release(session)
      expectThat((await other.read(session, 5_000)).hasLease, 'after a failure')
      await other.confirm(session, { at: now })
      expectThat((await one.read(session, 30)).hasLease, 'after an answer')
      await pass(50)
      expectThat((await other.read(session, 5_000)).hasLease, 'after its time')
    },
  },
  {
    name: 'the right to ask is given back by nobody but its holder',
    async run({ open }) {
      const [one, other] = [toHandle(open()), toHandle(open())]
      const session = someSession()
      const { now } = await one.read(session, 5_000)
      await other.release(session)
      expectThat(!(await other.read(session, 5_000)).hasLease, 'not by release')
      await other.confirm(session, { at: now })
      expectThat(!(await other.read(session, 5_000)).hasLease, 'not by confirm')
    },
  },
]
