// What a document may run and show, by walking it with the types of the moment. It shares nothing with the
// implementation, nor with graphql: rules are gathered anew at every step, and nothing is worked out beforehand.
import type { Condition, Document, Selection, Value } from './document.ts'
import { type Field, findComposite, type Input, listPossible, type Rule, type World } from './world.ts'

/** Who asks; nobody has no session. */
export interface Grants {
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly policies: readonly string[]
}

export type Path = readonly (string | number)[]

/** The type that a value behind an interface or a union is of, and whether a value is null, by its path alone. */
export interface Chance {
  typeAt(path: Path, possible: readonly string[]): string
  isNullAt(path: Path): boolean
}

export interface Verdict {
  /** With nulls where something is refused. */
  readonly data: unknown
  /** Something is refused, field or value. */
  readonly isRefused: boolean
  /** A field is refused that no runtime type could have kept from being asked for. */
  readonly isSurelyRefused: boolean
  /** Of each resolver that may run: where, and of which field. */
  readonly allowed: ReadonlySet<string>
}

/** A value that must not be null is. */
const BUBBLE = Symbol('bubble')

export function judge(world: World, document: Document, grants: Grants | undefined, chance: Chance): Verdict {
  let isRefused = false
  let isSurelyRefused = false
  const allowed = new Set<string>()

  function meets(rule: Rule | undefined): boolean {
    if (rule === undefined) return true
    if (grants === undefined) return false
    if (rule.roles !== undefined && !rule.roles.some((role) => grants.roles.includes(role))) return false
    if (rule.scopes !== undefined && !rule.scopes.some((all) => all.every((one) => grants.scopes.includes(one))))
      return false
    return rule.policy === undefined || rule.policy.some((all) => all.every((one) => grants.policies.includes(one)))
  }

  /** A type, and all that is above it. */
  function mayHave(typeName: string): boolean {
    const type = world.types.get(typeName)
    if (type === undefined) return true
    const above = type.kind === 'object' || type.kind === 'interface' ? type.interfaces : []
    return [typeName, ...above].every((name) => meets(world.types.get(name)?.rule))
  }

  /** What a type and all that is above it ask for, each thing by itself. */
  function listClauses(typeName: string): Map<string, Rule> {
    const type = world.types.get(typeName)
    const above = type?.kind === 'object' || type?.kind === 'interface' ? type.interfaces : []
    const rules = [typeName, ...above].flatMap((name) => world.types.get(name)?.rule ?? [])
    const clauses = rules.flatMap((rule) => [
      {},
      ...Object.entries(rule).map(([kind, value]): Rule => ({ [kind]: value as string[] })),
    ])
    return new Map(clauses.map((clause) => [JSON.stringify(clause), clause]))
  }

  /** A field may ask beforehand for what all possibilities of its type ask for: no runtime type is needed to tell. */
  function mayReturn(typeName: string): boolean {
    const possible = listPossible(world, typeName).map(listClauses)
    const common = [...(possible[0] ?? [])].filter(([key]) => possible.every((clauses) => clauses.has(key)))
    return mayHave(typeName) && common.every(([, clause]) => meets(clause))
  }

  function mayGive(input: Input, value: Value): boolean {
    const real = toReal(value)
    return real === undefined || (meets(input.rule) && mayHold(input, real))
  }

  function mayHold(input: Input, value: Value): boolean {
    if (value.kind === 'list') return value.items.every((item) => mayHold(input, toReal(item) ?? { kind: 'null' }))
    if (value.kind !== 'object') return true
    return Object.entries(value.fields).every(([name, each]) => {
      const field = world.inputs.get(input.input ?? '')?.fields.find((one) => one.name === name)
      return field === undefined || mayGive(field, each)
    })
  }

  /** What stands behind a variable; nothing, when it has neither value nor default. */
  function toReal(value: Value): Value | undefined {
    if (value.kind !== 'variable') return value
    const variable = document.variables.get(value.name)
    return (variable?.given ?? variable?.byDefault) as Value | undefined
  }

  function mayRun(object: string, name: string, args: Readonly<Record<string, Value>>): boolean {
    const places = [object, ...findComposite(world, object).interfaces]
    const fields = places.flatMap((place) => findComposite(world, place).fields.filter((field) => field.name === name))
    return (
      mayHave(object) &&
      fields.every(
        (field) =>
          meets(field.rule) &&
          mayReturn(field.type) &&
          field.args.every((arg) => args[arg.name] === undefined || mayGive(arg, args[arg.name] as Value)),
      )
    )
  }

  function isLeftOut(conditions: readonly Condition[]): boolean {
    return conditions.some(({ directive, by }) => {
      const variable = typeof by === 'string' ? document.variables.get(by) : undefined
      const value = typeof by === 'string' ? (variable?.given ?? variable?.byDefault) : by
      return directive === 'skip' ? value === true : value === false
    })
  }

  function collect(
    object: string,
    selections: readonly Selection[],
    found = new Map<string, Collected>(),
  ): Map<string, Collected> {
    for (const selection of selections) {
      if (isLeftOut(selection.conditions)) continue
      if (selection.kind === 'field') {
        const key = selection.alias ?? selection.name
        const known = found.get(key)
        found.set(key, {
          name: selection.name,
          args: selection.args,
          selections: [...(known?.selections ?? []), ...selection.selections],
        })
        continue
      }
      const fragment = selection.kind === 'spread' ? document.fragments.get(selection.fragment) : selection
      const fits = fragment?.on === undefined || listPossible(world, fragment.on).includes(object)
      if (fragment !== undefined && fits) collect(object, fragment.selections, found)
    }
    return found
  }

  /** @param isSure no interface or union is on the way here */
  function runObject(object: string, selections: readonly Selection[], path: Path, isSure: boolean): unknown {
    const data: Record<string, unknown> = {}
    let bubbles = false
    for (const [key, { name, args, selections: below }] of collect(object, selections)) {
      const here = [...path, key]
      if (name === '__typename') {
        data[key] = object
        continue
      }
      const field = findComposite(world, object).fields.find((one) => one.name === name) as Field
      let value: unknown = null
      if (mayRun(object, name, args)) {
        allowed.add(`${object}.${name} at ${here.join('.')}`)
        value = complete(field, below, here, { coordinate: `${object}.${name}`, isSure })
      } else {
        isRefused = true
        isSurelyRefused ||= isSure
      }
      // The others run all the same: they began before.
      if (value === BUBBLE || (value === null && field.isRequired)) bubbles = true
      data[key] = value
    }
    return bubbles ? BUBBLE : data
  }

  function complete({ type, isList }: Field, selections: readonly Selection[], path: Path, by: By): unknown {
    const one = (at: Path): unknown => {
      const value = completeOne(type, selections, at, by)
      return value === BUBBLE ? null : value
    }
    return isList ? [one([...path, 0]), one([...path, 1])] : one(path)
  }

  function completeOne(
    type: string,
    selections: readonly Selection[],
    path: Path,
    { coordinate, isSure }: By,
  ): unknown {
    const kind = world.types.get(type)?.kind
    if (kind === undefined) return 1
    if (kind === 'enum') return 'ONE'
    if (kind === 'scalar') return coordinate
    if (chance.isNullAt(path)) return null
    const object = chance.typeAt(path, listPossible(world, type))
    if (mayHave(object)) return runObject(object, selections, path, isSure && kind === 'object')
    isRefused = true
    return null
  }

  const root = document.operation === 'query' ? 'Query' : 'Mutation'
  const data = runObject(root, document.selections, [], true)
  return { data: data === BUBBLE ? null : data, isRefused, isSurelyRefused, allowed }
}

interface Collected {
  readonly name: string
  readonly args: Readonly<Record<string, Value>>
  readonly selections: readonly Selection[]
}

/** What a value comes from. */
interface By {
  readonly coordinate: string
  readonly isSure: boolean
}
