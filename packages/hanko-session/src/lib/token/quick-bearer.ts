import { isPlain } from './quick-cookie.ts'
import { PLAIN_BEARER } from './read-bearer.ts'
import { isHeaders } from './request-facts.ts'

/**
 * What follows `Bearer ` in a `Headers`, or `undefined`, which says nothing: for requests that have the token of an API
 * client and need no closer look. It may be any text, so it is good for one thing: to be looked up where nothing but
 * tokens stands that were read the whole way before.
 */
export function quickBearer(request: unknown): string | undefined {
  try {
    if (!isPlain(request)) return undefined
    const { headers } = request
    if (!isHeaders(headers)) return undefined
    const value: unknown = headers.get('authorization')
    if (typeof value !== 'string' || !value.startsWith(PLAIN_BEARER)) return undefined
    return (headers.get('upgrade') ?? undefined) === undefined ? value.slice(PLAIN_BEARER.length) : undefined
  } catch {
    return undefined // a getter or a Proxy threw
  }
}
