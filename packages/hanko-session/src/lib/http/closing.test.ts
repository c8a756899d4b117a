import { describe, expect, it, vi } from 'vitest'
import { createClosing } from './closing.ts'

describe('createClosing', () => {
  it('makes a signal for those who ask, before or after', () => {
    const closing = createClosing()
    const { signal } = closing
    expect([closing.isClosed, signal.aborted]).toEqual([false, false])
    closing.close()
    expect([closing.isClosed, signal.aborted, closing.signal.aborted]).toEqual([true, true, true])
    const other = createClosing()
    other.close()
    expect(other.signal.aborted).toBe(true)
  })

  it('makes none by itself, which Workers forbid outside of a request', () => {
    const made = vi.spyOn(globalThis, 'AbortController')
    createClosing().close()
    expect(made).not.toHaveBeenCalled()
    made.mockRestore()
  })
})
