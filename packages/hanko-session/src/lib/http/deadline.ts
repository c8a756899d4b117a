import type { Clock } from '../options.ts'

/** A limit on how long something may take: one for all the calls of a check. */
export interface Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal
  /** What is left, in milliseconds; 0 when the time is up. */
  remaining(): number
  /** Stops the timer. */
  clear(): void
}

/** Unlike `AbortSignal.timeout`, it leaves no timer behind once the work is done. */
export function startDeadline(
  milliseconds: number,
  clock: Pick<Clock, 'monotonic'> = { monotonic: () => performance.now() },
): Deadline {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), milliseconds)
  const end = clock.monotonic() + milliseconds
  return {
    signal: controller.signal,
    remaining: () => (controller.signal.aborted ? 0 : Math.max(end - clock.monotonic(), 0)),
    clear: () => clearTimeout(timer),
  }
}

/**
 * The promise's outcome, unless the signal aborts first: then it rejects with the signal's reason. The work
 * itself goes on, and what becomes of it is nobody's business any more.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** How often one looks who must not wait for another request's promise, in milliseconds. */
export const LOOK_AGAIN = 10

/** Resolves after so many milliseconds, or when the signal aborts; it leaves neither timer nor listener. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
