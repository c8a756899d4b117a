import { type AuthState, forbidden, type Unauthenticated, unauthenticated } from './auth-state.ts'
import { changesState } from './check-origin.ts'
import type { Checks } from './create-checks.ts'
import { untilAborted } from './http/deadline.ts'
import type { Settings } from './options.ts'
import { candidatesOf, isForeign, readHeader, type Reading, readRequest, textOf } from './read-request.ts'
import { createRequestAuth, type RequestAuth, type StateOptions } from './request-auth.ts'
import type { RequestInput } from './request-input.ts'
import { quickCookie } from './token/quick-cookie.ts'

type AnyState = AuthState<unknown>

/**
 * Makes the `RequestAuth` of a request: read when first asked, one outcome per freshness, and the verdict on the
 * origin beside the outcome, never in it.
 */
export function createForRequest(settings: Settings, checks: Checks): (request: RequestInput) => RequestAuth<unknown> {
  const recallQuickly = createRecallQuickly(settings, checks)
  return (request) => {
    const joins = checks.joins()
    let reading: Reading | undefined
    let crossSite: Unauthenticated | undefined
    let known: AnyState | undefined
    let lenient: Promise<AnyState> | undefined
    let fresh: Promise<AnyState> | undefined

    const read = (): Reading => (reading ??= readRequest(request, settings))

    const refuse = (changes: boolean | undefined): Unauthenticated | undefined =>
      isRefused(read(), changes, settings) ? (crossSite ??= refuseCrossSite(read(), checks)) : undefined

    function find(isFresh: boolean): Promise<AnyState> {
      const { facts } = read()
      const candidates = candidatesOf(read())
      // A socket outlives its handshake by far: each of its operations is a request of its own.
      if (facts?.isWebSocket) return checks.decide(candidates, { fresh: isFresh, joins: checks.joins() })
      if (isFresh) return (fresh ??= checks.decide(candidates, { fresh: true, joins }))
      if (known !== undefined) return Promise.resolve(known)
      return (lenient ??= keep(fresh ?? checks.decide(candidates, { fresh: false, joins })))
    }

    /** From now on it is what `known` says, except where that never says anything. */
    async function keep(finding: Promise<AnyState>): Promise<AnyState> {
      const state = await finding
      if (settings.maxStaleness !== 0) known = state
      return state
    }

    return createRequestAuth({
      known({ changesState: changes, fresh: isFresh = false } = {}) {
        // For the first who ask only: what was found so says nothing of the origin, which others may have to know.
        if (reading === undefined && known === undefined && !isFresh) {
          known = recallQuickly(request, changes)
          if (known !== undefined) return known
        }
        const refused = refuse(changes)
        if (refused !== undefined || isFresh) return refused
        if (read().facts?.isWebSocket) return recall(read(), checks)
        // Memory may have changed its mind: a request that is being found out about has that outcome and no other.
        if (lenient === undefined) known ??= recall(read(), checks)
        return known
      },
      async state({ changesState: changes, fresh: isFresh = false, signal } = {}) {
        signal?.throwIfAborted()
        return refuse(changes) ?? untilAborted(find(isFresh), signal)
      },
      forbid(session, stepUp) {
        const refusal = forbidden(stepUp)
        checks.tellForbidden(refusal, session, read().credential.source)
        return refusal
      },
      now: () => settings.clock.now(),
      header: (name) => readHeader(request, name),
    })
  }
}

/** What `forRequest(request).known(options)` says, for those who ask once: nothing is kept, so nothing is made. */
export function createKnown(
  settings: Settings,
  checks: Checks,
): (request: RequestInput, options?: Pick<StateOptions, 'changesState'>) => AnyState | undefined {
  const recallQuickly = createRecallQuickly(settings, checks)
  return (request, options) => {
    const known = recallQuickly(request, options?.changesState)
    if (known !== undefined) return known
    const reading = readRequest(request, settings)
    return isRefused(reading, options?.changesState, settings)
      ? refuseCrossSite(reading, checks)
      : recall(reading, checks)
  }
}

/** Memory of the cookie of a request that needs no closer look, or `undefined`, which says nothing. */
function createRecallQuickly({ tokenSources, cookieName }: Settings, checks: Checks) {
  const readsCookies = tokenSources.includes('cookie')
  return (request: RequestInput, changes: boolean | undefined): AnyState | undefined => {
    const cookie = readsCookies ? quickCookie(request, cookieName, changes) : undefined
    return cookie === undefined ? undefined : checks.recall(cookie, 'cookie')
  }
}

/** Whether it is a cookie from another site, for work that may not be done with it. */
function isRefused(reading: Reading, changes: boolean | undefined, settings: Settings): boolean {
  const { facts } = reading
  // A handshake's verdict binds whatever is done over its socket: any site can open one, and read the answers.
  const isBound = facts === undefined || facts.isWebSocket || (changes ?? changesState(facts))
  return isBound && isForeign(reading, settings)
}

function refuseCrossSite({ facts, credential }: Reading, checks: Checks): Unauthenticated {
  const state = unauthenticated('cross_site')
  checks.tell(state, credential.source, facts?.header('origin'))
  return state
}

/** What a request says by itself, or memory of its one token. */
function recall(reading: Reading, checks: Checks): AnyState | undefined {
  const { source } = reading.credential
  const text = textOf(reading)
  const known = text === undefined ? undefined : checks.recall(text, source)
  if (known !== undefined) return known
  const { tokens } = candidatesOf(reading)
  if (typeof tokens !== 'string')
    return text === undefined && tokens.length === 1 ? checks.recall(tokens[0] as string, source) : undefined
  const state = unauthenticated(tokens)
  checks.tell(state, source)
  return state
}
