import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTimeLimit } from './time-limit.ts'

const never = new Promise<string>(() => {})

describe('createTimeLimit', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('gives what comes of the work, and leaves no timer', async () => {
    const limit = createTimeLimit(100)
    expect(await limit.race(Promise.resolve('done'), 'late')).toBe('done')
    expect(await limit.race(Promise.reject(new Error('no')), 'late')).toBe('late')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends each at its own time with one timer', async () => {
    const limit = createTimeLimit(100)
    const ended: string[] = []
    const start = (name: string): void => void limit.race(never, name).then((value) => ended.push(value))
    start('first')
    await vi.advanceTimersByTimeAsync(60)
    start('second')
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(39)
    expect(ended).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toEqual(['first'])
    await vi.advanceTimersByTimeAsync(60)
    expect(ended).toEqual(['first', 'second'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends nothing early when what began first is done', async () => {
    const limit = createTimeLimit(100)
    let finish = (_: string): void => {}
    const first = limit.race(new Promise<string>((resolve) => (finish = resolve)), 'late')
    await vi.advanceTimersByTimeAsync(50)
    let second: string | undefined
    void limit.race(never, 'late').then((value) => (second = value))
    finish('done')
    expect(await first).toBe('done')
    await vi.advanceTimersByTimeAsync(90)
    expect(second).toBeUndefined()
    await vi.advanceTimersByTimeAsync(10)
    expect(second).toBe('late')
  })
})
