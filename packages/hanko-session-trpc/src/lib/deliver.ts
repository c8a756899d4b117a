import { isObservable, observableToAsyncIterable } from '@trpc/server/observable'
import { isHankoAuthError, type SessionWatch } from 'hanko-session'
import { endWithSession } from 'hanko-session/streams'
import { toRefusedFor, toTRPCError } from './auth-error.ts'

/** What a handler's answer is to tRPC, as far as it matters here. */
interface Result {
  readonly ok: boolean
  readonly data?: unknown
}

/** Whether an answer goes on after its call: of a subscription, or of a query that streams. */
export function isStream(result: unknown): boolean {
  const { ok, data } = result as Result
  return ok && typeof data === 'object' && data !== null && (Symbol.asyncIterator in data || isObservable(data))
}

/**
 * The same answer, delivered for as long as its session lives. Then it ends with the `TRPCError` of the refusal. The
 * watch is released when the stream is over, also when nobody ever reads it and the caller goes away.
 */
export function deliver<T>(result: T, watch: SessionWatch<unknown>, signal: AbortSignal | undefined): T {
  const { data } = result as Result
  const source = isObservable(data)
    ? observableToAsyncIterable(data, signal ?? watch.signal)
    : (data as AsyncIterable<unknown>)
  const stream = endWithSession(source, watch)
  const end = (): void => void stream.return(undefined)
  signal?.addEventListener('abort', end, { once: true })

  const next = stream.next.bind(stream)
  stream.next = async () => {
    try {
      return await next()
    } catch (error) {
      throw isHankoAuthError(error) ? toTRPCError(toRefusedFor(error)) : error
    }
  }
  return { ...result, data: stream }
}
