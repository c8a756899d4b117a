import type { SharedRevocation, SharedStore } from '../shared-store.ts'
import { expectThat, someSession, toHandle } from './case-tools.ts'
import type { StoreCase, StoreSetup } from './store-cases.ts'

interface Ear {
  readonly heard: SharedRevocation[]
  /** Telling has begun. */
  readonly begun: Promise<void>
  end(): void
}

function listen(store: SharedStore, scope: string, onHeard: () => void = () => {}): Ear {
  const heard: SharedRevocation[] = []
  let end = (): void => {}
  const begun = new Promise<void>((resolve) => {
    end = store.subscribe(scope, {
      revoked(revocation) {
        heard.push(revocation)
        onHeard()
      },
      missed: resolve,
    })
  })
  return { heard, begun, end: () => end() }
}

/** Waits until something is so, for a few seconds. */
async function until(isSo: () => boolean, pass: StoreSetup['pass'], message: string): Promise<void> {
  for (let turns = 0; turns < 300 && !isSo(); turns++) await pass(10)
  expectThat(isSo(), message)
}

export const announcementCases: readonly StoreCase[] = [
  {
    name: 'every revocation is told to all of its scope, and to nobody else',
    async run({ open, pass, announces }) {
      if (!announces) return
      const { scope, sessionId, userId } = someSession()
      const [one, other] = [open(), open()]
      const ears = [listen(one, scope), listen(other, scope), listen(other, `${scope}x`)]
      await Promise.all(ears.map(({ begun }) => begun))
      const told = [
        { scope, sessionId },
        { scope, sessionId: 'a|b', expiresAt: 1_900_000_000 },
        { scope, userId, refuseBefore: 5, askUntil: 6 },
      ]
      for (const revocation of told) await toHandle(one).revoke(revocation)
      const isTold = ({ heard }: Ear): boolean =>
        told.every((revocation) => heard.some((found) => toText(found) === toText(revocation)))
      await until(() => ears.slice(0, 2).every(isTold), pass, 'all are told of all')
      expectThat(ears[2]?.heard.length === 0, 'another scope is told of nothing')
      for (const ear of ears) ear.end()
    },
  },
  {
    name: 'a revocation is kept before it is told of',
    async run({ open, pass, announces }) {
      if (!announces) return
      const session = someSession()
      const [one, other] = [open(), open()]
      const found: boolean[] = []
      const ear = listen(other, session.scope, () => {
        void toHandle(other)
          .read(session)
          .then(({ hasEnded }) => found.push(hasEnded))
      })
      await ear.begun
      await toHandle(one).revoke({ scope: session.scope, sessionId: session.sessionId })
      await until(() => found.length > 0, pass, 'it is told')
      expectThat(found.every(Boolean), 'whoever is told finds it')
      ear.end()
    },
  },
  {
    name: 'nobody is told of anything who does not listen any more',
    async run({ open, pass, announces }) {
      if (!announces) return
      const { scope, sessionId } = someSession()
      const [one, other] = [open(), open()]
      const [gone, stays] = [listen(other, scope), listen(other, scope)]
      await Promise.all([gone.begun, stays.begun])
      gone.end()
      await toHandle(one).revoke({ scope, sessionId })
      await until(() => stays.heard.length > 0, pass, 'the other one is told')
      expectThat(gone.heard.length === 0, 'this one is not')
      stays.end()
    },
  },
]

/** Whatever the order of its members. */
const toText = (revocation: SharedRevocation): string =>
  JSON.stringify(Object.entries(revocation).toSorted(([one], [other]) => (one < other ? -1 : 1)))
