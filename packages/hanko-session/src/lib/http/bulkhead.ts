import type { Limits } from '../limits.ts'

/**
 * How waiting for a slot ended: with one, because the line was full, because all who wait were refused, or by
 * the signal. Only a `slot` is left again.
 */
export type Turn = 'slot' | 'full' | 'refused' | 'aborted'

export interface Bulkhead {
  /** Waits for a slot, first come first served. */
  enter(signal: AbortSignal, isBackground: boolean): Promise<Turn>
  /** Gives a slot back; `signal` and `isBackground` as it was taken. */
  leave(signal: AbortSignal, isBackground: boolean): void
  /** Empties the line. */
  refuseAll(): void
  stats(): { inFlight: number; waiting: number }
}

type Waiter = (turn: Turn) => void

/**
 * At most `maxInFlight` calls at once and a line behind them. Background calls take at most their share of the
 * slots and never go before a user's: they wait apart, are served when no user waits, and when the line is full the
 * oldest of them (the one with the least time left) makes room for a user.
 */
export function createBulkhead({
  maxInFlight,
  maxWaiting,
  backgroundShare,
}: Pick<Limits, 'maxInFlight' | 'maxWaiting' | 'backgroundShare'>): Bulkhead {
  const maxBackground = Math.max(1, Math.floor(maxInFlight * backgroundShare))
  let inFlight = 0
  let inBackground = 0
  const users = new Set<Waiter>()
  const background = new Set<Waiter>()

  function take(isBackground: boolean): void {
    inFlight++
    if (isBackground) inBackground++
  }

  const isFree = (isBackground: boolean): boolean =>
    inFlight < maxInFlight && (!isBackground || inBackground < maxBackground)

  /** Users first. Nobody stands in a line whose next slot is free: so one who comes and finds one overtakes nobody. */
  function serveNext(): void {
    const isBackground = users.size === 0
    if (!isFree(isBackground)) return
    const [next] = isBackground ? background : users
    if (next === undefined) return
    take(isBackground)
    next('slot')
  }

  function wait(signal: AbortSignal, line: Set<Waiter>): Promise<Turn> {
    return new Promise((resolve) => {
      const settle: Waiter = (turn) => {
        line.delete(settle)
        signal.removeEventListener('abort', onAbort)
        resolve(turn)
      }
      const onAbort = (): void => settle('aborted')
      signal.addEventListener('abort', onAbort)
      line.add(settle)
    })
  }

  return {
    enter(signal, isBackground) {
      if (signal.aborted) return Promise.resolve('aborted')
      if (isFree(isBackground)) {
        take(isBackground)
        return Promise.resolve('slot')
      }
      if (users.size + background.size >= maxWaiting) {
        const [oldest] = background
        if (isBackground || oldest === undefined) return Promise.resolve('full')
        oldest('full')
      }
      return wait(signal, isBackground ? background : users)
    },
    leave(_signal, isBackground) {
      inFlight--
      if (isBackground) inBackground--
      serveNext()
    },
    refuseAll() {
      for (const refuse of [...users, ...background]) refuse('refused')
    },
    stats: () => ({ inFlight, waiting: users.size + background.size }),
  }
}
