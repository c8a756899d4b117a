import { type Unauthenticated, type Unavailable, unauthenticated, unavailable } from '../auth-state.ts'
import type { HankoClient, HankoReply } from '../http/hanko-client.ts'
import type { TokenPayload } from '../token/check-payload.ts'
import { isCanonicalBase64url } from '../token/base64url.ts'
import { isObject } from '../token/strict-json.ts'

/** Hanko says that the session lives. */
export const LIVE = Symbol('live')

/** Asks Hanko about a token that is in order as far as it can be told without asking. */
export type AskHanko = (
  text: string,
  payload: TokenPayload,
  signal: AbortSignal,
) => Promise<typeof LIVE | Unauthenticated | Unavailable>

/**
 * With its database down, Hanko answers `200 {"is_valid":false}` for every session, and only its JWKS says 500.
 * So a `false` is believed only after (a) a JWKS that was asked for after that answer arrived, and (b) a second
 * POST that began after (a) and said `false` again.
 */
export function createAskHanko(client: HankoClient): AskHanko {
  async function isLive(text: string, payload: TokenPayload, signal: AbortSignal): Promise<boolean | Unavailable> {
    return readVerdict(await client.validate(text, signal), payload)
  }

  return async (text, payload, signal) => {
    const first = await isLive(text, payload, signal)
    if (first === true) return LIVE
    if (first !== false) return first

    const outage = readOutage(await client.fetchKeys(signal))
    if (outage !== undefined) return outage

    const second = await isLive(text, payload, signal)
    if (second === true) return LIVE
    return second === false ? unauthenticated('revoked') : second
  }
}

/**
 * The verdict, and that it speaks of this session: `user_id`, `claims.session_id` and `expiration_time` are
 * Hanko's own. The other claims of the reply are not looked at: an operator's template may overwrite them.
 */
function readVerdict(reply: HankoReply | Unavailable, payload: TokenPayload): boolean | Unavailable {
  if (reply.status === 'unavailable') return reply
  const { is_valid, user_id, claims, expiration_time } = reply.body
  if (is_valid === false) return false
  if (is_valid !== true || typeof user_id !== 'string' || !isObject(claims)) return unavailable('upstream_invalid')
  const expiresAt = toSeconds(expiration_time)
  if (typeof claims['session_id'] !== 'string' || expiresAt === undefined) return unavailable('upstream_invalid')
  const isSame =
    user_id === payload.userId && claims['session_id'] === payload.sessionId && expiresAt === payload.expiresAt
  return isSame ? true : unavailable('identity_mismatch')
}

/** Why the JWKS proves nothing, or `undefined` when it shows that Hanko reads its database. */
function readOutage(reply: HankoReply | Unavailable): Unavailable | undefined {
  if (reply.status === 'unavailable') {
    return reply.reason === 'upstream_timeout' ? reply : unavailable('upstream_unavailable', reply.retryAfter)
  }
  const { keys } = reply.body
  const isUsable = Array.isArray(keys) && keys.some(isSigningKey)
  return isUsable && !reply.isFromCache ? undefined : unavailable('upstream_unavailable')
}

function isSigningKey(key: unknown): boolean {
  return (
    isObject(key) &&
    key['kty'] === 'RSA' &&
    (key['use'] ?? 'sig') === 'sig' &&
    typeof key['n'] === 'string' &&
    isCanonicalBase64url(key['n'])
  )
}

/** RFC 3339, to the second. */
function toSeconds(time: unknown): number | undefined {
  if (typeof time !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(time))
    return undefined
  const milliseconds = Date.parse(time)
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1_000)
}
