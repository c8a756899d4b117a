import type { DecisionLog } from '../decision-log.ts'
import { createBreaker } from '../http/breaker.ts'
import type { Settings } from '../options.ts'
import type { StoreStats } from '../shared-store.ts'

/** Calls to the shared store, which is a help and never a need. */
export interface StoreCalls {
  /** What it says; `undefined` when it fails, is too slow, or has done so of late and is left alone. Never rejects. */
  call<T>(run: (signal: AbortSignal) => Promise<T>, timeout?: number): Promise<{ readonly value: T } | undefined>
  stats(): Pick<StoreStats, 'state' | 'calls' | 'errors'>
}

/** Half: one that takes no writes, for want of memory or as a replica, fails every other call. */
const BREAKER = {
  failuresInARow: 3,
  failureShare: 0.5,
  minCalls: 6,
  breakerWindow: 10_000,
  openFor: 1_000,
  maxOpenFor: 30_000,
} as const

const DOWN = 'the shared store fails or is too slow: this process goes on as if it were alone'

export function createStoreCalls(
  { clock, limits }: Pick<Settings, 'clock' | 'limits'>,
  log: Pick<DecisionLog, 'note'>,
  random: () => number = Math.random,
): StoreCalls {
  const stats = { calls: 0, errors: 0 }
  let isDown = false
  const breaker = createBreaker({
    limits: BREAKER,
    longestCall: limits.storeTimeout * 2,
    clock,
    random,
    onOpen() {
      if (!isDown) log.note('warn', DOWN)
      isDown = true
    },
  })

  function setUp(): void {
    if (!isDown || breaker.state() !== 'closed') return
    isDown = false
    log.note('warn', 'the shared store answers again')
  }

  return {
    async call(run, timeout = limits.storeTimeout) {
      const pass = breaker.enter()
      if (typeof pass === 'number') return undefined
      stats.calls++
      try {
        const value = await within(timeout, run)
        pass.settle('success')
        setUp()
        return { value }
      } catch {
        // What an adapter throws may hold anything, so it goes no further.
        stats.errors++
        pass.settle('failure')
        return undefined
      }
    },
    stats: () => ({ state: isDown ? 'down' : 'up', ...stats }),
  }
}

/** The outcome of the work, unless the time is up. A process that was busy reads its sockets before it gives up. */
async function within<T>(milliseconds: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const isLate = new Promise<never>((_, reject) => {
    const giveUp = (): void => {
      controller.abort()
      reject(new Error('the shared store did not answer in time'))
    }
    timer = setTimeout(() => (timer = setTimeout(giveUp, 1)), milliseconds)
  })
  try {
    return await Promise.race([run(controller.signal), isLate])
  } finally {
    clearTimeout(timer)
  }
}
