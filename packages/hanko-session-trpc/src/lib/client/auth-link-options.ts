import type { RetryOptions } from 'hanko-session/client'

export interface AuthLinkOptions extends RetryOptions {
  /**
   * Send mutations again as well, when it was this package that refused them. Safe where `requireSession` or
   * `requires` comes before everything that has an effect: then a refused mutation did not run. Not safe for one that
   * calls `ctx.auth.requireSession()` half-way through.
   * @default false
   */
  readonly retryMutations?: boolean
}
