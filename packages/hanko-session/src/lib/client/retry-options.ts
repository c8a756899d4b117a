import type { SignedOut, StepUpNeeded } from './auth-problem.ts'
import type { Waiting } from './create-back-off.ts'

/** What a client of an adapter does about refusals. */
export interface RetryOptions {
  /**
   * A call failed because nobody is signed in, or no longer: send the user to the sign-in form. Called once for all
   * calls that were under way then, such as a batch, and again only for those that begin after it is done. The calls
   * fail with their errors and do not wait for it. What it throws is an uncaught error, as of any event listener.
   */
  readonly onSignedOut?: (problem: SignedOut) => unknown
  /**
   * A call was refused because the user signed in too long ago, or in another way than `problem.stepUp` says. Return true
   * when they have signed in again: then the call is sent once more. The calls of one need wait for
   * one call of this, and needs that differ are asked for one after the other. What it throws is what they fail with.
   * @default none: the calls fail
   */
  readonly onStepUp?: (problem: StepUpNeeded) => boolean | Promise<boolean>
  /**
   * How often a call is sent again in an outage: after up to 0.5 s, then 1 s, 2 s and so on to 10 s, at
   * random, and after what the server asks for. 0 to 10.
   * @default 3
   */
  readonly retries?: number
  /** @default setTimeout */
  readonly sleep?: Waiting['sleep']
  /** @default Math.random */
  readonly random?: Waiting['random']
}

const MOST_RETRIES = 10

/** The same, checked and filled. */
export interface RetrySettings extends Waiting {
  readonly onSignedOut: RetryOptions['onSignedOut']
  readonly onStepUp: RetryOptions['onStepUp']
  readonly retries: number
}

/** @throws {TypeError} that names the option */
export function settleRetryOptions(options: RetryOptions): RetrySettings {
  const { retries = 3, onSignedOut, onStepUp, sleep = wait, random = Math.random, ...others } = options
  for (const name of Object.keys(others)) throw new TypeError(`${name} is not an option`)
  if (!Number.isInteger(retries) || retries < 0 || retries > MOST_RETRIES)
    throw new TypeError(`retries must be a whole number from 0 to ${MOST_RETRIES}`)
  for (const [name, hook] of Object.entries({ onSignedOut, onStepUp }))
    if (hook !== undefined && typeof hook !== 'function') throw new TypeError(`${name} must be a function`)
  return { retries, onSignedOut, onStepUp, sleep, random }
}

const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))
