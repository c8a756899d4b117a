/** Whether something was closed, for good. */
export interface Closing {
  readonly isClosed: boolean
  /**
   * Aborts when it is closed. Made when it is first asked for: a Worker may create a validator, but no signal, outside
   * of a request; and a signal of one request is of no use to another.
   */
  readonly signal: AbortSignal
  close(): void
}

export function createClosing(): Closing {
  let controller: AbortController | undefined
  let isClosed = false
  return {
    get isClosed() {
      return isClosed
    },
    get signal() {
      controller ??= new AbortController()
      if (isClosed) controller.abort()
      return controller.signal
    },
    close() {
      isClosed = true
      controller?.abort()
    },
  }
}
