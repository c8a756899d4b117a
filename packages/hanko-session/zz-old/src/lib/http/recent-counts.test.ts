import { describe, expect, it } from 'vitest'
import { createRecentCounts } from './recent-counts.ts'

function createCounts() {
  let now = 12_345
  return {
    counts: createRecentCounts({ monotonic: () => now }, 10_000),
    pass: (milliseconds: number) => void (now += milliseconds),
  }
}

describe('createRecentCounts', () => {
  it('counts all events, and the marked ones', () => {
    const { counts } = createCounts()
    counts.add(true)
    counts.add(false)
    counts.add(false)
    expect(counts.totals()).toEqual({ all: 3, marked: 1 })
  })

  it('covers nine tenths of the span, and nothing older than the span', () => {
    const { counts, pass } = createCounts()
    counts.add(true)
    pass(9_000)
    expect(counts.totals().all).toBe(1)
    pass(1_000)
    expect(counts.totals().all).toBe(0)
  })

  it('adds up what came at different times', () => {
    const { counts, pass } = createCounts()
    for (let second = 0; second < 25; second++) {
      counts.add(second % 2 === 0)
      pass(1_000)
    }
    // The part that has just begun is empty: nine full ones are left of the last ten.
    expect(counts.totals()).toEqual({ all: 9, marked: 5 })
  })

  it('forgets on request', () => {
    const { counts } = createCounts()
    counts.add(true)
    counts.clear()
    expect(counts.totals()).toEqual({ all: 0, marked: 0 })
  })
})
