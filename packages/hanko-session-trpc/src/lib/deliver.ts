import { isObservable, observableToAsyncIterable } from '@trpc/server/observable'
import { isHankoAuthError, type RequestAuth, type SessionWatch } from 'hanko-session'
import { endWithSession } from 'hanko-session/streams'
import { toTRPCError } from './auth-error.ts'
import { countStream } from './socket-runs.ts'

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
export async function deliver<T>(
  result: T,
  auth: RequestAuth<unknown>,
  watching: SessionWatch<unknown> | Promise<SessionWatch<unknown>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const watch = await watching
  const { data } = result as Result
  const source = isObservable(data)
    ? observableToAsyncIterable(data, signal ?? watch.signal)
    : (data as AsyncIterable<unknown>)
  const leave = countStream(auth)
  const stream = endWithSession(source, { ...watch, release })
  const next = stream.next.bind(stream)

  function end(): void {
    void stream.return(undefined)
  }

  function release(): void {
    watch.release()
    signal?.removeEventListener('abort', end)
    leave(watch.signal)
  }

  stream.next = async () => {
    try {
      return await next()
    } catch (error) {
      throw isHankoAuthError(error) ? toTRPCError(error) : error
    }
  }
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end() // while the handler ran
  return { ...result, data: stream }
}
