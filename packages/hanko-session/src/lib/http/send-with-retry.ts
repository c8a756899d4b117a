import type { Clock } from '../options.ts'
import type { Limits } from '../limits.ts'
import { type Deadline, pause } from './deadline.ts'
import type { Exchange, Exchanged, HankoRequest, NotAnswered } from './exchange.ts'
import { createRetryBudget } from './retry-budget.ts'

/** The moment a call was sent, by both clocks: the age of its answer counts from there. */
export interface SentAt {
  /** Milliseconds since the epoch. */
  readonly wall: number
  /** Milliseconds from any start. */
  readonly monotonic: number
}

export interface HankoReply extends Exchanged {
  /** Of the attempt whose answer this is. */
  readonly sentAt: SentAt
}

/** How a call is sent. */
export interface Sending {
  readonly deadline: Deadline
  /** Aborts with the deadline and by `stop`. */
  readonly signal: AbortSignal
  /** Ends the call. */
  readonly stop: () => void
  /** Called when the first attempt is sent. */
  readonly onSent?: ((sentAt: SentAt) => void) | undefined
  /** Asked before the second attempt, and again after the pause; without it there is none. */
  readonly mayRetry?: (() => boolean) | undefined
}

export interface Sender {
  send(request: HankoRequest, sending: Sending): Promise<HankoReply | NotAnswered>
  /** Sent since the start; `calls` without the retries. */
  stats(): { calls: number; retries: number }
}

export interface SenderSettings {
  readonly exchange: Exchange
  readonly limits: Limits
  readonly clock: Clock
  readonly random: () => number
}

/** One attempt, and a second where Hanko did not take the first and may take another. */
export function createSender({ exchange, limits, clock, random }: SenderSettings): Sender {
  const budget = createRetryBudget(limits, clock)
  let calls = 0
  let retries = 0

  async function attempt(request: HankoRequest, { signal, stop }: Sending, onSent: (sentAt: SentAt) => void) {
    let timer: ReturnType<typeof setTimeout> | undefined
    let sentAt: SentAt = { wall: 0, monotonic: 0 }
    const outcome = await exchange(request, signal, () => {
      sentAt = Object.freeze({ wall: clock.now(), monotonic: clock.monotonic() })
      // After a time-out there is no second attempt: so it may end the whole call.
      timer = setTimeout(stop, limits.attemptTimeout)
      onSent(sentAt)
    })
    clearTimeout(timer)
    return outcome.status === 'answered' ? { ...outcome, sentAt } : outcome
  }

  /** Whether the pause fits the rest of the deadline, the breaker is as it was, and the budget has one left. */
  const mayPause = (delay: number, { deadline, mayRetry }: Sending): boolean =>
    delay < deadline.remaining() && mayRetry?.() === true && budget.withdraw()

  return {
    async send(request, sending) {
      let outcome = await attempt(request, sending, (sentAt) => {
        calls++
        if (sending.mayRetry !== undefined) budget.deposit()
        sending.onSent?.(sentAt)
      })
      for (let sent = 1; sent < limits.attempts; sent++) {
        // That is: refused, reset, 408, 425, 429 or 5xx.
        if (outcome.status === 'answered' || outcome.reason !== 'upstream_unavailable') break
        const jitter = limits.minRetryDelay + random() * (limits.maxRetryDelay - limits.minRetryDelay)
        // On top of `Retry-After`, which a whole fleet was told at once.
        const delay = jitter + (outcome.retryAfter ?? 0)
        if (!mayPause(delay, sending)) break
        await pause(delay, sending.signal)
        if (sending.signal.aborted || sending.mayRetry?.() !== true) break
        outcome = await attempt(request, sending, () => void retries++)
      }
      return outcome
    },
    stats: () => ({ calls, retries }),
  }
}
