export interface Waiting {
  readonly sleep: (milliseconds: number) => Promise<void>
  /** From 0 to below 1. */
  readonly random: () => number
}

const FIRST_WINDOW = 500
const LONGEST_WINDOW = 10_000
/** Servers of this project pass on no more, and who is asked to wait longer has something better to do. */
const LONGEST_RETRY_AFTER = 30_000

/**
 * How long to wait before a call is sent again: full jitter in a window that doubles, on top of what the server asked
 * for. Calls that fail together wait together, so that they come again as the one batch they were, for which the
 * server asks once.
 *
 * @returns nothing when the server asks for more time than anybody waits
 */
export function createBackOff({ sleep, random }: Waiting) {
  const waits = new Map<string, Promise<void>>()
  return (retriesSoFar: number, retryAfter = 0): Promise<void> | undefined => {
    if (retryAfter > LONGEST_RETRY_AFTER) return undefined
    const key = `${retriesSoFar} ${retryAfter}`
    const joined = waits.get(key)
    if (joined !== undefined) return joined
    const window = Math.min(FIRST_WINDOW * 2 ** retriesSoFar, LONGEST_WINDOW)
    const wait = sleep(retryAfter + random() * window).finally(() => waits.delete(key))
    waits.set(key, wait)
    return wait
  }
}
