import type { Operation } from '@trpc/client'
import { authErrorOf, authOf, type Outage, type SignedOut, type StepUpNeeded } from './auth-error-of.ts'
import type { AuthLinkSettings } from './auth-link-options.ts'
import { createAskOnce } from './create-ask-once.ts'
import { createBackOff } from './create-back-off.ts'
import type { Carrier } from './resend-headers.ts'

/** A call on its way, however often it is sent. */
export interface Call extends Carrier {
  readonly type: Operation['type']
  retries: number
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
  judge(call: Call, error: unknown, sentAt: number): Promise<boolean> | undefined
}

export function createJudge({ onSignedOut, onStepUp, retries, retryMutations, ...waiting }: AuthLinkSettings): Judge {
  const askOnce = createAskOnce()
  const backOff = createBackOff(waiting)

  function tellSignedOut(problem: SignedOut, sentAt: number): undefined {
    if (onSignedOut !== undefined) void askOnce.ask(problem.kind, () => tell(onSignedOut, problem), sentAt)
  }

  function retry(call: Call, error: unknown, { retryAfter }: Outage): Promise<boolean> | undefined {
    // A mutation of which a handler of the app says so may have had its effect; what has `auth` is a refusal of ours.
    const isSafe = call.type === 'query' || (call.type === 'mutation' && retryMutations && authOf(error) !== undefined)
    if (!isSafe || call.retries >= retries) return undefined
    return backOff(call.retries++, retryAfter)?.then(() => true)
  }

  /** The app is asked in any case. Only what takes the marker to where it is checked is sent again, and only once. */
  function stepUp(call: Call, error: unknown, problem: StepUpNeeded, sentAt: number): Promise<boolean> | undefined {
    if (onStepUp === undefined || call.marker !== undefined) return undefined
    const marker = authOf(error)?.resend
    const isResent = call.type !== 'subscription' && call.isCarried && marker !== undefined
    const key = JSON.stringify([problem.kind, problem.stepUp, marker])
    return askOnce
      .ask(key, () => onStepUp(problem), sentAt)
      .then((answer: unknown) => {
        // What is merely truthy, such as an event or a form, is no promise of a new sign-in.
        if (answer !== true || !isResent) return false
        call.marker = marker
        return true
      })
  }

  return {
    now: () => askOnce.now(),
    judge(call, error, sentAt) {
      const problem = authErrorOf(error)
      switch (problem?.kind) {
        case 'signed-out':
          return tellSignedOut(problem, sentAt)
        case 'step-up':
          return stepUp(call, error, problem, sentAt)
        case 'outage':
          return retry(call, error, problem)
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
