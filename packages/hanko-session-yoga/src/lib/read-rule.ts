import { createStepUpRule, type SignInWay } from 'hanko-session/rules'
import { DIRECTIVES } from './auth-directive.ts'
import type { AuthOptions } from './auth-options.ts'
import type { DirectiveUse } from './read-directives.ts'
import { type Check, FRESH, type GrantCheck, type Part, SESSION } from './requirement.ts'

/** What is known of the user's functions. Without them only the form of rules is looked at. */
export type KnownOptions = Pick<AuthOptions, 'scopes' | 'roles' | 'policies' | 'allowAdminSessions'>

/** The arguments that name what the user's functions grant. */
const GRANTS = new Map<string, GrantCheck['kind']>([
  ['roles', 'roles'],
  ['scopes', 'scopes'],
  ['policy', 'policy'],
  ['policies', 'policy'],
])

/**
 * What one `@auth`, or one of Apollo's directives, asks for.
 *
 * @throws {TypeError} that says what is wrong with it
 */
export function readRule({ name, args }: DirectiveUse, options: KnownOptions | undefined): Part[] {
  const known = DIRECTIVES.get(name) ?? []
  const unknown = Object.keys(args).find((arg) => !known.includes(arg))
  if (unknown !== undefined) throw new TypeError(`@${name} has no argument ${unknown}`)
  const { amr, maxAge, fresh = false } = args
  if (typeof fresh !== 'boolean') throw new TypeError('fresh must be true or false')
  const parts: Part[] = fresh ? [SESSION, FRESH] : [SESSION]
  for (const arg of known) {
    const kind = GRANTS.get(arg)
    // Apollo's have no argument that may be left out.
    const isAsked = args[arg] !== undefined || name !== 'auth'
    if (kind !== undefined && isAsked) parts.push(toGrant(kind, arg, args[arg], options))
  }
  if (amr !== undefined || maxAge !== undefined) parts.push(toStepUp(amr, maxAge, options))
  return parts
}

function toGrant(kind: GrantCheck['kind'], arg: string, value: unknown, options: KnownOptions | undefined): GrantCheck {
  // As GraphQL does: one value stands for a list of it.
  const given: unknown[] = [value].flat()
  const lists = kind === 'roles' ? given.map((role) => [role]) : given.length === 1 ? [given.flat()] : given
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

const areNames = (list: unknown): boolean =>
  Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === 'string' && name !== '')

/** Plain names as they stand; anything that could be taken for more than one name in quotes. */
const quote = (name: string): string => (/^[\w:./-]+$/.test(name) ? name : JSON.stringify(name))

function assertKnown(kind: GrantCheck['kind'], anyOf: readonly string[][], options: KnownOptions): void {
  const isPolicy = kind === 'policy'
  const functions: Readonly<Record<string, unknown>> = (isPolicy ? options.policies : options) ?? {}
  for (const name of isPolicy ? anyOf.flat() : [kind]) {
    if (Object.hasOwn(functions, name) && functions[name] !== undefined) continue
    throw new TypeError(`withAuth has no function ${isPolicy ? `policies.${name}` : name}`)
  }
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
