/** Numbers that a seed brings back. */
export interface Random {
  /** From 0 to below 1. */
  next(): number
  pick<T>(values: readonly T[]): T
  chance(share: number): boolean
  /** Milliseconds, from `min` to `max`. */
  between(min: number, max: number): number
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    pick: (values) => values[Math.floor(next() * values.length)] as (typeof values)[number],
    chance: (share) => next() < share,
    between: (min, max) => min + next() * (max - min),
  }
}
