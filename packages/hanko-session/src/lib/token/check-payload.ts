import type { UnauthenticatedReason } from '../errors.ts'
import type { Settings } from '../options.ts'
import { ownMember } from './strict-json.ts'

/** A hyphen counts as one, digits and small letters of a hexadecimal number as nothing, all else as too much. */
const HYPHENS = new Uint8Array(128).fill(99)
for (const character of '0123456789abcdef') HYPHENS[character.charCodeAt(0)] = 0
HYPHENS[0x2d] = 1
const NIL_UUID = '00000000-0000-0000-0000-000000000000'

/** Hanko signs webhooks with the same keys and the same `aud`; only this subject tells them apart. */
const WEBHOOK_SUBJECT = 'hanko webhooks'

/** The largest time a `Date` can hold, in seconds. */
const MAX_SECONDS = 8.64e12

/** The payload of a session token, checked. Times are seconds, as signed. */
export interface TokenPayload {
  readonly userId: string
  readonly sessionId: string
  readonly issuedAt: number
  /** Whole seconds: a fraction is dropped, so that a session never lives longer than its `exp`. */
  readonly expiresAt: number
  readonly audience: readonly string[]
  /** To be read by `ownMember`. */
  readonly all: object
}

type Expectations = Pick<Settings, 'audience' | 'issuer' | 'clockSkew'>

/** Everything the payload says by itself: whose session it is, from when to when, and for whom it was made. */
export function checkPayload(
  payload: object,
  expected: Expectations,
  now: number,
): TokenPayload | UnauthenticatedReason {
  const sub = ownMember(payload, 'sub')
  if (sub === WEBHOOK_SUBJECT) return 'wrong_token_type'
  if (typeof sub !== 'string' || !isUuid(sub.toLowerCase()) || sub === NIL_UUID) return 'malformed_token'
  const sessionId = ownMember(payload, 'session_id')
  if (typeof sessionId !== 'string' || !isUuid(sessionId)) return 'malformed_token'
  const exp = ownMember(payload, 'exp')
  const iat = ownMember(payload, 'iat')
  const nbf = ownMember(payload, 'nbf')
  if (!isTime(exp) || !isTime(iat) || iat > exp || (nbf !== undefined && typeof nbf !== 'number'))
    return 'malformed_token'

  const expiresAt = Math.floor(exp)
  const latest = (now + expected.clockSkew) / 1_000
  if (expiresAt * 1_000 <= now) return 'expired'
  if (iat > latest || (nbf !== undefined && nbf > latest)) return 'not_yet_valid'

  const audience = toAudience(ownMember(payload, 'aud'))
  if (audience === undefined) return 'malformed_token'
  if (expected.audience !== undefined && !expected.audience.some((value) => audience.includes(value)))
    return 'wrong_audience'
  if (expected.issuer !== undefined && ownMember(payload, 'iss') !== expected.issuer) return 'wrong_issuer'
  return { userId: sub, sessionId, issuedAt: iat, expiresAt, audience, all: payload }
}

/** In Hanko's own spelling, that of session ids; users' ids may come from elsewhere. A pattern takes twice as long. */
function isUuid(text: string): boolean {
  let hyphens = 0
  for (let at = 0; at < text.length; at++) hyphens += HYPHENS[text.charCodeAt(at)] ?? 99
  return text.length === 36 && hyphens === 4 && [8, 13, 18, 23].every((at) => text[at] === '-')
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= MAX_SECONDS
}

/** RFC 7519, section 4.1.3: one string or several; absent is none. */
function toAudience(aud: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = aud === undefined ? [] : Array.isArray(aud) ? aud : [aud]
  return list.every((value) => typeof value === 'string') ? list : undefined
}
