import { type AuthState, type Unauthenticated, unauthenticated } from './auth-state.ts'
import { changesState } from './check-origin.ts'
import type { Checks } from './create-checks.ts'
import type { Settings } from './options.ts'
import { candidatesOf, isForeign, type Reading, readRequest, textOf } from './read-request.ts'
import type { StateOptions } from './request-auth.ts'
import type { RequestInput } from './request-input.ts'
import { quickBearer } from './token/quick-bearer.ts'
import { quickCookie } from './token/quick-cookie.ts'

type AnyState = AuthState<unknown>

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
export function createRecallQuickly({ tokenSources, cookieName }: Settings, checks: Checks) {
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
export function isRefused(reading: Reading, changes: boolean | undefined, settings: Settings): boolean {
  const { facts } = reading
  // A handshake's verdict binds whatever is done over its socket: any site can open one, and read the answers.
  const isBound = facts === undefined || facts.isWebSocket || (changes ?? changesState(facts))
  return isBound && isForeign(reading, settings)
}

export function refuseCrossSite({ facts, credential }: Reading, checks: Checks): Unauthenticated {
  const state = unauthenticated('cross_site')
  checks.tell(state, credential.source, facts?.header('origin'))
  return state
}

/** What a request says by itself, or memory of its one token. */
export function recall(reading: Reading, checks: Checks): AnyState | undefined {
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
