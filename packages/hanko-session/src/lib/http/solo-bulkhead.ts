import type { Limits } from '../limits.ts'
import type { Clock } from '../options.ts'
import type { Bulkhead, Turn } from './bulkhead.ts'
import { LOOK_AGAIN, pause } from './deadline.ts'
import { createHeadcount } from './headcount.ts'

/**
 * The bulkhead for requests that must not wait for each other's promises. Who leaves tells nobody: those who wait look
 * again from time to time, so they come to their turn in any order. Background calls do not wait: the next use of the
 * session begins another.
 *
 * @param stay the longest that a call takes, in milliseconds: a request that ended without notice has left by then
 */
export function createSoloBulkhead(
  { maxInFlight, maxWaiting, backgroundShare }: Pick<Limits, 'maxInFlight' | 'maxWaiting' | 'backgroundShare'>,
  clock: Pick<Clock, 'monotonic'>,
  stay: number,
): Bulkhead {
  const maxBackground = Math.max(1, Math.floor(maxInFlight * backgroundShare))
  const all = createHeadcount(clock, stay)
  const background = createHeadcount(clock, stay)
  const waiting = createHeadcount(clock, stay)
  let refusals = 0

  const isFree = (isBackground: boolean): boolean =>
    all.size < maxInFlight && (!isBackground || (background.size < maxBackground && waiting.size === 0))

  function take(signal: AbortSignal, isBackground: boolean): 'slot' {
    all.add(signal)
    if (isBackground) background.add(signal)
    return 'slot'
  }

  return {
    async enter(signal, isBackground) {
      if (signal.aborted) return 'aborted'
      if (waiting.size === 0 && isFree(isBackground)) return take(signal, isBackground)
      if (isBackground || waiting.size >= maxWaiting) return 'full'
      const before = refusals
      const look = (): Turn | undefined => {
        if (signal.aborted) return 'aborted'
        if (refusals !== before) return 'refused'
        return isFree(isBackground) ? take(signal, isBackground) : undefined
      }
      waiting.add(signal)
      try {
        for (;;) {
          await pause(LOOK_AGAIN, signal)
          const turn = look()
          if (turn !== undefined) return turn
        }
      } finally {
        waiting.delete(signal)
      }
    },
    leave(signal) {
      all.delete(signal)
      background.delete(signal)
    },
    refuseAll() {
      refusals++
    },
    stats: () => ({ inFlight: all.size, waiting: waiting.size }),
  }
}
