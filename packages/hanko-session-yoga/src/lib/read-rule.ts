import { createStepUpRule, type SignInWay } from 'hanko-session/rules'
import { DIRECTIVES } from './auth-directive.ts'
import type { AuthOptions } from './auth-options.ts'
import type { DirectiveUse } from './read-directives.ts'
import { type Check, FRESH, type GrantCheck, type Part, SESSION } from './requirement.ts'

/** What is known of the user's functions. Without them only the form of rules is looked at. */
export type KnownOptions = Pick<AuthOptions, 'scopes' | 'roles' | 'policies' | 'allowAdminSessions'>

/**
 * What one `@auth`, or one of Apollo's directives, asks for.
 *
 * @throws {TypeError} that says what is wrong with it
 */
export function readRule({ name, args }: DirectiveUse, options: KnownOptions | undefined): Part[] {
  const known = DIRECTIVES.get(name) ?? []
  const unknown = Object.keys(args).find((arg) => !known.includes(arg))
  if (unknown !== undefined) throw new TypeError(`@${name} has no argument ${unknown}`)
  const { amr, maxAge, fresh = false, ...grants } = args
  if (typeof fresh !== 'boolean') throw new TypeError('fresh must be true or false')
  const parts: Part[] = fresh ? [SESSION, FRESH] : [SESSION]
  if (amr !== undefined || maxAge !== undefined) parts.push(toStepUp(amr, maxAge, options))
  // Apollo's have no argument that may be left out.
  const asked = name === 'auth' ? Object.keys(grants).filter((arg) => grants[arg] !== undefined) : known
  return [...parts, ...asked.map((arg) => toGrant(arg, grants[arg], options))]
}

/** @param arg of `@auth`, or `policies` of Apollo's `@policy` */
function toGrant(arg: string, value: unknown, options: KnownOptions | undefined): GrantCheck {
  const kind = arg === 'policies' ? 'policy' : (arg as GrantCheck['kind'])
  // As GraphQL does: one value stands for a list of it.
  const given: unknown[] = [value].flat()
  const lists = kind === 'roles' ? given.map((role) => [role]) : given.length === 1 ? [given.flat()] : given.map(copy)
  if (lists.length === 0 || !lists.every(areNames))
    throw new TypeError(
      kind === 'roles'
        ? 'roles must be names: ["a", "b"] asks for one of them'
        : `${arg} must be lists of names: [["a"], ["b"]] asks for one of them, [["a", "b"]] for both`,
    )
  const anyOf = lists as string[][]
  if (options !== undefined) assertKnown(kind, anyOf, options)
  const words = new Set(anyOf.map((list) => [...new Set(list.map(quote))].toSorted().join(' & ')))
  return { kind, anyOf, key: `${kind}: ${[...words].toSorted().join(' | ')}` }
}

/** The caller's own may change later; and a gap in it, which `every` does not see, is none in the copy. */
const copy = (list: unknown): unknown => (Array.isArray(list) ? [...(list as unknown[])] : list)

const areNames = (list: unknown): boolean =>
  Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === 'string' && name !== '')

/** Plain names as they stand; anything that could be taken for more than one name in quotes. */
const quote = (name: string): string => (/^[\w:./-]+$/.test(name) ? name : JSON.stringify(name))

function assertKnown(kind: GrantCheck['kind'], anyOf: readonly string[][], options: KnownOptions): void {
  const isPolicy = kind === 'policy'
  const functions = isPolicy ? (options.policies ?? {}) : options
  const missing = (isPolicy ? anyOf.flat() : [kind]).find((name) => !Object.hasOwn(functions, name))
  if (missing !== undefined)
    throw new TypeError(`withAuth has no function ${isPolicy ? `policies.${missing}` : missing}`)
}

function toStepUp(amr: unknown, maxAge: unknown, options: KnownOptions | undefined): Check {
  const rule = createStepUpRule({
    amr: amr as SignInWay[] | undefined,
    maxAge: maxAge as '15m' | undefined,
    allowAdminSessions: options?.allowAdminSessions,
  })
  const words: string[] = []
  const ways = rule.needs.amr?.map(quote).toSorted()
  if (ways !== undefined) words.push(`amr: ${ways.join(' | ')}`)
  if (maxAge !== undefined) words.push(`maxAge: ${maxAge as string}`)
  return { kind: 'stepUp', rule, key: words.join(' and ') }
}
