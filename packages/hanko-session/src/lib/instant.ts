import type { Clock } from './options.ts'

/** A moment by both clocks: one stops while a machine sleeps, the other steps. */
export interface Instant {
  /** Milliseconds since the epoch. */
  readonly wall: number
  /** Milliseconds from any start. */
  readonly monotonic: number
}

export function nowOf(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() }
}

/** How long ago that was, in milliseconds: the larger of what the two clocks say. */
export function ageOf({ wall, monotonic }: Instant, clock: Clock): number {
  return Math.max(clock.now() - wall, clock.monotonic() - monotonic)
}

/** `performance` is looked for once: the global is a getter in Node, which costs more than the time it tells. */
export function createClock(): Clock {
  const { performance } = globalThis
  return { now: () => Date.now(), monotonic: () => performance.now() }
}
