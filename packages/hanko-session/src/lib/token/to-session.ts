import type { Session, SessionEmail } from '../session.ts'
import type { TokenPayload } from './check-payload.ts'
import { isObject, ownMember } from './strict-json.ts'

/**
 * The session as the user's code sees it, built from the signed payload alone.
 * `claims` are given separately, frozen, as a schema may have changed them.
 */
export function toSession(payload: TokenPayload, claims: unknown): Session<unknown> {
  const [iss, username, amr] = ['iss', 'username', 'amr'].map((name) => ownMember(payload.all, name))
  const email = toEmail(ownMember(payload.all, 'email'))
  return Object.freeze({
    userId: payload.userId,
    sessionId: payload.sessionId,
    issuedAt: payload.issuedAt * 1_000,
    expiresAt: payload.expiresAt * 1_000,
    audience: Object.freeze([...payload.audience]),
    ...(typeof iss === 'string' ? { issuer: iss } : {}),
    ...(email === undefined ? {} : { email }),
    ...(typeof username === 'string' ? { username } : {}),
    amr: Object.freeze(isListOfStrings(amr) ? [...amr] : []),
    claims,
  })
}

// A template may overwrite these with anything at all; what does not fit counts as absent.
function toEmail(value: unknown): SessionEmail | undefined {
  if (!isObject(value)) return undefined
  const address = ownMember(value, 'address')
  if (typeof address !== 'string') return undefined
  return Object.freeze({
    address,
    isPrimary: ownMember(value, 'is_primary') === true,
    isVerified: ownMember(value, 'is_verified') === true,
  })
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
