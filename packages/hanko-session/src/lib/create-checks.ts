import { type AuthState, unauthenticated } from './auth-state.ts'
import type { ValidateOptions } from './create-session-validator.ts'
import type { Decision, DecisionLog } from './decision-log.ts'
import { untilAborted } from './http/deadline.ts'
import type { Settings } from './options.ts'
import { hasTokenShape } from './token/parse-token.ts'
import type { Candidates } from './token/read-candidates.ts'
import { settleCandidates } from './token/settle-candidates.ts'
import type { Bounded, Finding, Joins } from './verify/bounded.ts'

type AnyState = AuthState<unknown>
type Credential = Decision['credential']

/** One check each: what is found out, and told of once. */
export interface Checks {
  validate(token: unknown, options?: ValidateOptions): Promise<AnyState>
  /** For one token, or for several cookies of the name. Never rejects. */
  decide(candidates: Candidates, options: { fresh: boolean; joins: Joins }): Promise<AnyState>
  /** From memory, at once. */
  recall(token: string, credential: Credential): AnyState | undefined
  /** Tells of an outcome that took no looking. */
  tell(state: AnyState, credential: Credential, origin?: string): void
  /** What a request shares with others. */
  joins(): Joins
}

export function createChecks({ clock, joinRequests, isSilent }: Settings, sessions: Bounded, log: DecisionLog): Checks {
  const shared = sessions.createJoins()
  const joins = (): Joins => (joinRequests ? shared : sessions.createJoins())

  const isRevoked = ({ state }: Finding): boolean =>
    state.status === 'authenticated' && sessions.isRevoked(state.session)

  async function check({ tokens }: Candidates, options: { fresh: boolean; joins: Joins }): Promise<Finding> {
    if (typeof tokens === 'string') return { state: unauthenticated(tokens), source: 'request' }
    const settled = await Promise.all(tokens.map((token) => sessions.settle(token, options)))
    const [only, ...others] = settled
    if (only !== undefined && others.length === 0) return only
    // One that was settled first may have been revoked while the others were not.
    const findings = settled.map((finding) => (isRevoked(finding) ? REVOKED : finding))
    const state = settleCandidates(
      findings.map((finding) => finding.state),
      () => log.severalSessions(),
    )
    const source = findings.some((finding) => finding.source === 'hanko') ? 'hanko' : 'keys'
    return findings.find((finding) => finding.state === state) ?? { state, source }
  }

  async function decide(
    candidates: Candidates,
    credential: Credential,
    options: { fresh: boolean; joins: Joins },
  ): Promise<AnyState> {
    const start = clock.monotonic()
    const finding = await check(candidates, options)
    log.decided(toDecision(finding, credential, clock.monotonic() - start))
    return finding.state
  }

  return {
    joins,
    decide: (candidates, options) => decide(candidates, candidates.source, options),
    async validate(token, { fresh = false, signal } = {}) {
      signal?.throwIfAborted()
      return untilAborted(decide(toCandidates(token), 'argument', { fresh, joins: joins() }), signal)
    },
    recall(token, credential) {
      // Telling costs more than finding out: it is done only where somebody listens.
      if (isSilent) return sessions.knownState(token)
      const start = clock.monotonic()
      const recalled = sessions.known(token)
      if (recalled === undefined) return undefined
      const { state, age } = recalled
      log.decided(toDecision({ state, source: 'memory', age }, credential, clock.monotonic() - start))
      return state
    },
    tell(state, credential, origin) {
      const decision = toDecision({ state, source: 'request' }, credential, 0)
      if (decision.reason === 'cross_site') log.crossSite(decision, origin)
      else log.decided(decision)
    },
  }
}

const REVOKED: Finding = Object.freeze({ state: unauthenticated('revoked'), source: 'memory' })

function toCandidates(token: unknown): Candidates {
  if (token === undefined || token === null || token === '') return { source: undefined, tokens: 'no_token' }
  return { source: undefined, tokens: hasTokenShape(token) ? [token] : 'malformed_token' }
}

function toDecision({ state, source, age }: Finding, credential: Credential, duration: number): Decision {
  const common = {
    outcome: state.status,
    ...(credential === undefined ? {} : { credential }),
    source,
    ...(age === undefined ? {} : { age }),
    duration,
  }
  if (state.status !== 'authenticated') return { ...common, reason: state.reason }
  const { userId, sessionId } = state.session
  return { ...common, userId, sessionId }
}
