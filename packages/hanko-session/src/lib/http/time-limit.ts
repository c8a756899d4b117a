/** A limit of one length on many things at once. */
export interface TimeLimit {
  /**
   * What comes of the work, or `late` when the time is up or the work fails. The work itself goes on. Its time begins
   * before the work does: of two limits of one length this one is over first.
   */
  race<T>(work: () => Promise<T>, late: T): Promise<T>
}

/**
 * What begins together ends together, so one timer serves all of it: 10,000 requests at once would spend most of their
 * time on timers and signals of their own. Once all are done there is no timer.
 *
 * @param isShared whether one timer may serve several requests
 */
export function createTimeLimit(milliseconds: number, isShared = true): TimeLimit {
  /** Those that begin in this turn. */
  let beginning: Batch | undefined

  function begin(): Batch {
    const waiting = new Set<() => void>()
    const timer = setTimeout(() => {
      for (const giveUp of waiting) giveUp()
    }, milliseconds)
    if (isShared) queueMicrotask(() => (beginning = undefined))
    return { waiting, timer }
  }

  return {
    race: (work, late) =>
      new Promise((resolve) => {
        const { waiting, timer } = isShared ? (beginning ??= begin()) : begin()
        const giveUp = (): void => resolve(late)
        const settle = (value: typeof late): void => {
          resolve(value)
          waiting.delete(giveUp)
          if (waiting.size === 0) clearTimeout(timer)
        }
        waiting.add(giveUp)
        work().then(settle, () => settle(late))
      }),
  }
}

interface Batch {
  readonly waiting: Set<() => void>
  readonly timer: ReturnType<typeof setTimeout>
}
