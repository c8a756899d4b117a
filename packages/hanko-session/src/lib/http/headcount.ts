import type { Clock } from '../options.ts'

/**
 * Counts those who are somewhere. Where a request can end without notice (a Worker whose client hung up), nothing
 * says that it has left: so who stays longer than anybody may is gone.
 */
export interface Headcount {
  readonly size: number
  add(who: object): void
  delete(who: object): void
}

/** @param stay the longest that anybody stays, in milliseconds */
export function createHeadcount(clock: Pick<Clock, 'monotonic'>, stay: number): Headcount {
  /** When each came. All stay equally long, so who came first is gone first. */
  const since = new Map<object, number>()

  function forgetGone(): void {
    const now = clock.monotonic()
    for (const [who, came] of since) {
      if (now - came <= stay) return
      since.delete(who)
    }
  }

  return {
    get size() {
      forgetGone()
      return since.size
    },
    add(who) {
      // Nobody may ever ask how many there are.
      forgetGone()
      since.set(who, clock.monotonic())
    },
    delete: (who) => void since.delete(who),
  }
}
