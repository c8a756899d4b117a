import { isTRPCClientError } from '@trpc/client'
import type { LiveRouter } from './live-app.ts'

interface Handlers {
  onData(value: unknown): void
  onError(error: unknown): void
  onComplete(): void
}

/** A subscription as a test reads it: in order, each waited for. */
export function subscribe(begin: (handlers: Handlers) => { unsubscribe(): void }) {
  const queue: unknown[] = []
  let wake = (): void => {}
  const push = (item: unknown): void => {
    queue.push(item)
    wake()
  }
  const subscription = begin({
    onData: push,
    onError: (error) => push(toEnd(error)),
    onComplete: () => push({ end: 'complete' }),
  })
  return {
    /** Data, or `{ end }`. */
    async next(): Promise<unknown> {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return queue.shift()
    },
    /** What came and was not read. */
    rest: queue,
    stop: () => subscription.unsubscribe(),
  }
}

function toEnd(error: unknown): unknown {
  if (!isTRPCClientError<LiveRouter>(error)) return error
  return { end: error.data?.code, auth: error.data?.auth }
}
