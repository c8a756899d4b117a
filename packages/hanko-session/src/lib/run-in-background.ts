import type { Settings } from './options.ts'

/** Takes work that nobody waits for: what it throws is nobody's, and the runtime is asked to let it finish. */
export type RunInBackground = (work: Promise<unknown>) => void

export function createRunInBackground(waitUntil: Settings['waitUntil']): RunInBackground {
  return (work) => {
    const quiet = work.catch(() => {})
    try {
      waitUntil?.(quiet)
    } catch {
      // A `waitUntil` of a request that is over: the work goes on as far as the runtime lets it.
    }
  }
}
