import { toMilliseconds } from '../duration.ts'
import type { Duration } from '../duration.ts'

/** The one clock that decides `iat`, `exp`, idle times and flow expiry. */
export interface EmulatorClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Moves the clock forward, for good. */
  advance(by: Duration): void
}

export function createEmulatorClock(base: { now(): number } = Date): EmulatorClock {
  let offset = 0
  return {
    now: () => base.now() + offset,
    advance(by) {
      offset += toMilliseconds(by, 'advance')
    },
  }
}
