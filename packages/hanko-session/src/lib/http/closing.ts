/** Whether something was closed, for good. */
export interface Closing {
  readonly isClosed: boolean
  /**
   * Aborts when it is closed. Made when it is first asked for: a Worker may create a validator, but no signal, outside
   * of a request; and a signal of one request is of no use to another.
   */
  readonly signal: AbortSignal
  /** For what cannot wait for a signal: called once, when it is closed, and at once if it is already. */
  readonly onClose: (listener: () => void) => void
  close(): void
}

export function createClosing(): Closing {
  let controller: AbortController | undefined
  let isClosed = false
  const listeners = new Set<() => void>()
  return {
    get isClosed() {
      return isClosed
    },
    get signal() {
      controller ??= new AbortController()
      if (isClosed) controller.abort()
      return controller.signal
    },
    onClose(listener) {
      if (isClosed) listener()
      else listeners.add(listener)
    },
    close() {
      isClosed = true
      controller?.abort()
      for (const listener of listeners) listener()
      listeners.clear()
    },
  }
}
