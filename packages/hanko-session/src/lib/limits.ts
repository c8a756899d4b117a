/** Bounds of one API URL, for those who have measured. Times are milliseconds, shares are numbers from 0 to 1. */
export interface Limits {
  /**
   * For one attempt of a call to Hanko: connect, TLS, headers and body. At most `deadline`.
   * @default 1_000, or `deadline` where that is shorter
   */
  readonly attemptTimeout: number
  /**
   * How often one call is sent at most: again only after a connect error, a reset, 408, 425, 429 or 5xx.
   * @default 2
   */
  readonly attempts: number
  /**
   * Before another attempt: a random time from this
   * @default 50
   */
  readonly minRetryDelay: number
  /**
   * to this.
   * @default 250
   */
  readonly maxRetryDelay: number
  /**
   * Retries within a minute may be this share of its calls,
   * @default 0.1
   */
  readonly retryShare: number
  /**
   * or this many, whichever is more.
   * @default 10
   */
  readonly retriesPerMinute: number
  /**
   * A longer `Retry-After` of Hanko's is not passed on as it is, but as this.
   * @default 30_000
   */
  readonly maxRetryAfter: number
  /**
   * The circuit breaker opens after so many failures in a row,
   * @default 5
   */
  readonly failuresInARow: number
  /**
   * or when this share failed
   * @default 0.5
   */
  readonly failureShare: number
  /**
   * of at least so many calls
   * @default 20
   */
  readonly minCalls: number
  /**
   * within this time.
   * @default 10_000
   */
  readonly breakerWindow: number
  /**
   * How long it stays open at first; twice as long each time the probing call fails,
   * @default 1_000
   */
  readonly openFor: number
  /**
   * up to this; both give or take a fifth.
   * @default 30_000
   */
  readonly maxOpenFor: number
  /**
   * Calls to Hanko at once, those for its keys not among them.
   * @default 64
   */
  readonly maxInFlight: number
  /**
   * Calls that wait for their turn, and checks that wait for keys.
   * @default 1_024
   */
  readonly maxWaiting: number
  /**
   * What share of `maxInFlight` background refreshes may take; one may always go.
   * @default 0.5
   */
  readonly backgroundShare: number
  /**
   * Of Hanko's answer about a session, in decoded bytes. A larger one is `upstream_invalid`.
   * @default 65_536
   */
  readonly maxAnswerBytes: number
  /**
   * Of Hanko's list of keys, in decoded bytes.
   * @default 262_144
   */
  readonly maxKeysBytes: number
  /**
   * How old the keys are when they are fetched anew, in the background. Up to a tenth earlier, so that many processes
   * do not ask at once.
   * @default 600_000 (10 minutes)
   */
  readonly refreshKeysAfter: number
  /**
   * How long the last keys serve while Hanko gives none.
   * @default 86_400_000 (24 hours)
   */
  readonly keepKeysFor: number
  /**
   * Of more keys the last ones count: the newest signs.
   * @default 64
   */
  readonly maxKeys: number
  /**
   * Bits of an RSA key, at least. RFC 7518 allows no shorter ones than the default.
   * @default 2_048
   */
  readonly minKeyBits: number
  /**
   * Bits of an RSA key, at most.
   * @default 8_192
   */
  readonly maxKeyBits: number
  /**
   * Tokens that name an unknown key may cause so many fetches at once,
   * @default 3
   */
  readonly keyFetchBurst: number
  /**
   * and then one in this time. The loads of unknown tenants are bounded by the same two numbers.
   * @default 5_000
   */
  readonly keyFetchInterval: number
  /**
   * Revocations that are remembered. Of more, the oldest become a doubt: what was found out before is asked again.
   * @default 100_000
   */
  readonly maxTombstones: number
  /**
   * How much longer than any older answer a revocation is remembered.
   * @default 60_000
   */
  readonly tombstoneMargin: number
  /**
   * How long a user's revocation is remembered with `maxStaleness: Infinity`.
   * @default 2_592_000_000 (30 days)
   */
  readonly userTombstoneLife: number
  /**
   * How long the shared store may take to answer. Then this process goes on as if it were alone.
   * @default 50
   */
  readonly storeTimeout: number
}
