import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTimeLimit } from './time-limit.ts'

const never = new Promise<string>(() => {})

describe('createTimeLimit', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('gives what comes of the work, and leaves no timer', async () => {
    const limit = createTimeLimit(100)
    expect(await limit.race(() => Promise.resolve('done'), 'late')).toBe('done')
    expect(await limit.race(() => Promise.reject(new Error('no')), 'late')).toBe('late')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends each at its own time, with one timer for those that begin together', async () => {
    const limit = createTimeLimit(100)
    const ended: string[] = []
    const start = (name: string, work = never): void =>
      void limit.race(() => work, name).then((value) => ended.push(value))
    for (const name of ['a', 'b', 'c']) start(name)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(60)
    start('later')
    start('done at once', Promise.resolve('done'))
    await vi.advanceTimersByTimeAsync(39)
    expect(ended).toEqual(['done'])
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toEqual(['done', 'a', 'b', 'c'])
    await vi.advanceTimersByTimeAsync(60)
    expect(ended.slice(4)).toEqual(['later'])
    expect(vi.getTimerCount()).toBe(0)
  })
})
