/** Bounds of the calls to one API URL. All times are milliseconds. */
export interface ClientLimits {
  /** For one attempt: connect, TLS, headers and body. The time for the whole is each caller's own deadline. */
  readonly attemptTimeout: number
  /** How often one call is sent at most. */
  readonly attempts: number
  /** Before a second attempt: a random time between these two (full jitter). */
  readonly minRetryDelay: number
  readonly maxRetryDelay: number
  /** Retries of the last minute may be this share of its calls, */
  readonly retryShare: number
  /** or this many, whichever is more. */
  readonly retriesPerMinute: number
  /** Calls at once; background calls take at most half. */
  readonly maxInFlight: number
  /** Calls that wait for their turn. */
  readonly maxWaiting: number
  /** The breaker opens after so many failures in a row, */
  readonly failuresInARow: number
  /** or when, of at least `minCalls` within `breakerWindow`, this share failed. */
  readonly failureShare: number
  readonly minCalls: number
  readonly breakerWindow: number
  /** How long it stays open at first; twice as long each time the probing call fails, up to `maxOpenFor`. */
  readonly openFor: number
  readonly maxOpenFor: number
}

export const DEFAULT_LIMITS: ClientLimits = Object.freeze({
  attemptTimeout: 1_000,
  attempts: 2,
  minRetryDelay: 50,
  maxRetryDelay: 250,
  retryShare: 0.1,
  retriesPerMinute: 10,
  maxInFlight: 64,
  maxWaiting: 1_024,
  failuresInARow: 5,
  failureShare: 0.5,
  minCalls: 20,
  breakerWindow: 10_000,
  openFor: 1_000,
  maxOpenFor: 30_000,
})
