import { endSession } from './session-life.ts'
import type { StoredSession } from './state/sessions.ts'
import type { Tenant, World } from './state/tenant.ts'

/** What Hanko makes of one token. */
export type TokenCheck =
  | { is: 'valid'; payload: Record<string, unknown>; session: StoredSession; idleExpiresAt: number | undefined }
  /** `idledOut`: this check found the session idle too long and deleted it; the answer then deletes the cookie. */
  | { is: 'invalid'; idledOut: boolean }
  /** Well signed, but no session: a webhook's JWT (webhooks.txt). */
  | { is: 'unparsable'; message: string }

const INVALID: TokenCheck = { is: 'invalid', idledOut: false }

/** Checks a token; `touch` renews the idle time (POST and `/me` do, GET does not). */
export async function checkToken(world: World, tenant: Tenant, token: string, touch: boolean): Promise<TokenCheck> {
  const payload = await tenant.keys.verify(token)
  const now = world.clock.now()
  if (payload === undefined || !isTimely(payload, now)) return INVALID
  const fault = describeBadSubject(payload['sub'])
  if (fault !== undefined) return { is: 'unparsable', message: `failed to parse token claims: ${fault}` }
  const session = tenant.sessions.get(String(payload['session_id']))
  if (session === undefined || session.expiresAt <= now) return INVALID

  const { idleTimeout } = world.settings
  if (idleTimeout !== undefined && now >= session.lastUsed + idleTimeout) {
    await endSession(world, tenant, session, 'session.delete.passive.expire')
    return { is: 'invalid', idledOut: true }
  }
  if (touch) tenant.sessions.touch(session)
  const idleExpiresAt =
    idleTimeout === undefined ? undefined : Math.min(session.lastUsed + idleTimeout, Number(payload['exp']) * 1_000)
  return { is: 'valid', payload, session, idleExpiresAt }
}

/** No leeway at `exp` (expiry-and-idle.txt); a token of the future is not yet valid. */
function isTimely(payload: Record<string, unknown>, now: number): boolean {
  const { exp, iat, nbf } = payload
  const past = (time: unknown): boolean => time === undefined || (typeof time === 'number' && time * 1_000 <= now)
  return typeof exp === 'number' && now < exp * 1_000 && past(iat) && past(nbf)
}

function describeBadSubject(sub: unknown): string | undefined {
  const text = String(sub)
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined
  const fault = text.length === 36 ? 'incorrect UUID format' : `incorrect UUID length ${text.length}`
  return `'subject' is not a uuid: uuid: ${fault} in string ${JSON.stringify(text)}`
}
