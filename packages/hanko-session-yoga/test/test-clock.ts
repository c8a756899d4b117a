import { vi } from 'vitest'

/** Time that a test lets pass, for a validator and for all timers that begin from now on. `vi.useRealTimers` ends it. */
export function createTestClock() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let passed = 0
  const clock = { now: () => Date.now() + passed, monotonic: () => performance.now() + passed }
  return {
    clock,
    /** What begins meanwhile may have to be waited for. */
    pass(milliseconds: number): void {
      passed += milliseconds
      vi.advanceTimersByTime(milliseconds)
    },
  }
}
