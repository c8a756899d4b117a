import { afterEach, describe, expect, it, vi } from 'vitest'
import { startDeadline, untilAborted } from './deadline.ts'

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
