import { HankoAuthError } from '../errors.ts'
import { untilAborted } from '../http/deadline.ts'
import type { SessionWatch } from '../request-auth.ts'

/** For what generators can do in this runtime besides, such as `Symbol.asyncDispose`. */
const GENERATOR = Object.getPrototypeOf(async function* () {}.prototype) as object

/**
 * Delivers what `source` gives for as long as the session lives. Then the source is ended (`return()`), nothing more is
 * delivered, and a `HankoAuthError` is thrown. The watch is released at the end, however it ends.
 *
 * No generator function: one that waits for its source cannot be ended, neither by its session nor by who reads it.
 *
 * @example
 * ```ts
 * import { createSessionValidator } from 'hanko-session'
 * import { endWithSession } from 'hanko-session/streams'
 *
 * const hanko = createSessionValidator()
 *
 * export async function* ticks(request: Request, source: AsyncIterable<number>) {
 *   const watch = await hanko.forRequest(request).watch()
 *   yield* endWithSession(source, watch) // throws when the session ends
 * }
 * ```
 */
export function endWithSession<T>(source: AsyncIterable<T>, watch: SessionWatch<unknown>): AsyncGenerator<T> {
  const iterator = begin(source, watch)
  const end = new AbortController()
  const isOver = (): boolean => end.signal.aborted
  /** Aborts when there is nothing more to wait for: the session has ended, or the stream is over. */
  const stop = AbortSignal.any([watch.signal, end.signal])
  /** Reads that wait, as a rule one at most. */
  let reading = 0

  function finish(): void {
    end.abort()
    watch.release()
  }

  /** Its end is not waited for: a source that hangs must not keep an error from who reads. */
  function abandon(): void {
    finish()
    try {
      iterator.return?.().catch(() => {})
    } catch {
      // It has ended in its own way.
    }
  }

  async function next(): Promise<IteratorResult<T>> {
    if (isOver()) return DONE
    reading++
    try {
      if (watch.signal.aborted) throw watch.signal.reason
      const result = await untilAborted(iterator.next(), stop)
      if (isOver()) return DONE
      const refused = watch.refusal() && (await untilAborted(watch.settled(), stop))
      if (refused !== undefined) throw new HankoAuthError(refused)
      if (result.done === true) finish()
      return isOver() && result.done !== true ? DONE : result
    } catch (error) {
      if (isOver()) return DONE
      // A source that listens to the signal ends with an error of its own.
      const refused = watch.signal.aborted ? watch.refusal() : undefined
      abandon()
      throw refused === undefined ? error : new HankoAuthError(refused)
    } finally {
      reading--
    }
  }

  async function leave(value: unknown): Promise<IteratorResult<T>> {
    const isFirst = !isOver()
    // A generator that waits for something ends after that, which may never come.
    if (isFirst && reading > 0) abandon()
    else if (isFirst) {
      finish()
      await iterator.return?.()
    }
    return { done: true, value }
  }

  const methods = {
    next,
    return: async (value?: unknown) => leave(await value),
    async throw(error: unknown): Promise<never> {
      if (!isOver()) abandon()
      throw error
    },
    [Symbol.asyncIterator]: () => stream,
  }
  const stream = Object.assign(Object.create(GENERATOR) as object, methods) as unknown as AsyncGenerator<T>
  return stream
}

const DONE: IteratorResult<never> = Object.freeze({ done: true, value: undefined })

function begin<T>(source: AsyncIterable<T>, watch: SessionWatch<unknown>): AsyncIterator<T> {
  try {
    return source[Symbol.asyncIterator]()
  } catch (error) {
    watch.release()
    throw error
  }
}
