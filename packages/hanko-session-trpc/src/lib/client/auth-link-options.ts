import type { SignedOut, StepUpNeeded } from './auth-error-of.ts'
import type { Waiting } from './create-back-off.ts'

export interface AuthLinkOptions {
  /**
   * A call failed because nobody is signed in, or no longer: send the user to the sign-in form. Called once for all
   * calls that were under way then, such as a batch, and again only for those that begin after it is done. The calls
   * fail with their errors and do not wait for it. What it throws is an uncaught error, as of any event listener.
   */
  readonly onSignedOut?: (problem: SignedOut) => unknown
  /**
   * A call was refused because the user signed in too long ago, or in another way than `problem.stepUp` says. Return true
   * when they have signed in again: then the call is sent once more. The calls of one need wait for
   * one call of this. What it throws is what they fail with.
   * @default none: the calls fail
   */
  readonly onStepUp?: (problem: StepUpNeeded) => boolean | Promise<boolean>
  /**
   * How often a call is sent again in an outage: after up to 0.5 s, then 1 s, 2 s and so on to 10 s, at
   * random, and after what the server asks for. 0 to 10.
   * @default 3
   */
  readonly retries?: number
  /**
   * Send mutations again as well, when it was this package that refused them. Safe where `requireSession` or
   * `requires` comes before everything that has an effect: then a refused mutation did not run. Not safe for one that
   * calls `ctx.auth.requireSession()` half-way through.
   * @default false
   */
  readonly retryMutations?: boolean
  /** @default setTimeout */
  readonly sleep?: Waiting['sleep']
  /** @default Math.random */
  readonly random?: Waiting['random']
}

const MOST_RETRIES = 10

/** The same, checked and filled. */
export interface AuthLinkSettings extends Waiting {
  readonly onSignedOut: AuthLinkOptions['onSignedOut']
  readonly onStepUp: AuthLinkOptions['onStepUp']
  readonly retries: number
  readonly retryMutations: boolean
}

/** @throws {TypeError} that names the option */
export function settleAuthLinkOptions(options: AuthLinkOptions): AuthLinkSettings {
  const { retries = 3, retryMutations = false, onSignedOut, onStepUp } = options
  if (!Number.isInteger(retries) || retries < 0 || retries > MOST_RETRIES)
    throw new TypeError(`retries must be a whole number from 0 to ${MOST_RETRIES}`)
  if (typeof retryMutations !== 'boolean') throw new TypeError('retryMutations must be true or false')
  for (const [name, hook] of Object.entries({ onSignedOut, onStepUp }))
    if (hook !== undefined && typeof hook !== 'function') throw new TypeError(`${name} must be a function`)
  return {
    retries,
    retryMutations,
    onSignedOut,
    onStepUp,
    sleep: options.sleep ?? ((milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds))),
    random: options.random ?? Math.random,
  }
}
