import { describe, expect, it } from 'vitest'
import { ageOf, nowOf } from './instant.ts'

describe('the age of an instant', () => {
  it.each([
    ['time passes', 5, 5, 5],
    ['the monotonic clock stops, as in suspension', 5, 0, 5],
    ['the wall clock is set back', -5, 3, 3],
    ['the wall clock is set forward', 3_600, 3, 3_600],
  ])('is the larger of what two clocks say: %s', (_, wallBy, monotonicBy, age) => {
    let [wall, monotonic] = [1_000, 20]
    const clock = { now: () => wall, monotonic: () => monotonic }
    const then = nowOf(clock)
    wall += wallBy
    monotonic += monotonicBy
    expect(ageOf(then, clock)).toBe(age)
  })
})
