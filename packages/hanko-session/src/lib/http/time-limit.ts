/** A limit of one length on many things at once. */
export interface TimeLimit {
  /** What comes of the work, or `late` when the time is up or the work fails. The work itself goes on. */
  race<T>(work: Promise<T>, late: T): Promise<T>
}

/** A timer may fire so much early, in milliseconds. */
const EARLY = 1

/**
 * Whatever begins first is over first, so one timer serves all that wait: 10,000 requests at once would spend most of
 * their time on timers and signals of their own. Where nobody waits there is no timer.
 */
export function createTimeLimit(milliseconds: number): TimeLimit {
  /** In the order in which they began. */
  const waiting = new Set<{ readonly end: number; readonly giveUp: () => void }>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function arm(): void {
    const [first] = waiting
    timer = first === undefined ? undefined : setTimeout(expire, first.end - performance.now())
  }

  function expire(): void {
    const now = performance.now()
    for (const waiter of waiting) {
      if (waiter.end - now > EARLY) break
      waiting.delete(waiter)
      waiter.giveUp()
    }
    arm()
  }

  return {
    race: (work, late) =>
      new Promise((resolve) => {
        const waiter = { end: performance.now() + milliseconds, giveUp: () => resolve(late) }
        const settle = (value: typeof late): void => {
          resolve(value)
          if (!waiting.delete(waiter) || waiting.size > 0) return
          clearTimeout(timer)
          timer = undefined
        }
        waiting.add(waiter)
        if (timer === undefined) arm()
        work.then(settle, () => settle(late))
      }),
  }
}
