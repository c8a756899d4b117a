import type { UnauthenticatedReason } from '../errors.ts'
import type { Settings, TokenSource } from '../options.ts'
import { hasTokenShape } from './parse-token.ts'
import { readBearer } from './read-bearer.ts'
import { readConnectionParams } from './read-connection-params.ts'
import { readCookies } from './read-cookies.ts'
import type { RequestFacts } from './request-facts.ts'

/** More cookies of one name than any browser would send for a parent domain, a host and a path or two. */
const MAX_CANDIDATES = 4

/** The tokens of the first source that has something, or why it has none that can be used. */
export interface Candidates {
  /** `undefined`: no source had anything. */
  readonly source: TokenSource | undefined
  readonly tokens: readonly string[] | UnauthenticatedReason
}

/** The first source that has something decides: a bad Bearer never falls through to a cookie. */
export function readCandidates(
  facts: RequestFacts,
  settings: Pick<Settings, 'tokenSources' | 'cookieName'>,
): Candidates {
  for (const source of settings.tokenSources) {
    const tokens = read(source, facts, settings.cookieName)
    if (tokens !== undefined) return { source, tokens }
  }
  return { source: undefined, tokens: 'no_token' }
}

function read(source: TokenSource, facts: RequestFacts, cookieName: string): Candidates['tokens'] | undefined {
  if (source === 'cookie') return readFromCookies(readCookies(facts.header('cookie'), cookieName))
  const found =
    source === 'bearer' ? readBearer(facts.header('authorization')) : readConnectionParams(facts.connectionParams)
  if (found === undefined) return undefined
  if (found === 'malformed') return 'malformed_credentials'
  return hasTokenShape(found.token) ? [found.token] : 'malformed_token'
}

function readFromCookies(values: readonly string[]): Candidates['tokens'] | undefined {
  if (values.length === 0) return undefined
  const tokens = [...new Set(values)].filter(hasTokenShape)
  if (tokens.length === 0) return 'malformed_token'
  return tokens.length > MAX_CANDIDATES ? 'ambiguous_credentials' : tokens
}
