import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type AuthState, unauthenticated, type Unauthenticated, unavailable } from './auth-state.ts'
import { changesState, isCrossSite } from './check-origin.ts'
import { createDecisionLog, type Decision } from './decision-log.ts'
import { createHankoClient } from './http/hanko-client.ts'
import { startDeadline, untilAborted } from './http/deadline.ts'
import { type SessionValidatorOptions, type Settings } from './options.ts'
import { createRequestAuth, type RequestAuth, type StateOptions } from './request-auth.ts'
import type { Session } from './session.ts'
import { checkClaims } from './token/check-claims.ts'
import { checkPayload } from './token/check-payload.ts'
import { hasTokenShape, parseToken } from './token/parse-token.ts'
import { type Candidates, readCandidates } from './token/read-candidates.ts'
import { type RequestFacts, type RequestInput, toRequestFacts } from './token/request-facts.ts'
import { settleCandidates } from './token/settle-candidates.ts'
import { toSettings } from './to-settings.ts'
import { toSession } from './token/to-session.ts'
import { createAskHanko, LIVE } from './verify/remote.ts'

/** Finds out whose session a token or a request carries, by asking one Hanko. Nothing is shared between two validators. */
export interface SessionValidator<Claims = Readonly<Record<string, unknown>>> {
  /**
   * Checks a token. Resolves to one of the three outcomes, for any argument at all;
   * rejects only with the reason of the caller's own `signal`.
   */
  validate(token: string, options?: { signal?: AbortSignal }): Promise<AuthState<Claims>>
  /**
   * Checks the token of a request: a `Request`, `Headers`, a Node request, a plain header record, a WebSocket
   * (`{ headers, connectionParams }`) or an AWS Lambda event (payload format 2.0).
   * Resolves and rejects as `validate` does.
   */
  authenticate(request: RequestInput, options?: StateOptions): Promise<AuthState<Claims>>
  /** The same, lazily and at most once per request: what adapters put on a context. It never throws. */
  forRequest(request: RequestInput): RequestAuth<Claims>
}

type AnyState = AuthState<unknown>

/** What a request says by itself. */
interface Reading {
  readonly facts: RequestFacts | undefined
  readonly candidates: Candidates
  readonly isCrossSite: boolean
}

const UNREADABLE: Reading = {
  facts: undefined,
  candidates: { source: undefined, tokens: 'malformed_credentials' },
  isCrossSite: false,
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
  const { clock } = settings
  const log = createDecisionLog(settings)
  const askHanko = createAskHanko(createHankoClient(settings))

  /** Steps 4 to 11 for one token that has the shape: what it says, what Hanko says, what the schema says. */
  async function settle(text: string, meter: Meter): Promise<AnyState> {
    const token = parseToken(text)
    if (typeof token === 'string') return unauthenticated(token)
    const payload = checkPayload(token.payload, settings, clock.now())
    if (typeof payload === 'string') return unauthenticated(payload)

    meter.asked()
    const deadline = startDeadline(settings.deadline)
    try {
      const verdict = await askHanko(text, payload, deadline.signal)
      if (verdict !== LIVE) return verdict
      // It may have ended while the answer was on its way.
      if (payload.expiresAt * 1_000 <= clock.now()) return unauthenticated('expired')
      const claims = await untilAborted(checkClaims(payload.all, settings.claims), deadline.signal)
      if (claims === undefined) return unauthenticated('claims_invalid')
      return Object.freeze({ status: 'authenticated', session: toSession(payload, claims.value) })
    } catch {
      return unavailable('upstream_timeout') // a schema that waits for something is held to the deadline too
    } finally {
      deadline.clear()
    }
  }

  async function settleAll({ tokens }: Candidates, meter: Meter): Promise<AnyState> {
    if (typeof tokens === 'string') return unauthenticated(tokens)
    return settleCandidates(await Promise.all(tokens.map((token) => settle(token, meter))), () => log.severalSessions())
  }

  async function decide(candidates: Candidates, credential: Decision['credential']): Promise<AnyState> {
    const meter = startMeter(clock)
    const state = await settleAll(candidates, meter)
    log.decided(meter.toDecision(state, credential))
    return state
  }

  function forRequest(request: RequestInput): RequestAuth<unknown> {
    let reading: Reading | undefined
    let found: Promise<AnyState> | undefined
    let refused: Unauthenticated | undefined

    const refuseCrossSite = ({ facts, candidates }: Reading): Unauthenticated => {
      const state = unauthenticated('cross_site')
      log.crossSite(startMeter(clock).toDecision(state, candidates.source), facts?.header('origin'))
      return state
    }

    return createRequestAuth(async ({ changesState: changes, signal } = {}) => {
      signal?.throwIfAborted()
      reading ??= readRequest(request, settings)
      const { facts, candidates } = reading
      // A handshake's verdict binds whatever is done over its socket: any site can open one, and read the answers.
      if (reading.isCrossSite && (facts === undefined || facts.isWebSocket || (changes ?? changesState(facts)))) {
        return (refused ??= refuseCrossSite(reading))
      }
      // A socket outlives its handshake by far: each of its operations is a request of its own.
      const finding = facts?.isWebSocket
        ? decide(candidates, candidates.source)
        : (found ??= decide(candidates, candidates.source))
      return untilAborted(finding, signal)
    })
  }

  return Object.freeze({
    async validate(token: string, validateOptions?: { signal?: AbortSignal }) {
      const { signal } = Object.assign(Object.create(null) as { signal?: AbortSignal }, validateOptions)
      signal?.throwIfAborted()
      return untilAborted(decide(toCandidates(token), 'argument'), signal)
    },
    authenticate: (request: RequestInput, stateOptions?: StateOptions) => forRequest(request).state(stateOptions),
    forRequest,
  })
}

/** Steps 1 to 3, for whatever came in. */
function readRequest(request: RequestInput, settings: Settings): Reading {
  try {
    const facts = toRequestFacts(request)
    if (facts === undefined) return UNREADABLE
    const candidates = readCandidates(facts, settings)
    const isBound = settings.originCheck && candidates.source === 'cookie'
    return { facts, candidates, isCrossSite: isBound && isCrossSite(facts, settings) }
  } catch {
    return UNREADABLE // a getter or a Proxy threw
  }
}

function toCandidates(token: unknown): Candidates {
  if (token === undefined || token === null || token === '') return { source: undefined, tokens: 'no_token' }
  return { source: undefined, tokens: hasTokenShape(token) ? [token] : 'malformed_token' }
}

/** Measures one check, for its decision. */
interface Meter {
  asked(): void
  toDecision(state: AnyState, credential: Decision['credential']): Decision
}

function startMeter(clock: Settings['clock']): Meter {
  const start = clock.monotonic()
  let source: Decision['source'] = 'request'
  return {
    asked() {
      source = 'hanko'
    },
    toDecision(state, credential) {
      const common = {
        outcome: state.status,
        ...(credential === undefined ? {} : { credential }),
        source,
        duration: clock.monotonic() - start,
      }
      if (state.status !== 'authenticated') return { ...common, reason: state.reason }
      const { userId, sessionId }: Session<unknown> = state.session
      return { ...common, userId, sessionId }
    },
  }
}
