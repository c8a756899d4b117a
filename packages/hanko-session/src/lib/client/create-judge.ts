import type { AuthProblem, Outage, SignedOut, StepUpNeeded } from './auth-problem.ts'
import { createAskOnce } from './create-ask-once.ts'
import { createBackOff } from './create-back-off.ts'
import { createTurns } from './create-turns.ts'
import { type RetryOptions, settleRetryOptions } from './retry-options.ts'

/** A call on its way, however often it is sent. */
export interface Call {
  retries: number
  /** Of its refusal, when it is sent again: goes with it, so that the server learns whose it was. */
  marker: string | undefined
}

/** A call that failed, and what may be done about it. */
export interface Failure {
  readonly problem: AuthProblem | undefined
  /** Whether it may be sent again in an outage: it had no effect. */
  readonly mayRetry: boolean
  /** Whether it may be sent again after a step-up: it had no effect, and a marker would reach the server. */
  readonly mayResend: boolean
  /** What it must carry then. */
  readonly resend: string | undefined
}

/** What becomes of calls that failed, and what all the calls of one client share for that. */
export interface Judge {
  /** To be noted when a call is sent. */
  now(): number
  /**
   * Whether to send the call again, or `undefined` when that is out of the question. The app has been told.
   * It rejects with what a hook of the app threw.
   *
   * @param sentAt what `now` said
   */
  judge(call: Call, failure: Failure, sentAt: number): Promise<boolean> | undefined
}

/**
 * For clients of adapters.
 *
 * @throws {TypeError} that names the option
 */
export function createJudge(options: RetryOptions): Judge {
  const { onSignedOut, onStepUp, retries, ...waiting } = settleRetryOptions(options)
  const askOnce = createAskOnce()
  const backOff = createBackOff(waiting)
  const inTurn = createTurns()

  function tellSignedOut(problem: SignedOut, sentAt: number): undefined {
    if (onSignedOut !== undefined) void askOnce.ask(problem.kind, () => tell(onSignedOut, problem), sentAt)
  }

  function retry(call: Call, { mayRetry }: Failure, { retryAfter }: Outage): Promise<boolean> | undefined {
    if (!mayRetry || call.retries >= retries) return undefined
    return backOff(call.retries++, retryAfter)?.then(() => true)
  }

  /** The app is asked in any case. Only what takes the marker to where it is checked is sent again, and only once. */
  function stepUp(
    call: Call,
    { mayResend, resend }: Failure,
    problem: StepUpNeeded,
    sentAt: number,
  ): Promise<boolean> | undefined {
    if (onStepUp === undefined || call.marker !== undefined) return undefined
    const key = JSON.stringify([problem.kind, problem.stepUp, resend])
    return askOnce
      .ask(key, () => inTurn(() => onStepUp(problem)), sentAt)
      .then((answer: unknown) => {
        // What is merely truthy, such as an event or a form, is no promise of a new sign-in.
        if (answer !== true || !mayResend || resend === undefined) return false
        call.marker = resend
        return true
      })
  }

  return {
    now: () => askOnce.now(),
    judge(call, failure, sentAt) {
      const { problem } = failure
      switch (problem?.kind) {
        case 'signed-out':
          return tellSignedOut(problem, sentAt)
        case 'step-up':
          return stepUp(call, failure, problem, sentAt)
        case 'outage':
          return retry(call, failure, problem)
        default:
          return undefined
      }
    },
  }
}

/** No call waits for this hook, so what it throws is left to whoever listens for what nobody caught; once. */
async function tell(hook: (problem: SignedOut) => unknown, problem: SignedOut): Promise<boolean> {
  try {
    await hook(problem)
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown
    })
  }
  return false
}
