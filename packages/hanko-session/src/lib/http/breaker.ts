import type { Clock } from '../options.ts'
import type { Limits } from '../limits.ts'
import { createRecentCounts } from './recent-counts.ts'

/** Leave to call. Whoever has one says how the call ended, or that it was never sent. */
export interface Pass {
  /** The one call that finds out whether Hanko is back. */
  readonly isProbing: boolean
  /** Whether the breaker has not changed its state since. */
  isCurrent(): boolean
  /** Once. An outcome from before the breaker opened says nothing about now, and is not counted. */
  settle(outcome: 'success' | 'failure' | 'unsent'): void
}

export interface Breaker {
  /** A pass, or how long not to call, in milliseconds. */
  enter(): Pass | number
  /** How long the breaker stays open, in milliseconds; `undefined` when it is not. */
  openFor(): number | undefined
  state(): 'closed' | 'open' | 'half-open'
}

export interface BreakerSettings {
  readonly limits: Pick<
    Limits,
    'failuresInARow' | 'failureShare' | 'minCalls' | 'breakerWindow' | 'openFor' | 'maxOpenFor'
  >
  /** Milliseconds. A probing call that has not told by then never will: its request has gone. */
  readonly longestCall: number
  readonly clock: Pick<Clock, 'monotonic'>
  readonly random: () => number
  readonly onOpen: () => void
}

/** Closed, open for a while, then half-open: one call goes, and its outcome closes the breaker or opens it for longer. */
export function createBreaker({ limits, longestCall, clock, random, onOpen }: BreakerSettings): Breaker {
  const recent = createRecentCounts(clock, limits.breakerWindow)
  let failuresInARow = 0
  let openings = 0
  /** `undefined` while closed. */
  let halfOpenAt: number | undefined
  /** Until when a call that probes is thought to be under way. */
  let probingUntil = Number.NEGATIVE_INFINITY
  /** One more at each change of state: what was let through before is told apart by it. */
  let epoch = 0

  function open(): void {
    const length = Math.min(limits.openFor * 2 ** openings++, limits.maxOpenFor)
    // +-20 %, so that the servers of a fleet do not come back in step.
    halfOpenAt = clock.monotonic() + Math.round(length * (0.8 + 0.4 * random()))
    probingUntil = Number.NEGATIVE_INFINITY
    epoch++
    onOpen()
  }

  function close(): void {
    halfOpenAt = undefined
    failuresInARow = openings = 0
    probingUntil = Number.NEGATIVE_INFINITY
    recent.clear()
    epoch++
  }

  function count(isFailure: boolean): void {
    recent.add(isFailure)
    failuresInARow = isFailure ? failuresInARow + 1 : 0
    if (!isFailure) return
    const { all, marked } = recent.totals()
    const isMostlyFailing = all >= limits.minCalls && marked >= all * limits.failureShare
    if (isMostlyFailing || failuresInARow >= limits.failuresInARow) open()
  }

  function openFor(): number | undefined {
    const left = halfOpenAt === undefined ? 0 : Math.ceil(halfOpenAt - clock.monotonic())
    return left > 0 ? left : undefined
  }

  return {
    openFor,
    state: () => (halfOpenAt === undefined ? 'closed' : openFor() === undefined ? 'half-open' : 'open'),
    enter() {
      const isOpenFor = openFor()
      if (isOpenFor !== undefined) return isOpenFor
      const isProbe = halfOpenAt !== undefined
      // The probing call is under way: it will have told by then.
      if (isProbe && clock.monotonic() < probingUntil) return limits.openFor
      if (isProbe) probingUntil = clock.monotonic() + longestCall
      const entered = epoch
      return {
        isProbing: isProbe,
        isCurrent: () => entered === epoch,
        settle(outcome) {
          if (entered !== epoch) return
          if (!isProbe) {
            if (outcome !== 'unsent') count(outcome === 'failure')
          } else if (outcome === 'unsent') probingUntil = Number.NEGATIVE_INFINITY
          else if (outcome === 'success') close()
          else open()
        },
      }
    },
  }
}
