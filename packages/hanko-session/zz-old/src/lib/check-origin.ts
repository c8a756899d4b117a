import type { Settings } from './options.ts'
import type { RequestFacts } from './token/request-facts.ts'

/**
 * Whether a request may use the session cookie for work that changes state or streams. It comes from the
 * headers alone, so it is the same for every operation of a request; which operations it binds is the
 * guard's or the adapter's to say.
 */
export function isCrossSite(facts: RequestFacts, settings: Pick<Settings, 'trustedOrigins'>): boolean {
  const origin = facts.header('origin')
  if (origin !== undefined && settings.trustedOrigins.has(origin)) return false
  const site = facts.header('sec-fetch-site')
  // Fetch Metadata: same-site is another origin too, of whoever owns a subdomain.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  if (origin === undefined) return false // not a browser: those send Origin with every such request
  return !isSameHost(origin, facts.host())
}

/** Compared as URLs, so that a default port may be written or not. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !/^https?:\/\//.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin)
    return false
  const own = `${new URL(origin).protocol}//${host}`
  return URL.canParse(own) && new URL(own).host === new URL(origin).host && /^[^/?#@\\]+$/.test(host)
}

/** RFC 9110, section 9.2.1. Bare headers have no method: then the caller says, and by default it does. */
export function changesState(facts: RequestFacts): boolean {
  return facts.method === undefined || !['GET', 'HEAD', 'OPTIONS'].includes(facts.method)
}
