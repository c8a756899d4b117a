import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type AuthState, unauthenticated, type Unauthenticated } from './auth-state.ts'
import { changesState } from './check-origin.ts'
import { createEngine } from './create-engine.ts'
import { createDecisionLog, type Decision } from './decision-log.ts'
import { untilAborted } from './http/deadline.ts'
import type { Clock, SessionValidatorOptions } from './options.ts'
import { type Reading, readRequest } from './read-request.ts'
import { createRequestAuth, type RequestAuth, type StateOptions } from './request-auth.ts'
import { hasTokenShape } from './token/parse-token.ts'
import type { Candidates } from './token/read-candidates.ts'
import type { RequestInput } from './token/request-facts.ts'
import { settleCandidates } from './token/settle-candidates.ts'
import { toSettings } from './to-settings.ts'
import type { Finding, Joins } from './verify/bounded.ts'

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

type AnyState = AuthState<unknown>

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
  const { clock } = settings
  const log = createDecisionLog(settings)
  const engine = createEngine(settings, log)
  const { sessions } = engine
  const shared = sessions.createJoins()
  const joinsOf = (): Joins => (settings.joinRequests ? shared : sessions.createJoins())
  if (settings.staleIfError > 0)
    log.note(
      'info',
      `staleIfError: while Hanko is down, an ended session may be accepted for ${(settings.maxStaleness + settings.staleIfError) / 1_000} s`,
    )

  /** One decision for one token, or for several cookies of the name. */
  async function decide(
    { tokens }: Candidates,
    credential: Decision['credential'],
    fresh: boolean,
    joins: Joins,
  ): Promise<AnyState> {
    const start = clock.monotonic()
    const finding =
      typeof tokens === 'string'
        ? { state: unauthenticated(tokens), source: 'request' as const }
        : await settleAll(tokens, fresh, joins)
    log.decided(toDecision(finding, credential, clock, start))
    return finding.state
  }

  async function settleAll(tokens: readonly string[], fresh: boolean, joins: Joins): Promise<Finding> {
    const [only, ...others] = tokens
    if (only !== undefined && others.length === 0) return sessions.settle(only, { fresh, joins })
    const findings = await Promise.all(tokens.map((token) => sessions.settle(token, { fresh, joins })))
    const state = settleCandidates(
      findings.map((finding) => finding.state),
      () => log.severalSessions(),
    )
    return (
      findings.find((finding) => finding.source === 'hanko' && finding.state === state) ?? {
        state,
        source: findings.some(({ source }) => source === 'hanko') ? 'hanko' : 'keys',
      }
    )
  }

  /** From memory, and told of only where somebody listens: telling costs more than finding out. */
  function recall(token: string, credential: Decision['credential']): AnyState | undefined {
    if (settings.isSilent) return sessions.known(token)
    const start = clock.monotonic()
    const state = sessions.known(token)
    if (state !== undefined) log.decided(toDecision({ state, source: 'memory' }, credential, clock, start))
    return state
  }

  function forRequest(request: RequestInput): RequestAuth<unknown> {
    const joins = joinsOf()
    const found: { lenient?: Promise<AnyState>; fresh?: Promise<AnyState>; known?: AnyState } = {}
    let reading: Reading | undefined
    let refused: Unauthenticated | undefined

    /** A cookie from another site, for work that may not be done with it. */
    function refuse(reading: Reading, changes: boolean | undefined): Unauthenticated | undefined {
      const { facts, candidates, isCrossSite } = reading
      // A handshake's verdict binds whatever is done over its socket: any site can open one, and read the answers.
      if (!isCrossSite || !(facts === undefined || facts.isWebSocket || (changes ?? changesState(facts))))
        return undefined
      if (refused === undefined) {
        refused = unauthenticated('cross_site')
        log.crossSite(
          toDecision({ state: refused, source: 'request' }, candidates.source, clock, clock.monotonic()),
          facts?.header('origin'),
        )
      }
      return refused
    }

    function find(fresh: boolean): Promise<AnyState> {
      const { facts, candidates } = (reading ??= readRequest(request, settings))
      // A socket outlives its handshake by far: each of its operations is a request of its own.
      if (facts?.isWebSocket) return decide(candidates, candidates.source, fresh, joinsOf())
      if (fresh) return (found.fresh ??= decide(candidates, candidates.source, true, joins))
      return (found.lenient ??=
        found.fresh ??
        (found.known === undefined
          ? decide(candidates, candidates.source, false, joins)
          : Promise.resolve(found.known)))
    }

    return createRequestAuth({
      known({ changesState: changes, fresh } = {}) {
        reading ??= readRequest(request, settings)
        const { facts, candidates } = reading
        const crossSite = refuse(reading, changes)
        if (crossSite !== undefined || fresh) return crossSite
        if (found.known !== undefined) return found.known
        const [token, ...others] = candidates.tokens
        if (typeof candidates.tokens === 'string' || token === undefined || others.length > 0) return undefined
        const state = recall(token, candidates.source)
        if (facts?.isWebSocket !== true && state !== undefined) found.known = state
        return state
      },
      async state({ changesState: changes, fresh = false, signal } = {}) {
        signal?.throwIfAborted()
        reading ??= readRequest(request, settings)
        return refuse(reading, changes) ?? untilAborted(find(fresh), signal)
      },
    })
  }

  return Object.freeze({
    async validate(token: string, { fresh = false, signal }: ValidateOptions = {}) {
      signal?.throwIfAborted()
      return untilAborted(decide(toCandidates(token), 'argument', fresh, joinsOf()), signal)
    },
    authenticate: (request: RequestInput, stateOptions?: StateOptions) => forRequest(request).state(stateOptions),
    known: (input: string | RequestInput, stateOptions?: Pick<StateOptions, 'changesState'>) =>
      typeof input === 'string' ? recall(input, 'argument') : forRequest(input).known(stateOptions),
    forRequest,
    revoke(revocation: Revocation) {
      if ('sessionId' in revocation) return engine.tombstones.endSession(revocation.sessionId)
      const time = Number(revocation.before ?? clock.now())
      if (!Number.isFinite(time)) throw new TypeError('before must be a Date or a number of milliseconds')
      // Hanko's clock may be behind ours or ahead: between the two times only Hanko can tell.
      engine.tombstones.endUser(
        revocation.userId,
        Math.floor((time - settings.clockSkew) / 1_000),
        Math.floor((time + settings.clockSkew) / 1_000),
      )
    },
    stats() {
      const { calls, inFlight, waiting, breaker } = engine.client.stats()
      return {
        sessions: engine.memory.size,
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

function toCandidates(token: unknown): Candidates {
  if (token === undefined || token === null || token === '') return { source: undefined, tokens: 'no_token' }
  return { source: undefined, tokens: hasTokenShape(token) ? [token] : 'malformed_token' }
}

function toDecision(
  { state, source, age }: Finding,
  credential: Decision['credential'],
  clock: Clock,
  start: number,
): Decision {
  const common = {
    outcome: state.status,
    ...(credential === undefined ? {} : { credential }),
    source,
    ...(age === undefined ? {} : { age }),
    duration: clock.monotonic() - start,
  }
  if (state.status !== 'authenticated') return { ...common, reason: state.reason }
  const { userId, sessionId } = state.session
  return { ...common, userId, sessionId }
}
