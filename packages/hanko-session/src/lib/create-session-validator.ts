import type { StandardSchemaV1 } from '@standard-schema/spec'
import { applyRevocation } from './apply-revocation.ts'
import type { AuthState } from './auth-state.ts'
import { createChecks } from './create-checks.ts'
import { createEngine } from './create-engine.ts'
import { createClosing } from './http/closing.ts'
import { createForRequest } from './create-for-request.ts'
import { createKnown } from './recall-request.ts'
import { createDecisionLog } from './decision-log.ts'
import { noteStaleIfError } from './note-stale-if-error.ts'
import type { SessionValidatorOptions } from './options.ts'
import type { RequestAuth, StateOptions } from './request-auth.ts'
import type { RequestInput } from './request-input.ts'
import { readStats } from './read-stats.ts'
import type { StoreStats } from './shared-store.ts'
import { toSettings } from './to-settings.ts'
import { withParts } from './validator-parts.ts'

/** Whose sessions have ended, as this process has learned: at the app's own logout, or from a webhook. */
export type Revocation = (
  | {
      readonly sessionId: string
      /**
       * When it would have ended anyway, a number in milliseconds since the epoch like `session.expiresAt`: what is kept
       * of it may be forgotten then.
       * @default unknown
       */
      readonly expiresAt?: Date | number
    }
  | {
      readonly userId: string
      /** Sessions that began before this moment have ended; a number in milliseconds since the epoch. @default now */
      readonly before?: Date | number
    }
  | {
      readonly userId: string
      /** The same by Hanko's own clock, in seconds: the `iat` of its webhook. No allowance is made for other clocks. */
      readonly issuedBefore: number
    }
) & {
  /** Whose session or user it is. Required with `createTenantValidator`, which alone looks at it. */
  readonly tenant?: string
}

/** Counters of one validator, for metrics. */
export interface ValidatorStats {
  /** Sessions in memory. */
  readonly sessions: number
  readonly tombstones: number
  /** Keys of the current set. */
  readonly keys: number
  /** Sessions of open streams, however many streams each has. */
  readonly watched: number
  /** Calls to Hanko since the start, those for its keys included; without retries. */
  readonly calls: number
  readonly inFlight: number
  readonly waiting: number
  /** Of several tenants: of the one that is worst off. */
  readonly breaker: 'closed' | 'open' | 'half-open'
  /** With the option `store`. */
  readonly store?: StoreStats
  /** With `createTenantValidator`: those that are open. The other numbers are their sums. */
  readonly tenants?: number
}

/**
 * Finds out whose session a token or a request carries: from memory while an answer of Hanko's is young enough, else
 * by asking. Nothing is shared between two validators.
 */
export interface SessionValidator<Claims = Readonly<Record<string, unknown>>> {
  /** Whether the custom claims of a session were checked against a schema: rules on claims need that. */
  readonly hasClaimsSchema: boolean
  /**
   * Checks a token. Resolves to one of the three outcomes, for any argument at all;
   * rejects only with the reason of the caller's own `signal`.
   */
  validate(token: string, options?: ValidateOptions): Promise<AuthState<Claims>>
  /**
   * Checks the token of a request: a `Request`, `Headers`, a Node request, a plain header record, a WebSocket
   * (`{ headers, connectionParams }`) or an AWS Lambda event (payload format 2.0).
   * Resolves and rejects as `validate` does.
   */
  authenticate(request: RequestInput, options?: StateOptions): Promise<AuthState<Claims>>
  /**
   * What memory says of a token or a request, at once; `undefined` when something has to be parsed, verified or
   * asked. It counts as use: due refreshes begin, and nobody waits for them.
   */
  known(input: string | RequestInput, options?: KnownOptions): AuthState<Claims> | undefined
  /**
   * The same, lazily and at most once per request: what adapters put on a context. It never throws.
   * `defaults` as `RequestAuth.forOperation` takes them.
   */
  forRequest(request: RequestInput, defaults?: Omit<StateOptions, 'signal'>): RequestAuth<Claims>
  /**
   * Ends a session, or all of a user's, in this process at once, and with the option `store` in all others as soon as
   * they hear. Hanko is not told.
   * @throws {TypeError} for a time that is none or in another unit, and with `createTenantValidator` for a `tenant`
   *   that is none
   */
  revoke(revocation: Revocation): void
  stats(): ValidatorStats
  /** Aborts what is under way and lets go of timers and sockets. Later checks are `unavailable`. */
  close(): void
}

export interface KnownOptions extends Pick<StateOptions, 'changesState'> {
  /** Whose token it is, with `createTenantValidator`. For a request the function `tenant` says so. */
  tenant?: string
}

export interface ValidateOptions {
  /** Whose token it is. Required with `createTenantValidator`: without it the token is refused. */
  tenant?: string
  /** Ask Hanko now, whatever memory says. */
  fresh?: boolean
  /** The caller's own abort: the promise rejects with the signal's reason, and nobody else is harmed. */
  signal?: AbortSignal
}

/**
 * Creates the validator of one Hanko.
 *
 * @example
 * ```ts
 * import { createSessionValidator } from 'hanko-session'
 *
 * const hanko = createSessionValidator() // reads HANKO_API_URL
 *
 * export async function handle(request: Request): Promise<Response> {
 *   const state = await hanko.authenticate(request)
 *   if (state.status === 'authenticated') return Response.json({ user: state.session.userId })
 *   return new Response(null, { status: state.status === 'unavailable' ? 503 : 401 })
 * }
 * ```
 *
 * @throws {TypeError} that names the option, when an option is missing, unknown or out of range
 */
export function createSessionValidator(options?: SessionValidatorOptions & { claims?: never }): SessionValidator
export function createSessionValidator<Schema extends StandardSchemaV1>(
  options: SessionValidatorOptions<Schema> & { claims: Schema },
): SessionValidator<StandardSchemaV1.InferOutput<Schema>>
export function createSessionValidator(options: SessionValidatorOptions = {}): SessionValidator<unknown> {
  const settings = toSettings(options)
  const log = createDecisionLog(settings)
  const engine = createEngine(settings, log)
  const checks = createChecks(settings, engine.sessions, log)
  const forRequest = createForRequest(settings, checks, engine.room)
  const known = createKnown(settings, checks)
  const closing = createClosing()
  noteStaleIfError(settings, log)

  const validator = Object.freeze({
    hasClaimsSchema: settings.claims !== undefined,
    validate: (token: string, validateOptions?: ValidateOptions) => checks.validate(token, validateOptions),
    authenticate: (request: RequestInput, stateOptions?: StateOptions) => forRequest(request).state(stateOptions),
    known: (input: string | RequestInput, knownOptions?: KnownOptions) =>
      typeof input === 'string' ? checks.recall(input, 'argument') : known(input, knownOptions),
    forRequest,
    revoke: (revocation: Revocation) => applyRevocation(revocation, engine.ledger, settings),
    stats: () => readStats(engine),
    close() {
      closing.close()
      engine.close()
    },
  })
  return withParts(validator, {
    onClose: closing.onClose,
    settingsOf(tenant) {
      if (tenant !== undefined) throw new TypeError('tenant is for a validator of createTenantValidator')
      return settings
    },
  })
}
