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

/** What stands in a request, whatever its shape. */
export interface Credential {
  /** `undefined`: no source had anything. */
  readonly source: TokenSource | undefined
  readonly texts: readonly string[] | UnauthenticatedReason
}

const NOTHING: Credential = Object.freeze({ source: undefined, texts: 'no_token' })

/** The first source that has something decides: a bad Bearer never falls through to a cookie. */
export function readCredential(
  facts: RequestFacts,
  { tokenSources, cookieName }: Pick<Settings, 'tokenSources' | 'cookieName'>,
): Credential {
  for (const source of tokenSources) {
    const texts = read(source, facts, cookieName)
    if (texts !== undefined) return { source, texts }
  }
  return NOTHING
}

function read(source: TokenSource, facts: RequestFacts, cookieName: string): Credential['texts'] | undefined {
  if (source === 'cookie') {
    const values = readCookies(facts.header('cookie'), cookieName)
    return values.length === 0 ? undefined : values
  }
  const found =
    source === 'bearer' ? readBearer(facts.header('authorization')) : readConnectionParams(facts.connectionParams)
  if (found === undefined) return undefined
  return found === 'malformed' ? 'malformed_credentials' : [found.token]
}

/** Of equal texts one counts, and of several those that have the shape of a token. */
export function toCandidates({ source, texts }: Credential): Candidates {
  if (typeof texts === 'string') return { source, tokens: texts }
  const tokens = (texts.length === 1 ? texts : [...new Set(texts)]).filter(hasTokenShape)
  if (tokens.length === 0) return { source, tokens: 'malformed_token' }
  return { source, tokens: tokens.length > MAX_CANDIDATES ? 'ambiguous_credentials' : tokens }
}
