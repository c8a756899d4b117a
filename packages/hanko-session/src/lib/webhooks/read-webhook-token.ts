import type { Settings } from '../options.ts'
import { hasTokenShape, parseToken } from '../token/parse-token.ts'
import { isObject, type JsonObject } from '../token/strict-json.ts'
import { decodePayload } from './decode-payload.ts'

const SUBJECT = 'hanko webhooks'

/** Hanko's are good for five minutes. What is good for longer is not one of its webhooks. Seconds. */
const LONGEST_LIFE = 300

/** A webhook token that is in order but for its signature, which nobody has looked at. Times are seconds, as signed. */
export interface UnprovedWebhook {
  readonly text: string
  readonly keyId: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly event: unknown
  readonly data: unknown
}

/**
 * What a text says by itself, if it can be a webhook of this Hanko's at this time.
 *
 * Sessions have the same keys and the same audience, and an operator may put any claim into them: only the subject and
 * the absence of a `session_id` tell the two apart, and a session has both.
 */
export function readWebhookToken(
  text: string,
  { audience, clockSkew, clock }: Pick<Settings, 'audience' | 'clockSkew' | 'clock'>,
): UnprovedWebhook | undefined {
  const keyId = readKeyId(text)
  const payload = keyId === undefined ? undefined : decodePayload(text.split('.', 2)[1] as string)
  if (keyId === undefined || payload === undefined) return undefined
  const { sub, iat, exp, nbf, aud, evt, data } = payload
  if (sub !== SUBJECT || 'session_id' in payload) return undefined
  if (!isTime(iat) || !isTime(exp) || exp < iat || exp - iat > LONGEST_LIFE) return undefined
  const now = clock.now()
  const latest = (now + clockSkew) / 1_000
  if (iat > latest || exp <= (now - clockSkew) / 1_000) return undefined
  if (nbf !== undefined && !(isTime(nbf) && nbf <= latest)) return undefined
  if (!isFor(aud, audience)) return undefined
  return { text, keyId, issuedAt: iat, expiresAt: exp, event: evt, data }
}

/**
 * Header and signature are held to what those of a session are. The payload may be far longer: it has a whole user in
 * it, or an e-mail. So the shortest one that there is stands in for it.
 */
function readKeyId(text: string): string | undefined {
  const [header = '', , signature = '', ...more] = text.split('.', 4)
  const standIn = `${header}.e30.${signature}`
  if (more.length > 0 || !hasTokenShape(standIn)) return undefined
  const token = parseToken(standIn)
  return typeof token === 'string' ? undefined : token.keyId
}

const isTime = (value: unknown): value is number => typeof value === 'number' && value > 0 && Number.isFinite(value)

function isFor(aud: JsonObject[string], expected: readonly string[] | undefined): boolean {
  const list: readonly unknown[] = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud]
  if (!list.every((value) => typeof value === 'string')) return false
  return expected === undefined || expected.some((value) => list.includes(value))
}

/** The data of an event, if it is an object. */
export const toData = (data: unknown): JsonObject | undefined => (isObject(data) ? data : undefined)
