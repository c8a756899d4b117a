import type { EmulatorSettings } from './emulator-options.ts'
import type { StoredSession } from './state/sessions.ts'
import type { EmulatedUser } from './state/users.ts'
import { sortKeys, toNanoseconds, toWholeSeconds } from './wire-format.ts'

/** Claims that Hanko itself makes; a template cannot replace them in the token (template-and-rotation.txt). */
const ISSUED = new Set(['aud', 'email', 'exp', 'iat', 'iss', 'session_id', 'sub', 'username'])
/** Registered claims are not repeated among the custom claims of a reply (`jti` and `nbf` are missing there). */
const NOT_REPEATED = new Set(['aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub', 'session_id'])

/** The signed payload of a new session. */
export function makeTokenClaims(
  settings: EmulatorSettings,
  session: StoredSession,
  user: EmulatedUser,
  extra: { amr: readonly string[]; claims: Record<string, unknown> },
): Record<string, unknown> {
  const email = user.emails.find((candidate) => candidate.isPrimary)
  const template = settings.jwtTemplate
  const custom = Object.entries({ ...(typeof template === 'function' ? template(user) : template), ...extra.claims })
  return sortKeys({
    ...(extra.amr.length > 0 ? { amr: [...extra.amr] } : {}),
    ...Object.fromEntries(custom.filter(([name]) => !ISSUED.has(name))),
    aud: settings.audience,
    ...(email === undefined
      ? {}
      : { email: { address: email.address, is_primary: email.isPrimary, is_verified: email.isVerified } }),
    ...(user.username === undefined ? {} : { username: user.username }),
    exp: Math.floor(session.expiresAt / 1_000),
    iat: Math.floor(session.createdAt / 1_000),
    ...(settings.issuer === undefined ? {} : { iss: settings.issuer }),
    session_id: session.id,
    sub: user.id,
  })
}

/**
 * The `claims` of a reply: flattened, so that a custom claim called `subject`, `expiration`, `issued_at`, `audience` or
 * `issuer` overwrites the true one (template-and-rotation.txt). Only `session_id` stays true.
 */
export function flattenClaims(
  payload: Record<string, unknown>,
  times: 'whole seconds' | 'nanoseconds',
): Record<string, unknown> {
  const toTime = times === 'nanoseconds' ? toNanoseconds : toWholeSeconds
  return sortKeys({
    subject: payload['sub'],
    issued_at: toTime(Number(payload['iat']) * 1_000),
    expiration: toTime(Number(payload['exp']) * 1_000),
    audience: payload['aud'],
    ...(payload['iss'] === undefined ? {} : { issuer: payload['iss'] }),
    ...Object.fromEntries(Object.entries(payload).filter(([name]) => !NOT_REPEATED.has(name))),
    session_id: payload['session_id'],
  })
}
