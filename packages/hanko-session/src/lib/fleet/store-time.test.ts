import { describe, expect, it } from 'vitest'
import { createStoreTime } from './store-time.ts'

const at = (monotonic: number) => ({ wall: 0, monotonic })

describe('the clock of the store', () => {
  it('places what is dated after a reading, and not within the same millisecond', () => {
    const time = createStoreTime(30_000)
    expect(time.orderBefore(1_000)).toBe(0)
    time.see(5, 1_000, at(0))
    time.see(9, 2_000, at(1_000))
    expect([999, 1_000, 1_001, 2_000, 2_001].map(time.orderBefore)).toEqual([0, 0, 5, 5, 9])
  })

  it('is not misled by readings that come back in another order than they were sent', () => {
    const time = createStoreTime(30_000)
    time.see(9, 2_000, at(1_000))
    time.see(5, 1_999, at(999))
    time.see(6, 2_500, at(999))
    expect([2_001, 3_000].map(time.orderBefore)).toEqual([9, 9])
  })

  it('keeps few marks, which are close enough together for every answer within the bound', () => {
    const time = createStoreTime(30_000)
    for (let now = 0; now <= 120_000; now++) time.see(now + 1, now, at(now))
    for (let now = 90_000; now <= 120_000; now += 7) {
      const order = time.orderBefore(now)
      expect(order).toBeLessThanOrEqual(now)
      expect(order).toBeGreaterThan(now - 500)
    }
    expect(time.orderBefore(30_000)).toBe(0)
  })

  it('is not trusted once it was set back, until it has caught up', () => {
    const time = createStoreTime(30_000)
    time.see(1, 100_000, at(0))
    expect(time.isTrusted(100_000)).toBe(true)
    time.see(2, 100_500, at(10_000)) // it should be 110_000 by now
    expect([100_500, 110_000, 110_001].map(time.isTrusted)).toEqual([false, false, true])
    expect(time.orderBefore(100_400)).toBe(0)
    time.see(3, 111_000, at(20_500))
    expect(time.isTrusted(111_000)).toBe(true)
  })
})
