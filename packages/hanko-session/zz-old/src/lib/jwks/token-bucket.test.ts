import { expect, it } from 'vitest'
import { createTokenBucket } from './token-bucket.ts'

it('gives a burst at once, then one in each interval, never more than a burst', () => {
  let now = 0
  const bucket = createTokenBucket({ now: () => now, monotonic: () => now }, 3, 5_000)
  const take = () => [bucket.take(), bucket.take(), bucket.take(), bucket.take()].filter(Boolean).length
  expect(take()).toBe(3)
  // Asked all the time, it gives no less.
  for (now = 100; now < 5_000; now += 100) expect(bucket.take()).toBe(false)
  expect(take()).toBe(1)
  now += 10_000
  expect(take()).toBe(2)
  now += 3_600_000
  expect(take()).toBe(3)
})

it('goes by the clock that says more, and by neither backwards', () => {
  const at = { wall: 0, monotonic: 0 }
  const bucket = createTokenBucket({ now: () => at.wall, monotonic: () => at.monotonic }, 1, 5_000)
  expect([bucket.take(), bucket.take()]).toEqual([true, false])
  at.wall -= 3_600_000
  at.monotonic += 5_000
  expect([bucket.take(), bucket.take()]).toEqual([true, false])
  at.wall += 5_000 // asleep
  expect([bucket.take(), bucket.take()]).toEqual([true, false])
})
