import type { SessionValidator } from '../create-session-validator.ts'
import type { Session } from '../session.ts'
import { toPlainObject } from '../to-plain-object.ts'

type ClaimValue = string | number | boolean

/** The claims of the validator's schema that can be compared, each with a value or a list of values it may have. */
export type ClaimRules<Claims> = {
  readonly [
    Name in keyof Claims as string extends Name
      ? never
      : [Extract<Claims[Name], ClaimValue>] extends [never]
        ? never
        : Name
  ]?: Extract<Claims[Name], ClaimValue> | readonly Extract<Claims[Name], ClaimValue>[]
}

/** Which values claims must have, checked. */
export interface ClaimsRule<Claims> {
  isMetBy(session: Pick<Session<Claims>, 'claims'>): boolean
  /** For people: `role "admin" | "owner"`. */
  readonly words: readonly string[]
}

/**
 * A rule on custom claims, compared with `===`: each that is named has its value, or one of its list. A session that
 * does not meet it is refused with `forbidden`. For adapters, and for rules of your own.
 *
 * Never name a claim that the operator's template feeds from `Metadata.Unsafe`: users write that themselves.
 *
 * @param hanko the validator whose sessions are judged: its `claims` schema types the rule
 * @example
 * ```ts
 * import { createSessionValidator, HankoAuthError } from 'hanko-session'
 * import { createClaimsRule } from 'hanko-session/rules'
 * import { z } from 'zod'
 *
 * const hanko = createSessionValidator({ claims: z.object({ role: z.enum(['admin', 'owner', 'editor']) }) })
 * const boss = createClaimsRule(hanko, { role: ['admin', 'owner'] })
 *
 * export async function requireBoss(request: Request): Promise<string> {
 *   const auth = hanko.forRequest(request)
 *   const session = await auth.requireSession()
 *   if (boss.isMetBy(session)) return session.userId
 *   throw new HankoAuthError(auth.forbid(session))
 * }
 * ```
 *
 * @throws {TypeError} when nothing is asked for, when a value cannot be compared, and for a validator that does not
 * check claims: then a typing error in a template would decide who is an admin
 */
export function createClaimsRule<Claims>(
  hanko: SessionValidator<Claims>,
  claims: ClaimRules<Claims>,
): ClaimsRule<Claims> {
  if (!hanko.hasClaimsSchema) throw new TypeError('rules on claims need the option claims of createSessionValidator')
  const rules = Object.entries(toPlainObject(claims, 'claims')).map(
    ([name, values]) => [name, toValues(values, name)] as const,
  )
  if (rules.length === 0) throw new TypeError('claims must name a claim')
  return Object.freeze({
    isMetBy: (session: Pick<Session<Claims>, 'claims'>) =>
      rules.every(([name, values]) => values.includes(readOwn(session.claims, name))),
    words: Object.freeze(
      rules.map(([name, values]) => `${name} ${values.map((value) => JSON.stringify(value)).join(' | ')}`),
    ),
  })
}

function toValues(given: unknown, name: string): readonly unknown[] {
  const values: unknown[] = [given].flat()
  const areComparable = values.every((value) => ['string', 'boolean'].includes(typeof value) || Number.isFinite(value))
  if (values.length === 0 || !areComparable)
    throw new TypeError(`claims.${name} must be a string, a number, a boolean, or a list of some`)
  return values
}

/** What code has put on every object is nobody's claim. */
function readOwn(claims: unknown, name: string): unknown {
  return Object.hasOwn(claims ?? {}, name) ? (claims as Record<string, unknown>)[name] : undefined
}
