import { type Duration, toMilliseconds } from '../duration.ts'
import type { StepUp } from '../errors.ts'
import type { Session } from '../session.ts'
import { toPlainObject } from '../to-plain-object.ts'

/** The ways to sign in that Hanko tells of; `ext:` with the provider. */
export type SignInWay = 'pwd' | 'passkey' | 'otp' | 'totp' | 'security_key' | `ext:${string}`

/** How a user must have signed in for some work, over and above having a session. */
export interface StepUpOptions {
  /**
   * One of these ways to sign in, compared to the letter: `'passkey'`, `['passkey', 'security_key']`, `'ext:google'`.
   * Those that a later Hanko adds need a cast.
   */
  readonly amr?: SignInWay | readonly SignInWay[] | undefined
  /**
   * How long ago the user signed in at most. Hanko never re-issues a token, so `session.issuedAt` is that moment.
   * A session without `amr` does not meet it: it was made through Hanko's admin API, and nobody signed in.
   * At least a second: a number is milliseconds, as everywhere but in what clients are told.
   */
  readonly maxAge?: Duration | undefined
  /**
   * Let sessions without `amr` meet `maxAge`. They never meet `amr`.
   * @default false
   */
  readonly allowAdminSessions?: boolean | undefined
}

/** Those options, checked. */
export interface StepUpRule {
  /** What a client is told to ask the user for. */
  readonly needs: StepUp
  /** @param now milliseconds since the epoch, by the validator's clock: `RequestAuth.now()` */
  isMetBy(session: Pick<Session<unknown>, 'issuedAt' | 'amr'>, now: number): boolean
}

/**
 * A rule on how, and how long ago, the user signed in. What does not meet it is refused with `step_up_required`.
 * For adapters, and for rules of your own.
 *
 * @example
 * ```ts
 * import { HankoAuthError, type RequestAuth } from 'hanko-session'
 * import { createStepUpRule } from 'hanko-session/rules'
 *
 * const recent = createStepUpRule({ maxAge: '15m', amr: ['passkey', 'totp'] })
 *
 * export async function requireRecent(auth: RequestAuth): Promise<string> {
 *   const session = await auth.requireSession()
 *   if (recent.isMetBy(session, auth.now())) return session.userId
 *   throw new HankoAuthError(auth.forbid(session, recent.needs))
 * }
 * ```
 *
 * @throws {TypeError} that names the option, and when nothing is asked for
 */
export function createStepUpRule(options: StepUpOptions): StepUpRule {
  const { amr, maxAge, allowAdminSessions = false, ...others } = toPlainObject(options, 'a step-up rule')
  for (const name of Object.keys(others)) throw new TypeError(`${name} is not a part of a step-up rule`)
  const ways = amr === undefined ? undefined : toWays(amr)
  const limit = maxAge === undefined ? undefined : toLimit(maxAge)
  if (typeof allowAdminSessions !== 'boolean') throw new TypeError('allowAdminSessions must be true or false')
  if (ways === undefined && limit === undefined) throw new TypeError('a step-up rule needs amr or maxAge')
  const needs: StepUp = Object.freeze({
    ...(limit === undefined ? {} : { maxAge: Math.ceil(limit / 1_000) }),
    ...(ways === undefined ? {} : { amr: ways }),
  })
  return Object.freeze({
    needs,
    isMetBy(session: Pick<Session<unknown>, 'issuedAt' | 'amr'>, now: number) {
      if (ways !== undefined && !session.amr.some((way) => ways.includes(way))) return false
      if (limit === undefined) return true
      return now - session.issuedAt <= limit && (session.amr.length > 0 || allowAdminSessions)
    },
  })
}

/** RFC 9470 counts `max_age` in seconds: `900` was meant to be a quarter of an hour. */
function toLimit(maxAge: Duration): number {
  const limit = toMilliseconds(maxAge, 'maxAge')
  if (limit < 1_000) throw new TypeError("maxAge must be at least '1s': a number is milliseconds")
  return limit
}

function toWays(amr: unknown): readonly string[] {
  const ways: unknown[] = [amr].flat()
  if (ways.length === 0 || !ways.every((way) => typeof way === 'string' && way !== ''))
    throw new TypeError('amr must be a non-empty string or a non-empty list of them')
  return Object.freeze(ways as string[])
}
