import { afterEach, describe, expect, it, vi } from 'vitest'
import { pause, startDeadline, untilAborted } from './deadline.ts'

afterEach(() => vi.useRealTimers())

describe('startDeadline', () => {
  it('aborts when the time is up, and not before', () => {
    vi.useFakeTimers()
    const { signal } = startDeadline(2_500)
    vi.advanceTimersByTime(2_499)
    expect(signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(signal.aborted).toBe(true)
  })

  it('leaves no timer once it is cleared', () => {
    vi.useFakeTimers()
    const deadline = startDeadline(2_500)
    deadline.clear()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('says what is left, by the given clock', () => {
    vi.useFakeTimers()
    let now = 100
    const deadline = startDeadline(2_500, { monotonic: () => now })
    expect(deadline.remaining()).toBe(2_500)
    now += 2_000
    expect(deadline.remaining()).toBe(500)
    now += 2_000
    expect(deadline.remaining()).toBe(0)
  })

  it('has nothing left once it has aborted, though the clock stands still', () => {
    vi.useFakeTimers()
    const deadline = startDeadline(2_500, { monotonic: () => 0 })
    vi.advanceTimersByTime(2_500)
    expect(deadline.remaining()).toBe(0)
  })
})

describe('pause', () => {
  it('lasts as long as it says, and leaves no timer or listener', async () => {
    vi.useFakeTimers()
    const { signal } = new AbortController()
    const removed = vi.spyOn(signal, 'removeEventListener')
    const pausing = pause(200, signal)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(200)
    await pausing
    expect([vi.getTimerCount(), removed.mock.calls.length]).toEqual([0, 1])
  })

  it('ends with the signal, before or during it', async () => {
    vi.useFakeTimers()
    await pause(200, AbortSignal.abort())
    const controller = new AbortController()
    const pausing = pause(200, controller.signal)
    controller.abort()
    await pausing
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('untilAborted', () => {
  it('gives the outcome of the work', async () => {
    await expect(untilAborted(Promise.resolve(1), undefined)).resolves.toBe(1)
    await expect(untilAborted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1)
    await expect(untilAborted(Promise.reject(new Error('no')), new AbortController().signal)).rejects.toThrow('no')
  })

  it('rejects with the reason of the signal, before or while waiting', async () => {
    const reason = new Error('gone')
    await expect(untilAborted(new Promise(() => {}), AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const waiting = untilAborted(new Promise(() => {}), controller.signal)
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })

  it('takes its listener off the signal', async () => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await untilAborted(Promise.resolve(), signal)
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
  })
})
