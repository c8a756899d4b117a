import { type Unavailable, unauthenticated, unavailable } from '../auth-state.ts'
import { LONGEST_TIMER } from '../duration.ts'
import type { RefusedFor } from '../errors.ts'
import { ageOf } from '../instant.ts'
import type { Clock } from '../options.ts'
import type { Basis } from '../verify/basis.ts'
import type { Landed, Landing, Subject } from '../verify/flights.ts'
import { outlive } from '../verify/outlive.ts'
import type { WatchTiming } from './watch-timing.ts'

/** One session under watch, for all its streams. */
export interface WatchedSession {
  readonly subject: Subject
  /** Why nothing may be delivered now, or undefined. What it says after `end` it says for good. */
  refusal(): RefusedFor | undefined
  /** The same, when it is known for good or the session lives: a check that will tell is waited for. */
  settled(): Promise<RefusedFor | undefined>
  /** Its timer has not run for so long that it must have gone, with its request: only where requests share nothing. */
  isLost(): boolean
  /** Hanko says that it lives. */
  confirm(landed: Landed): void
  /** A revocation may mean it: only a call that is sent after this one counts. */
  doubt(askedAfter: number): void
  end(refusal: RefusedFor): void
  /** Nobody is interested any more. */
  stop(): void
}

export interface WatchedSessionParts {
  readonly timing: WatchTiming
  /**
   * On Workers no request may abort another's signal or rely on its calls. So what other requests say (`confirm`,
   * `doubt`, `end`) is noted, and acted on by a timer of its own.
   */
  readonly isAlone: boolean
  readonly clock: Clock
  readonly random: () => number
  /** Asks Hanko; whoever is told that it lives calls `confirm`. Never rejects. */
  readonly check: (subject: Subject) => Promise<Landing>
  readonly runInBackground: (work: Promise<unknown>) => void
  /** Called once, with what `refusal` says from then on. */
  readonly onEnd: (refusal: RefusedFor) => void
}

/** While a check is under way that will tell: nobody can say, so nothing is delivered. */
const IN_DOUBT = unavailable('upstream_unavailable')
const NO_ANSWER = unavailable('upstream_timeout')

/** How often one looks who is told of nothing, in milliseconds; and who has not for so long will not do so again. */
const LOOK_EVERY = 1_000
const LOST_AFTER = 60_000

const EXPIRED = unauthenticated('expired')

/** @param outage why it began with an answer older than the bound */
export function createWatchedSession(
  { timing, isAlone, clock, random, check, runInBackground, onEnd }: WatchedSessionParts,
  { subject, ...basis }: Basis,
  outage?: Unavailable,
): WatchedSession {
  const { bound, checkAfter, retryAfter, grace } = timing
  let last: Landed = basis
  /** Of the revocation that may have meant it. */
  let askedAfter = 0
  let failure: Pick<Landing, 'state' | 'isLineFull'> | undefined
  /** When the answer is this old, Hanko is asked. */
  let dueAt = 0
  let checking: Promise<void> | undefined
  let ended: RefusedFor | undefined
  let isStopped = false
  let lookedAt = clock.monotonic()
  let timer: ReturnType<typeof setTimeout> | undefined

  const age = (): number => ageOf(last.sentAt, clock)
  /** By either clock: set back, the wall clock would have it live longer. */
  const expiresAfter = (): number => subject.identity.expiresAt * 1_000 - last.sentAt.wall

  /** How old the answer may become. */
  function limit(): number {
    if (failure === undefined || grace === 0 || failure.isLineFull || failure.state.status !== 'unavailable')
      return bound
    const { reason } = failure.state
    return reason === 'upstream_unavailable' || reason === 'upstream_timeout' ? bound + grace : bound
  }

  const isInDoubt = (): boolean => last.order < askedAfter || age() >= last.idlesAfter

  function end(reason: RefusedFor): RefusedFor {
    ended ??= reason
    if (!isStopped) {
      stop()
      onEnd(ended)
    }
    return ended
  }

  function refusal(): RefusedFor | undefined {
    if (ended !== undefined) return end(ended)
    if (age() >= expiresAfter()) return end(EXPIRED)
    if (age() > limit()) return end(failure?.state.status === 'unavailable' ? failure.state : NO_ANSWER)
    return isInDoubt() ? IN_DOUBT : undefined
  }

  /** Up to a tenth early, so that sessions that began together are not all asked about at once. */
  function plan(): void {
    dueAt = Math.min(checkAfter * (1 - random() / 10), last.idlesAfter)
  }

  /** When Hanko asked for a pause, it gets that where it fits. */
  function postpone({ retryAfter: asked = 0 }: Unavailable): void {
    dueAt = age() + (age() + asked < limit() ? Math.max(retryAfter, asked) : retryAfter)
  }

  async function runCheck(): Promise<void> {
    const landing = await check(subject)
    checking = undefined
    if (isStopped) return
    if (ended !== undefined) return void end(ended)
    if (landing.state.status === 'unauthenticated') return void end(landing.state)
    if (landing.state.status === 'unavailable') {
      // Nothing is delivered while in doubt, and who could end that cannot be asked.
      if (isInDoubt()) return void end(landing.state)
      failure = landing
      postpone(landing.state)
    } else if (isInDoubt()) {
      void startCheck() // a revocation came while it was under way
    } else if (age() >= dueAt) {
      dueAt = age() + retryAfter // an answer that is too old when it comes
    }
    arm()
  }

  function startCheck(): Promise<void> {
    if (checking === undefined) {
      checking = runCheck()
      runInBackground(checking)
    }
    return checking
  }

  function arm(): void {
    clearTimeout(timer)
    if (ended !== undefined || isStopped) return
    // One millisecond more: up to the bound it serves.
    const until = Math.min(expiresAfter(), limit() + 1, checking === undefined ? dueAt : Number.POSITIVE_INFINITY)
    const delay = Math.min(Math.max(Math.ceil(until - age()), 1), isAlone ? LOOK_EVERY : LONGEST_TIMER)
    timer = setTimeout(wake, delay)
    // Of some runtimes: a stream is no reason to keep a process.
    ;(timer as { unref?: () => void }).unref?.()
  }

  /** Timers come late or early; the clocks decide. */
  function wake(): void {
    lookedAt = clock.monotonic()
    refusal()
    if (ended !== undefined || isStopped) return
    if (age() >= dueAt || isInDoubt()) void startCheck()
    arm()
  }

  function stop(): void {
    isStopped = true
    clearTimeout(timer)
  }

  plan()
  if (outage !== undefined) {
    failure = { state: outage, isLineFull: false }
    postpone(outage)
  }
  arm()

  return {
    subject,
    refusal,
    isLost: () => isAlone && clock.monotonic() - lookedAt > LOST_AFTER,
    async settled() {
      for (;;) {
        const refused = refusal()
        if (refused === undefined || ended !== undefined || isStopped) return refused
        await startCheck()
      }
    },
    confirm(landed) {
      if (ended !== undefined || landed.order <= last.order) return
      // With no bound nothing idles.
      last = { ...landed, idlesAfter: bound === Number.POSITIVE_INFINITY ? bound : outlive(landed, clock) }
      failure = undefined
      plan()
    },
    doubt(order) {
      askedAfter = Math.max(askedAfter, order)
      if (!isAlone && !isStopped && isInDoubt()) void startCheck()
    },
    end(reason) {
      if (isAlone) ended ??= reason
      else end(reason)
    },
    stop,
  }
}
