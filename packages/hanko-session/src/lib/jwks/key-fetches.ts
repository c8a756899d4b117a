import { LOOK_AGAIN, pause, untilAborted } from '../http/deadline.ts'
import { ageOf, type Instant, nowOf } from '../instant.ts'
import type { Clock } from '../options.ts'

/** How long to look out for the fetch of a request that may have gone, in milliseconds. */
const PATIENCE = 1_000

/** A fetch of the keys. */
interface KeyFetch {
  readonly number: number
  readonly begunAt: Instant
  /** Whether its answer settles which keys are listed; `undefined` while it is under way. */
  readonly isSettled: boolean | undefined
}

/** The fetches of the keys of one API URL: one at a time, for all who want one. */
export interface KeyFetches {
  start(): KeyFetch
  /** One that a request has begun that may have gone, and taken it along, is none. */
  underWay(): KeyFetch | undefined
  /**
   * Whether its answer settles which keys are listed; `undefined` if its request may have gone.
   * Rejects when the signal aborts.
   * @param isOwn whether the request that asks has begun it
   */
  outcome(fetch: KeyFetch, isOwn: boolean, signal: AbortSignal): Promise<boolean | undefined>
  /** Since the start. */
  readonly count: number
  readonly lastAt: Instant | undefined
}

export interface KeyFetchesParts {
  /** Whether its answer settles which keys are listed. */
  readonly fetchOnce: (begunAt: Instant) => Promise<boolean>
  readonly clock: Clock
  /** Whether one request may wait for a fetch of another's; if not, it looks what has come of it. */
  readonly joinRequests: boolean
  /** Gets every fetch, which may outlive the request that began it. */
  readonly runInBackground: (work: Promise<unknown>) => void
}

export function createKeyFetches({ fetchOnce, clock, joinRequests, runInBackground }: KeyFetchesParts): KeyFetches {
  let current: KeyFetch | undefined
  let count = 0
  let lastAt: Instant | undefined
  const promises = new WeakMap<KeyFetch, Promise<boolean>>()

  function underWay(): KeyFetch | undefined {
    return current === undefined || joinRequests || ageOf(current.begunAt, clock) < PATIENCE ? current : undefined
  }

  return {
    start() {
      const begunAt = nowOf(clock)
      lastAt = begunAt
      const fetch: { -readonly [Name in keyof KeyFetch]: KeyFetch[Name] } = {
        number: ++count,
        begunAt,
        isSettled: undefined,
      }
      const land = (isSettled: boolean): boolean => {
        if (current === fetch) current = undefined
        return (fetch.isSettled = isSettled)
      }
      current = fetch
      const work = fetchOnce(begunAt).then(land, () => land(false))
      promises.set(fetch, work)
      runInBackground(work)
      return fetch
    },
    underWay,
    async outcome(fetch, isOwn, signal) {
      const work = isOwn || joinRequests ? promises.get(fetch) : undefined
      if (work !== undefined) return untilAborted(work, signal)
      while (fetch.isSettled === undefined && underWay() === fetch) {
        await pause(LOOK_AGAIN, signal)
        signal.throwIfAborted()
      }
      return fetch.isSettled
    },
    get count() {
      return count
    },
    get lastAt() {
      return lastAt
    },
  }
}
