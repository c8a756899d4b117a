import assert from 'node:assert/strict'
import { parseCookie } from 'cookie'
import { createFreshText } from './fresh-text.ts'
import type { BenchContext } from './bench-context.ts'
import { createValidator, makeKnown } from './known-sessions.ts'
import { measureQuietly } from './measure.ts'
import { countBytes, countPromises } from './meters.ts'

/** Twelve cookies as a site with analytics has them; Hanko's is the eighth. */
function toCookieHeader(token: string, at: number): string {
  const pairs = Array.from({ length: 12 }, (_, place) =>
    place === 7 ? `hanko=${token}` : `_tracker_${place}=GA1.2.${1_000_000 + at}.${1_700_000_000 + place}`,
  )
  return pairs.join('; ')
}

/** `request.*`: a session that is known, from the headers of a Node request. */
export async function measureRequests({ tokens, hanko, rounds, results }: BenchContext): Promise<void> {
  const validator = createValidator(hanko)
  await makeKnown(validator, tokens)
  const common = createFreshText(tokens.map(toCookieHeader))
  const toRequest = (cookie: string) => ({
    method: 'GET',
    url: '/',
    headers: {
      host: 'app.example.com',
      'user-agent': 'bench',
      accept: 'text/html',
      'accept-encoding': 'gzip, br',
      'accept-language': 'en',
      'sec-fetch-site': 'same-origin',
      cookie,
    },
  })
  const hit = (): unknown => validator.known(toRequest(common()))
  const parse = (): unknown => {
    const { hanko: token } = parseCookie(toRequest(common()).headers.cookie)
    return token === undefined ? undefined : validator.known(token)
  }
  assert.equal(
    tokens.map(toCookieHeader).filter((cookie) => validator.known(toRequest(cookie)) === undefined).length,
    0,
  )
  assert.ok(parse() !== undefined)

  const ratio = await measureQuietly({ common: () => toRequest(common()), base: hit, other: parse }, rounds)
  results.control('request.hitNs.12cookies.vsCookieParse', ratio)
  results.atLeast('request.hitNs.12cookies.vsCookieParse', 4, ratio.value)
  results.details['request.hit.promises'] = await countPromises(hit)
  results.details['request.hit.bytes'] = countBytes(hit, () => toRequest(common()))

  const lazily = await measureQuietly(
    {
      common: () => toRequest(common()),
      base: hit,
      other: () => validator.forRequest(toRequest(common())).known(),
    },
    Math.min(rounds, 24),
  )
  results.details['request.forRequest.known.ns'] = lazily.otherNs
  validator.close()
}
