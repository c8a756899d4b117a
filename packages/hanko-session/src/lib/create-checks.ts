import { type AuthState, type Forbidden, unauthenticated } from './auth-state.ts'
import type { ValidateOptions } from './create-session-validator.ts'
import { type Decision, type DecisionLog, isWarned } from './decision-log.ts'
import type { UnauthenticatedReason } from './errors.ts'
import { untilAborted } from './http/deadline.ts'
import type { Settings } from './options.ts'
import type { Session } from './session.ts'
import { hasTokenShape } from './token/parse-token.ts'
import type { Candidates } from './token/read-candidates.ts'
import { settleCandidates } from './token/settle-candidates.ts'
import type { Bounded, Joins } from './verify/bounded.ts'
import type { Finding } from './verify/finding.ts'

type AnyState = AuthState<unknown>
type Credential = Decision['credential']

/** One check each: what is found out, and told of once. */
export interface Checks {
  validate(token: unknown, options?: ValidateOptions): Promise<AnyState>
  /** For one token, or for several cookies of the name. Never rejects. */
  decide(candidates: Candidates, options: { fresh: boolean; joins: Joins }): Promise<Finding>
  /** From memory, at once. */
  recall(token: string, credential: Credential): AnyState | undefined
  /** Tells of an outcome that took no looking. */
  tell(state: AnyState, credential: Credential, origin?: string): void
  /** Tells of a session that a rule of the app refuses. */
  tellForbidden(refusal: Forbidden, session: Session<unknown>, credential: Credential): void
  /** What a request shares with others. */
  joins(): Joins
}

export function createChecks({ clock, joinRequests, isSilent }: Settings, sessions: Bounded, log: DecisionLog): Checks {
  const shared = sessions.createJoins()
  const joins = (): Joins => (joinRequests ? shared : sessions.createJoins())

  /** All are settled, and none by what it was before a revocation that came while another was not. */
  async function settleAll(tokens: readonly string[], options: { fresh: boolean; joins: Joins }): Promise<Finding[]> {
    for (;;) {
      const since = sessions.now()
      const findings = await Promise.all(tokens.map(async (token) => sessions.settle(token, options)))
      const isDoubtful = ({ state }: Finding): boolean =>
        state.status === 'authenticated' && sessions.isDoubtful(state.session, since)
      if (!findings.some(isDoubtful)) return findings
    }
  }

  function check(tokens: readonly string[], options: { fresh: boolean; joins: Joins }): Finding | Promise<Finding> {
    const [first] = tokens
    return first !== undefined && tokens.length === 1 ? sessions.settle(first, options) : checkAll(tokens, options)
  }

  async function checkAll(tokens: readonly string[], options: { fresh: boolean; joins: Joins }): Promise<Finding> {
    const findings = await settleAll(tokens, options)
    const state = settleCandidates(
      findings.map((finding) => finding.state),
      () => log.severalSessions(),
    )
    const source = findings.some((finding) => finding.source === 'hanko') ? 'hanko' : 'keys'
    return findings.find((finding) => finding.state === state) ?? { state, source }
  }

  /** Once found out and told of, what is wanted of it. */
  async function decide<T>(
    { tokens }: Candidates,
    credential: Credential,
    options: { fresh: boolean; joins: Joins },
    pick: (finding: Finding) => T,
  ): Promise<T> {
    const start = clock.monotonic()
    const found = typeof tokens === 'string' ? toRefusal(tokens) : check(tokens, options)
    // To wait for what is there already takes as long as many a refusal, and so does a promise more.
    const finding = found instanceof Promise ? await found : found
    tellOf(finding, credential, start)
    return pick(finding)
  }

  const decideState = (token: unknown, fresh: boolean): Promise<AnyState> =>
    decide(toCandidates(token), 'argument', { fresh, joins: joins() }, toState)

  /** Telling costs more than finding out: it is done only where somebody listens. */
  function tellOf(finding: Finding, credential: Credential, start: number): void {
    if (isSilent && isQuiet(finding)) return
    log.decided(toDecision(finding, credential, clock.monotonic() - start))
  }

  async function validateWith(token: unknown, { fresh = false, signal }: ValidateOptions): Promise<AnyState> {
    signal?.throwIfAborted()
    return untilAborted(decideState(token, fresh), signal)
  }

  return {
    joins,
    decide: (candidates, options) => decide(candidates, candidates.source, options, toFinding),
    validate: (token, options) => (options === undefined ? decideState(token, false) : validateWith(token, options)),
    recall(token, credential) {
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
    tellForbidden({ reason }, { userId, sessionId }, credential) {
      const common = { outcome: 'forbidden', reason, source: 'request', duration: 0, userId, sessionId } as const
      log.decided(credential === undefined ? common : { ...common, credential })
    },
  }
}

/** Nothing that the default logger writes, and no sign that Hanko answers again. */
function isQuiet({ state, source }: Finding): boolean {
  return source !== 'hanko' && (state.status === 'authenticated' || !isWarned(state.reason))
}

const toState = ({ state }: Finding): AnyState => state
const toFinding = (finding: Finding): Finding => finding

const toRefusal = (reason: UnauthenticatedReason): Finding => ({ state: unauthenticated(reason), source: 'request' })

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
