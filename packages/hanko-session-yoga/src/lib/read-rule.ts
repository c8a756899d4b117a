import { createStepUpRule } from 'hanko-session/rules'
import { DIRECTIVES } from './auth-directive.ts'
import type { AuthOptions } from './auth-options.ts'
import type { DirectiveUse } from './directive-uses.ts'
import type { Check, GrantCheck, Requirement, Requirements } from './requirement.ts'

/** What is known of the user's functions. Without them only the form of rules is looked at. */
export type KnownOptions = Pick<AuthOptions, 'scopes' | 'roles' | 'policies' | 'allowAdminSessions'>

/**
 * What one `@auth`, or one of Apollo's directives, asks for.
 *
 * @throws {TypeError} that says what is wrong with it
 */
export function readRule(
  { name, args }: DirectiveUse,
  requirements: Requirements,
  options: KnownOptions | undefined,
): Requirement {
  const unknown = Object.keys(args).find((arg) => DIRECTIVES[name]?.includes(arg) !== true)
  if (unknown !== undefined) throw new TypeError(`@${name} has no argument ${unknown}`)
  const { scopes, roles, policy, policies = policy, amr, maxAge, fresh = false } = args
  if (typeof fresh !== 'boolean') throw new TypeError('fresh must be true or false')
  const checks: Check[] = []
  if (roles !== undefined)
    checks.push(
      toGrant(
        'roles',
        'roles',
        toList(roles, 'roles').map((role) => [role]),
      ),
    )
  if (scopes !== undefined) checks.push(toGrant('scopes', 'scopes', scopes))
  if (policies !== undefined) checks.push(toGrant('policy', name === 'policy' ? 'policies' : 'policy', policies))
  if (name === 'requiresScopes' && scopes === undefined) throw new TypeError('scopes is missing')
  if (name === 'policy' && policies === undefined) throw new TypeError('policies is missing')
  if (amr !== undefined || maxAge !== undefined) checks.push(toStepUp(amr, maxAge, options))
  if (options !== undefined) for (const check of checks) assertKnown(check, options)
  return requirements.of(checks, fresh)
}

function toGrant(kind: GrantCheck['kind'], arg: string, value: unknown): GrantCheck {
  const lists = [
    ...new Set(toLists(value, arg).map((list) => JSON.stringify([...new Set(list)].toSorted()))),
  ].toSorted()
  const anyOf = lists.map((list) => JSON.parse(list) as string[])
  const key = `${kind}: ${anyOf.map((list) => list.map(quote).join(' & ')).join(' | ')}`
  return { kind, anyOf, key }
}

/** Plain names as they stand; anything that could be taken for more than one name in quotes. */
const quote = (name: string): string => (/^[\w:./-]+$/.test(name) ? name : JSON.stringify(name))

function toLists(value: unknown, arg: string): string[][] {
  // As GraphQL does: one value stands for a list of it.
  const outer: unknown[] = Array.isArray(value) ? value : [value]
  if (outer.length === 0) throw new TypeError(`${arg} is empty`)
  return outer.map((inner) => toList(inner, arg))
}

function toList(value: unknown, arg: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0) throw new TypeError(`${arg} has an empty list`)
  if (!list.every((item) => typeof item === 'string' && item !== ''))
    throw new TypeError(`${arg} must have non-empty strings`)
  return list as string[]
}

function toStepUp(amr: unknown, maxAge: unknown, options: KnownOptions | undefined): Check {
  const ways = amr === undefined ? undefined : toList(amr, 'amr').toSorted()
  const rule = createStepUpRule({
    amr: ways,
    maxAge: maxAge as '15m' | undefined,
    allowAdminSessions: maxAge !== undefined && options?.allowAdminSessions === true,
  })
  const words = [
    ways === undefined ? '' : `amr: ${ways.map(quote).join(' | ')}`,
    maxAge === undefined ? '' : `maxAge: ${maxAge as string}`,
  ]
  return { kind: 'stepUp', rule, key: words.filter((word) => word !== '').join(' and ') }
}

function assertKnown(check: Check, { scopes, roles, policies = {} }: KnownOptions): void {
  if (check.kind === 'scopes' && scopes === undefined) throw new TypeError('withAuth has no function scopes')
  if (check.kind === 'roles' && roles === undefined) throw new TypeError('withAuth has no function roles')
  if (check.kind !== 'policy') return
  const unknown = check.anyOf.flat().find((name) => !Object.hasOwn(policies, name))
  if (unknown !== undefined) throw new TypeError(`withAuth has no policy ${quote(unknown)}`)
}
