import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { AuthState } from './auth-state.ts'
import { createChecks } from './create-checks.ts'
import { createEngine } from './create-engine.ts'
import { createForRequest } from './create-for-request.ts'
import { createDecisionLog } from './decision-log.ts'
import type { SessionValidatorOptions } from './options.ts'
import type { RequestAuth, StateOptions } from './request-auth.ts'
import type { RequestInput } from './token/request-facts.ts'
import { toSettings } from './to-settings.ts'

/** Whose sessions have ended, as this process has learned: at the app's own logout, or from a webhook. */
export type Revocation =
  | { readonly sessionId: string }
  | {
      readonly userId: string
      /** Sessions that began before this moment have ended. @default now */
      readonly before?: Date | number
    }

/** Counters of one validator, for metrics. */
export interface ValidatorStats {
  /** Sessions in memory. */
  readonly sessions: number
  readonly tombstones: number
  /** Keys of the current set. */
  readonly keys: number
  /** Calls to Hanko since the start, those for its keys not counted. */
  readonly calls: number
  readonly inFlight: number
  readonly waiting: number
  readonly breaker: 'closed' | 'open' | 'half-open'
}

/**
 * Finds out whose session a token or a request carries: from memory while an answer of Hanko's is young enough, else
 * by asking. Nothing is shared between two validators.
 */
export interface SessionValidator<Claims = Readonly<Record<string, unknown>>> {
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
  known(input: string | RequestInput, options?: Pick<StateOptions, 'changesState'>): AuthState<Claims> | undefined
  /** The same, lazily and at most once per request: what adapters put on a context. It never throws. */
  forRequest(request: RequestInput): RequestAuth<Claims>
  /** Ends a session, or all of a user's, in this process at once. Hanko is not told. */
  revoke(revocation: Revocation): void
  stats(): ValidatorStats
  /** Aborts what is under way and lets go of timers and sockets. Later checks are `unavailable`. */
  close(): void
}

export interface ValidateOptions {
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
  const { clock, clockSkew, maxStaleness, staleIfError } = settings
  const log = createDecisionLog(settings)
  const engine = createEngine(settings, log)
  const checks = createChecks(settings, engine.sessions, log)
  const forRequest = createForRequest(settings, checks)
  if (staleIfError > 0) {
    const seconds = (maxStaleness + staleIfError) / 1_000
    log.note('info', `staleIfError is on: while Hanko is down, an ended session may be accepted for ${seconds} s`)
  }

  return Object.freeze({
    validate: (token: string, validateOptions?: ValidateOptions) => checks.validate(token, validateOptions),
    authenticate: (request: RequestInput, stateOptions?: StateOptions) => forRequest(request).state(stateOptions),
    known: (input: string | RequestInput, stateOptions?: Pick<StateOptions, 'changesState'>) =>
      typeof input === 'string' ? checks.recall(input, 'argument') : forRequest(input).known(stateOptions),
    forRequest,
    revoke(revocation: Revocation) {
      if ('sessionId' in revocation) return engine.tombstones.endSession(revocation.sessionId)
      const time = Number(revocation.before ?? clock.now())
      if (!Number.isFinite(time)) throw new TypeError('before must be a Date or a number of milliseconds')
      // Hanko's clock may be behind ours or ahead: between the two times only Hanko can tell.
      const [from, to] = [time - clockSkew, time + clockSkew].map((moment) => Math.floor(moment / 1_000))
      return engine.tombstones.endUser(revocation.userId, from as number, to as number)
    },
    stats() {
      const { calls, inFlight, waiting, breaker } = engine.client.stats()
      const { size: sessions } = engine.memory
      return {
        sessions,
        tombstones: engine.tombstones.size,
        keys: engine.keys.stats().keys,
        calls,
        inFlight,
        waiting,
        breaker,
      }
    },
    close: () => engine.close(),
  })
}
