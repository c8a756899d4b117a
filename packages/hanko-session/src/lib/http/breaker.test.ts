import { describe, expect, it, vi } from 'vitest'
import { createBreaker, type Pass } from './breaker.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'

/** `random` is 0.5: no jitter. */
function createTestBreaker(random = () => 0.5) {
  let now = 0
  const onOpen = vi.fn<() => void>()
  const breaker = createBreaker({
    limits: DEFAULT_LIMITS,
    longestCall: 2_500,
    clock: { monotonic: () => now },
    random,
    onOpen,
  })
  const enter = (): Pass => {
    const pass = breaker.enter()
    if (typeof pass === 'number') throw new Error('refused')
    return pass
  }
  const settle = (outcome: 'success' | 'failure', times = 1) => {
    for (let call = 0; call < times; call++) enter().settle(outcome)
  }
  return { breaker, onOpen, enter, settle, pass: (milliseconds: number) => void (now += milliseconds) }
}

describe('createBreaker', () => {
  it('opens on the fifth failure in a row, and not before', () => {
    const { breaker, settle, onOpen } = createTestBreaker()
    settle('failure', 4)
    expect([breaker.state(), onOpen.mock.calls.length]).toEqual(['closed', 0])
    settle('failure')
    expect([breaker.state(), onOpen.mock.calls.length]).toEqual(['open', 1])
    expect(breaker.enter()).toBe(1_000)
  })

  it('counts failures in a row anew after a success', () => {
    const { breaker, settle } = createTestBreaker()
    settle('failure', 4)
    settle('success')
    settle('failure', 4)
    expect(breaker.state()).toBe('closed')
  })

  it('opens when half of 20 calls failed within 10 s', () => {
    const { breaker, settle } = createTestBreaker()
    for (let pair = 0; pair < 9; pair++) {
      settle('success')
      settle('failure')
    }
    settle('success')
    expect(breaker.state()).toBe('closed')
    settle('failure')
    expect(breaker.state()).toBe('open')
  })

  it('does not open when less than half failed, or when it took longer than 10 s', () => {
    const { breaker, settle, pass } = createTestBreaker()
    for (let call = 0; call < 100; call++) settle(call % 5 < 2 ? 'failure' : 'success')
    expect(breaker.state()).toBe('closed')
    for (let pair = 0; pair < 100; pair++) {
      pass(1_100)
      settle('success')
      settle('failure')
    }
    expect(breaker.state()).toBe('closed')
  })

  it('says how long it stays open, and lets one call through then', () => {
    const { breaker, settle, enter, pass } = createTestBreaker()
    settle('failure', 5)
    pass(999)
    expect([breaker.enter(), breaker.openFor(), breaker.state()]).toEqual([1, 1, 'open'])
    pass(1)
    expect([breaker.state(), breaker.openFor()]).toEqual(['half-open', undefined])
    expect(enter().isProbing).toBe(true)
    expect(Array.from({ length: 100 }, () => breaker.enter())).toEqual(Array.from({ length: 100 }, () => 1_000))
  })

  it('closes when the probing call succeeds, and begins to count anew', () => {
    const { breaker, settle, enter, pass } = createTestBreaker()
    settle('failure', 5)
    pass(1_000)
    enter().settle('success')
    expect(breaker.state()).toBe('closed')
    expect(enter().isProbing).toBe(false)
    settle('failure', 4)
    expect(breaker.state()).toBe('closed')
    settle('failure')
    expect(breaker.enter()).toBe(1_000)
  })

  it('forgets on closing what it had counted within the 10 s', () => {
    const { breaker, settle, enter, pass } = createTestBreaker()
    for (let pair = 0; pair < 9; pair++) {
      settle('success')
      settle('failure')
    }
    settle('success')
    settle('failure')
    pass(1_000)
    enter().settle('success')
    settle('failure')
    expect(breaker.state()).toBe('closed')
  })

  it('stays open twice as long after each failed probing call, 30 s at most', () => {
    const { breaker, settle, enter, pass } = createTestBreaker()
    settle('failure', 5)
    const lengths: unknown[] = []
    for (let round = 0; round < 8; round++) {
      const length = breaker.enter() as number
      lengths.push(length)
      pass(length)
      enter().settle('failure')
    }
    expect(lengths).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  })

  it.each([
    [0, 800],
    [1, 1_200],
  ])('spreads the time by a fifth: random %d gives %d ms', (random, expected) => {
    const { breaker, settle } = createTestBreaker(() => random)
    settle('failure', 5)
    expect(breaker.enter()).toBe(expected)
  })

  it('lets another call probe when the probing one was never sent', () => {
    const { breaker, settle, enter, pass } = createTestBreaker()
    settle('failure', 5)
    pass(1_000)
    enter().settle('unsent')
    expect(breaker.state()).toBe('half-open')
    expect(enter().isProbing).toBe(true)
  })

  it('does not count what was never sent', () => {
    const { breaker, enter } = createTestBreaker()
    for (let call = 0; call < 50; call++) enter().settle('unsent')
    expect(breaker.state()).toBe('closed')
  })

  it('takes no notice of calls from before it opened', () => {
    const { breaker, settle, enter, pass } = createTestBreaker()
    const early = Array.from({ length: 12 }, enter)
    settle('failure', 5)
    early.slice(0, 4).forEach((call) => call.settle('success'))
    expect(breaker.state()).toBe('open')
    expect(early.at(-1)?.isCurrent()).toBe(false)
    pass(1_000)
    const probing = enter()
    early.slice(4, 8).forEach((call) => call.settle('failure'))
    expect([breaker.state(), probing.isCurrent()]).toEqual(['half-open', true])
    probing.settle('success')
    early.slice(8).forEach((call) => call.settle('failure'))
    settle('failure')
    expect(breaker.state()).toBe('closed')
  })
})
