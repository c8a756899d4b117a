import type { SessionValidator } from 'hanko-session'
import { readOwn } from './demand.ts'

/** Which values claims may have, checked. */
export interface ClaimsRule {
  isMetBy(claims: unknown): boolean
  /** For people. */
  readonly words: readonly string[]
}

/**
 * @throws {TypeError} when nothing is asked for, when a value cannot be compared, and for a validator that does not
 * check claims: then a typing error in a template would decide who is an admin
 */
export function toClaimsRule(given: unknown, hanko: SessionValidator<unknown>): ClaimsRule {
  if (!hanko.hasClaimsSchema) throw new TypeError('rules on claims need the option claims of createSessionValidator')
  const isNamed = typeof given === 'object' && given !== null && !Array.isArray(given)
  const rules = Object.entries(isNamed ? given : {}).map(([name, values]) => [name, toValues(values, name)] as const)
  if (rules.length === 0) throw new TypeError('claims must be an object, and name a claim')
  return {
    isMetBy: (claims) => rules.every(([name, values]) => values.includes(readOwn(claims, name))),
    words: rules.map(([name, values]) => `${name} ${values.map((value) => JSON.stringify(value)).join(' | ')}`),
  }
}

function toValues(given: unknown, name: string): readonly unknown[] {
  const values: unknown[] = [given].flat()
  const areComparable = values.every((value) => ['string', 'boolean'].includes(typeof value) || Number.isFinite(value))
  if (values.length === 0 || !areComparable)
    throw new TypeError(`claims.${name} must be a string, a number, a boolean, or a list of some`)
  return values
}
