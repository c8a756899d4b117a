import type { Ended, Tombstones } from '../cache/tombstones.ts'
import type { RunInBackground } from '../run-in-background.ts'
import type { SharedStore } from '../shared-store.ts'

/** What the other processes tell of sessions that ended. */
export interface Hearing {
  /**
   * Hears what ended elsewhere, and puts it into the tombstones.
   *
   * @param onMissed called when some of it may not have been heard
   * @returns ends it
   */
  readonly listen: (onMissed: () => void) => () => void
  /** Where some revocations may be lost: only answers from later in the order are believed. */
  believedAfter(): number
}

export interface HearingParts {
  readonly store: SharedStore
  readonly scopeOf: () => Promise<string>
  readonly tombstones: Tombstones
  readonly nextOrder: () => number
  readonly runInBackground: RunInBackground
}

export function createHearing({ store, scopeOf, tombstones, nextOrder, runInBackground }: HearingParts): Hearing {
  let believedAfter = 0

  function hear(ended: Ended & Partial<Record<'expiresAt' | 'refuseBefore' | 'askUntil', unknown>>): void {
    if ('sessionId' in ended) return tombstones.endSession(ended.sessionId, toNumber(ended.expiresAt))
    const [refuseBefore, askUntil] = [toNumber(ended.refuseBefore), toNumber(ended.askUntil)]
    if (refuseBefore !== undefined && askUntil !== undefined) tombstones.endUser(ended.userId, refuseBefore, askUntil)
  }

  return {
    believedAfter: () => believedAfter,
    listen(onMissed) {
      let isOver = false
      let hasBegun = false
      let end = (): void => {}
      const miss = (): void => {
        // Before telling begins there was nothing to hear: what the store keeps is read with each answer.
        if (hasBegun) believedAfter = nextOrder()
        hasBegun = true
        onMissed()
      }
      const begin = async (): Promise<void> => {
        const own = await scopeOf()
        if (isOver) return
        end = store.subscribe(own, {
          revoked: (revocation) => void (isOver || hear(revocation)),
          missed: () => void (isOver || miss()),
        })
      }
      runInBackground(begin())
      return () => {
        isOver = true
        end()
      }
    },
  }
}

const toNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
