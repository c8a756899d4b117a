import type { SharedRevocation, StoredAnswer, UserRevoked } from 'hanko-session'
import { toPart } from './keys.ts'

/** Whole numbers, or nothing: what stands in Redis may be anybody's. */
const NUMBER = /^(?:0|[1-9]\d{0,15})$/
const NONE = '-'

/** Nothing of ours is from before 1970. */
const toText = (value: number | undefined): string =>
  value === undefined ? NONE : Math.max(Math.floor(value), 0).toFixed(0)

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && NUMBER.test(text) ? Number(text) : undefined
}

/** A number, nothing at all, or no sense. */
const toOptional = (text: string | undefined): number | undefined | 'odd' =>
  text === NONE ? undefined : (toNumber(text) ?? 'odd')

export function writeAnswer({ at, touchedAt, idleExpiresAt }: StoredAnswer): string {
  return [toText(at), toText(touchedAt), toText(idleExpiresAt)].join('|')
}

export function readAnswer(text: string): StoredAnswer | undefined {
  const [first, second, third, ...others] = text.split('|')
  const [at, touchedAt, idleExpiresAt] = [toNumber(first), toOptional(second), toOptional(third)]
  if (at === undefined || touchedAt === 'odd' || idleExpiresAt === 'odd' || others.length > 0) return undefined
  return {
    at,
    ...(touchedAt === undefined ? {} : { touchedAt }),
    ...(idleExpiresAt === undefined ? {} : { idleExpiresAt }),
  }
}

/** When sessions of a user ended, by Hanko's clock: seconds. */
export type UserTimes = Omit<UserRevoked, 'at'>

export const writeUserTimes = ({ refuseBefore, askUntil }: UserTimes): string =>
  [toText(refuseBefore), toText(askUntil)].join('|')

export function readUserTimes(text: string): UserTimes | undefined {
  const [first, second, ...others] = text.split('|')
  const [refuseBefore, askUntil] = [toNumber(first), toNumber(second)]
  return refuseBefore === undefined || askUntil === undefined || others.length > 0
    ? undefined
    : { refuseBefore, askUntil }
}

export function mergeUserTimes(one: UserTimes, other: UserTimes | undefined): UserTimes {
  return {
    refuseBefore: Math.max(one.refuseBefore, other?.refuseBefore ?? 0),
    askUntil: Math.max(one.askUntil, other?.askUntil ?? 0),
  }
}

export function writeRevocation(revocation: SharedRevocation): string {
  const { scope } = revocation
  return 'sessionId' in revocation
    ? ['s', scope, toPart(revocation.sessionId), toText(toEnd(revocation.expiresAt))].join('|')
    : ['u', scope, toPart(revocation.userId), writeUserTimes(revocation)].join('|')
}

/** Never before it ends. */
const toEnd = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.ceil(seconds)

export function readRevocation(text: string): SharedRevocation | undefined {
  const [kind, scope = '', part = '', ...times] = text.split('|')
  const id = toId(part)
  if (scope === '' || id === undefined) return undefined
  if (kind === 's' && times.length === 1) {
    const expiresAt = toOptional(times[0])
    if (expiresAt === 'odd') return undefined
    return expiresAt === undefined ? { scope, sessionId: id } : { scope, sessionId: id, expiresAt }
  }
  const ended = kind === 'u' ? readUserTimes(times.join('|')) : undefined
  return ended && { scope, userId: id, ...ended }
}

function toId(part: string): string | undefined {
  try {
    return decodeURIComponent(part) || undefined
  } catch {
    return undefined
  }
}
