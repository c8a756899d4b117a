import { type AuthState, forbidden, type Unauthenticated, unauthenticated, unavailable } from './auth-state.ts'
import { changesState } from './check-origin.ts'
import type { Checks } from './create-checks.ts'
import { untilAborted } from './http/deadline.ts'
import type { Settings } from './options.ts'
import { candidatesOf, isForeign, readHeader, type Reading, readRequest, textOf } from './read-request.ts'
import { createRequestAuth, type RequestAuth, type StateOptions } from './request-auth.ts'
import type { RequestInput } from './request-input.ts'
import { quickBearer } from './token/quick-bearer.ts'
import { quickCookie } from './token/quick-cookie.ts'
import type { Finding } from './verify/bounded.ts'
import { toRefusedWatch, type WatchRoom } from './watch/create-watch-room.ts'

type AnyState = AuthState<unknown>

/** A session that cannot be watched as often as it is found has answers that are too old when they arrive. */
const MAX_TURNS = 3

/**
 * Makes the `RequestAuth` of a request: read when first asked, one outcome per freshness, and the verdict on the
 * origin beside the outcome, never in it.
 */
export function createForRequest(
  settings: Settings,
  checks: Checks,
  room: Pick<WatchRoom, 'watch'>,
): (request: RequestInput) => RequestAuth<unknown> {
  const recallQuickly = createRecallQuickly(settings, checks)
  return (request) => {
    const joins = checks.joins()
    let reading: Reading | undefined
    let crossSite: Unauthenticated | undefined
    let known: AnyState | undefined
    let lenient: Promise<Finding> | undefined
    let fresh: Promise<Finding> | undefined

    const read = (): Reading => (reading ??= readRequest(request, settings))

    const refuse = (changes: boolean | undefined): Unauthenticated | undefined =>
      isRefused(read(), changes, settings) ? (crossSite ??= refuseCrossSite(read(), checks)) : undefined

    const decide = (isFresh: boolean): Promise<Finding> => {
      // A socket outlives its handshake by far: each of its operations is a request of its own.
      const isOwn = read().facts?.isWebSocket === true
      return checks.decide(candidatesOf(read()), { fresh: isFresh, joins: isOwn ? checks.joins() : joins })
    }

    function find(isFresh: boolean): Promise<Finding> {
      if (read().facts?.isWebSocket) return decide(isFresh)
      if (isFresh) return (fresh ??= decide(true))
      return (lenient ??= keep(fresh ?? decide(false)))
    }

    /** From now on it is what `known` says, except where that never says anything. */
    async function keep(finding: Promise<Finding>): Promise<Finding> {
      const found = await finding
      if (settings.maxStaleness !== 0) known = found.state
      return found
    }

    async function findState(isFresh: boolean): Promise<AnyState> {
      return (await find(isFresh)).state
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
        const refused = refuse(changes)
        if (refused !== undefined) return refused
        // A socket is asked about anew, whatever memory said before.
        if (known !== undefined && !isFresh && !read().facts?.isWebSocket) return known
        return untilAborted(findState(isFresh), signal)
      },
      async watch({ changesState: changes = true, fresh: isFresh = false, signal } = {}) {
        signal?.throwIfAborted()
        const refused = refuse(changes)
        if (refused !== undefined) return toRefusedWatch(refused)
        let finding = await untilAborted(find(isFresh), signal)
        for (let turn = 0; turn < MAX_TURNS; turn++) {
          const watch = room.watch(finding)
          if (watch !== undefined) return watch
          // It is long ago that this request found it, or something ended since: a stream begins with what holds now.
          finding = await untilAborted(decide(isFresh), signal)
        }
        return toRefusedWatch(unavailable('upstream_timeout'))
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

/** Memory of the cookie, or of the Bearer, of a request that needs no closer look; or `undefined`, which says nothing. */
function createRecallQuickly({ tokenSources, cookieName }: Settings, checks: Checks) {
  const readsCookies = tokenSources.includes('cookie')
  const readsBearerFirst = tokenSources[0] === 'bearer'
  return (request: RequestInput, changes: boolean | undefined): AnyState | undefined => {
    const cookie = readsCookies ? quickCookie(request, cookieName, changes) : undefined
    if (cookie !== undefined) return checks.recall(cookie, 'cookie')
    const bearer = readsBearerFirst ? quickBearer(request) : undefined
    return bearer === undefined ? undefined : checks.recall(bearer, 'bearer')
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
