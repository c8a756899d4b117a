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
  return {
    get size() {
      const now = clock.monotonic()
      for (const [who, came] of since) {
        if (now - came <= stay) break
        since.delete(who)
      }
      return since.size
    },
    add: (who) => void since.set(who, clock.monotonic()),
    delete: (who) => void since.delete(who),
  }
}
