import type { ExecutionResult } from 'graphql'
import type { AuthState, RefusedFor, SessionWatch } from 'hanko-session'
import { endWithSession } from 'hanko-session/streams'
import { toFieldError, toRefused } from './auth-error.ts'
import { findAuthError } from './surface-auth-errors.ts'

/** The session of a stream while it runs: a subscription, a live query. */
export interface StreamState {
  /** Watched since the stream began, or since something in it first needed a session. */
  watch: SessionWatch<unknown> | undefined
  /** What Hanko said when it was asked for this stream, because something that turned up in it is `fresh`. */
  fresh: AuthState<unknown> | undefined
  /** Whether its events are delivered: before that it begins as any operation does. */
  isRunning: boolean
  /** Whether the stream outlives its session: nothing that is sure to be in it needs one. */
  readonly outlives: boolean
  begin(): Promise<SessionWatch<unknown>>
  release(): void
}

export function createStreamState(outlives: boolean, beginWatch: () => Promise<SessionWatch<unknown>>): StreamState {
  let beginning: Promise<SessionWatch<unknown>> | undefined
  let isOver = false
  const stream: StreamState = {
    watch: undefined,
    fresh: undefined,
    isRunning: false,
    outlives,
    begin() {
      beginning ??= beginWatch().then((watch) => {
        if (isOver) watch.release()
        // An outage passes: the next event asks again. Over a WebSocket, that is: an HTTP request keeps its one outcome.
        if (watch.state.status === 'unavailable') beginning = undefined
        else stream.watch = watch
        return watch
      })
      return beginning
    },
    release() {
      isOver = true
      stream.watch?.release()
    },
  }
  return stream
}

type Results = AsyncIterable<ExecutionResult>

/**
 * Delivers results for as long as their session lives; then one more with the error, and the end. A stream that outlives
 * its session only lets go of it at its end.
 *
 * @param onEnded hears why, when the session has ended and the last result is out
 */
export function streamOfSession(source: Results, stream: StreamState, onEnded: (why: RefusedFor) => void): Results {
  let inner: AsyncIterator<ExecutionResult> | undefined
  let why: RefusedFor | undefined
  let isOver = false
  /** As `@defer` and `@stream` have them: the last must say that it is the last. */
  let hasParts = false

  const hasEnded = (): boolean => isOver

  function finish(): IteratorResult<ExecutionResult> {
    if (!isOver && why !== undefined) onEnded(why)
    isOver = true
    stream.release()
    return { done: true, value: undefined }
  }

  async function begin(): Promise<AsyncIterator<ExecutionResult>> {
    if (inner !== undefined) return inner
    stream.isRunning = true
    const results = stream.outlives ? source : endWithSession(source, await stream.begin())
    inner = results[Symbol.asyncIterator]()
    return inner
  }

  async function next(): Promise<IteratorResult<ExecutionResult>> {
    if (isOver || why !== undefined) return finish()
    try {
      const iterator = await begin()
      if (hasEnded()) return finish()
      const result = await iterator.next()
      if (result.done === true) return finish()
      hasParts ||= 'hasNext' in result.value
      return result
    } catch (error) {
      const refusal = stream.outlives ? undefined : findAuthError(error)
      if (refusal === undefined) {
        finish()
        throw error
      }
      why = toRefused(refusal)
      return { done: false, value: { errors: [toFieldError(why)], ...(hasParts ? { hasNext: false } : {}) } }
    }
  }

  const results: AsyncIterator<ExecutionResult> & Results = {
    next,
    async return() {
      const iterator = inner ?? source[Symbol.asyncIterator]()
      why = undefined
      const end = finish()
      await iterator.return?.()
      return end
    },
    async throw(error) {
      await results.return?.()
      throw error
    },
    [Symbol.asyncIterator]: () => results,
  }
  return results
}
