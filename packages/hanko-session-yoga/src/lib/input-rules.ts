import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { Requirement } from './requirement.ts'

/** What a field asks for because of what it is given. */
export interface InputRules {
  /** Of all that could be given, by coordinate. */
  readonly possible: ReadonlyMap<string, Requirement>
  /** Of arguments as a resolver gets them: those that were written, and those that have defaults. */
  of(args: Readonly<Record<string, unknown>>): ReadonlySet<Requirement>
}

interface Input {
  readonly name: string
  readonly coordinate: string
  readonly type: GraphQLInputType
}

/** Makes them for fields of a schema, of which `at` says what stands at a coordinate. */
export function createInputRules(at: (coordinate: string) => Requirement | undefined) {
  const known = new Map<string, ReadonlyMap<string, Requirement>>()

  function inputsOf(type: GraphQLInputType): Input[] {
    const named = getNamedType(type)
    if (!isInputObjectType(named)) return []
    return Object.values(named.getFields()).map((field) => ({
      name: field.name,
      coordinate: `${named.name}.${field.name}`,
      type: field.type,
    }))
  }

  /** All that values of a type can bring with them. Types that hold each other are walked once. */
  function below(type: GraphQLInputType): ReadonlyMap<string, Requirement> {
    const { name } = getNamedType(type)
    const done = known.get(name)
    if (done !== undefined) return done
    const found = new Map<string, Requirement>()
    const seen = new Set<string>()
    const walk = (each: GraphQLInputType): void => {
      const typeName = getNamedType(each).name
      if (seen.has(typeName)) return
      seen.add(typeName)
      add(found, typeName)
      for (const input of inputsOf(each)) {
        add(found, input.coordinate)
        walk(input.type)
      }
    }
    walk(type)
    known.set(name, found)
    return found
  }

  function add(found: Map<string, Requirement>, coordinate: string): void {
    const requirement = at(coordinate)
    if (requirement !== undefined) found.set(coordinate, requirement)
  }

  function collect(value: unknown, type: GraphQLInputType, found: Set<Requirement>): void {
    if (isNonNullType(type)) return collect(value, type.ofType, found)
    if (value === null || value === undefined || below(type).size === 0) return
    if (isListType(type)) {
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) collect(item, type.ofType, found)
      return
    }
    const own = at(getNamedType(type).name)
    if (own !== undefined) found.add(own)
    for (const input of inputsOf(type)) {
      if (Object.hasOwn(value, input.name)) collectGiven((value as Record<string, unknown>)[input.name], input, found)
    }
  }

  function collectGiven(
    value: unknown,
    { coordinate, type }: Input,
    found: Set<Requirement>,
    extra: string[] = [],
  ): void {
    for (const place of [coordinate, ...extra]) {
      const own = at(place)
      if (own !== undefined) found.add(own)
    }
    collect(value, type, found)
  }

  /** @param places the field's coordinate, and those of the same field on interfaces */
  return (
    field: Pick<GraphQLField<unknown, unknown>, 'args'>,
    places: readonly [string, ...string[]],
  ): InputRules | undefined => {
    const possible = new Map<string, Requirement>()
    const inputs = field.args.map(({ name, type }) => {
      const [coordinate, ...extra] = places.map((place) => `${place}(${name}:)`) as [string, ...string[]]
      for (const place of [coordinate, ...extra]) add(possible, place)
      for (const [place, requirement] of below(type)) possible.set(place, requirement)
      return { input: { name, coordinate, type }, extra }
    })
    if (possible.size === 0) return undefined
    return {
      possible,
      of(args) {
        const found = new Set<Requirement>()
        for (const { input, extra } of inputs) {
          if (Object.hasOwn(args, input.name)) collectGiven(args[input.name], input, found, extra)
        }
        return found
      },
    }
  }
}
