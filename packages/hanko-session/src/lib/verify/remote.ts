import { unavailable } from '../auth-state.ts'
import { untilAborted } from '../http/deadline.ts'
import type { CallFailure, CallOptions, HankoClient, HankoReply, SentAt } from '../http/hanko-client.ts'
import type { SessionIdentity } from '../cache/tombstones.ts'
import { isObject } from '../token/strict-json.ts'
import type { Probe } from './probe.ts'

/** Hanko says that a session lives. */
interface Live {
  readonly status: 'live'
  /** When the call was sent that said so: the age of the answer counts from there. */
  readonly sentAt: SentAt
  /** Milliseconds since the epoch; `Infinity` without an idle timeout. */
  readonly idleExpiresAt: number
  /** Whether Hanko counts the call as use of the session. */
  readonly isUse: boolean
}

/** Hanko says that a session has ended, and its database is there. */
export const ENDED = Symbol('ended')

type Verdict = Live | typeof ENDED | CallFailure

/** Asks Hanko about a session whose token is verified. */
export type AskHanko = (text: string, session: SessionIdentity, options: CallOptions) => Promise<Verdict>

/**
 * With its database down, Hanko answers `200 {"is_valid":false}` for every session, and only its JWKS says 500.
 * So a `false` is believed only after (a) a JWKS that was asked for after that answer arrived, and (b) a second
 * POST that began after (a) and said `false` again.
 */
export function createAskHanko(client: HankoClient, probe: Probe): AskHanko {
  return async (text, session, options) => {
    const first = readVerdict(await client.validate(text, options), session)
    if (first !== ENDED) return first

    const { signal } = options.deadline
    const outage = await untilAborted(probe(), signal).catch(() => unavailable('upstream_timeout'))
    if (outage !== undefined) return outage

    // Sent later than the first: for all who ask when that was, the first is the safe answer.
    const { onSent: _sent, ...again } = options
    return readVerdict(await client.validate(text, again), session)
  }
}

/**
 * The same by a GET, which is no use of the session. Its `false` proves nothing, so it leads to the ordinary way, in
 * what is left of the time.
 */
export function createPeekHanko(client: HankoClient, askHanko: AskHanko): AskHanko {
  return async (text, session, options) => {
    const verdict = readVerdict(await client.peek(text, options), session)
    if (verdict === ENDED) {
      const { onSent: _sent, ...again } = options
      return askHanko(text, session, again)
    }
    return verdict.status === 'live' ? { ...verdict, isUse: false } : verdict
  }
}

/**
 * The verdict, and that it speaks of this session: `user_id`, `claims.session_id` and `expiration_time` are
 * Hanko's own. The other claims of the reply are not looked at: an operator's template may overwrite them.
 */
function readVerdict(reply: HankoReply | CallFailure, session: SessionIdentity): Verdict {
  if (reply.status === 'unavailable') return reply
  if (reply.isFromCache) return unavailable('upstream_invalid') // nobody may store answers about a session
  const { is_valid, user_id, claims, expiration_time, idle_expires_at } = reply.body
  if (is_valid === false) return ENDED
  if (is_valid !== true || typeof user_id !== 'string' || !isObject(claims)) return unavailable('upstream_invalid')
  const expiresAt = toMilliseconds(expiration_time)
  const idleExpiresAt = idle_expires_at === undefined ? Number.POSITIVE_INFINITY : toMilliseconds(idle_expires_at)
  if (typeof claims['session_id'] !== 'string' || expiresAt === undefined || idleExpiresAt === undefined)
    return unavailable('upstream_invalid')
  const isSame =
    user_id === session.userId &&
    claims['session_id'] === session.sessionId &&
    Math.floor(expiresAt / 1_000) === session.expiresAt
  return isSame
    ? { status: 'live', sentAt: reply.sentAt, idleExpiresAt, isUse: true }
    : unavailable('identity_mismatch')
}

/** RFC 3339. */
function toMilliseconds(time: unknown): number | undefined {
  if (typeof time !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(time))
    return undefined
  const milliseconds = Date.parse(time)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}
