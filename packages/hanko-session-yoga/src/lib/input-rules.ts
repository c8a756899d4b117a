import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { readDefault } from './read-arguments.ts'
import type { Requirement } from './requirement.ts'

/** What a field asks for because of what it is given. */
export interface InputRules {
  /** Of all that could be given, by coordinate. */
  readonly possible: ReadonlyMap<string, Requirement>
  /** Of what was given, as it was written. */
  given(args: Readonly<Record<string, unknown>>): ReadonlySet<Requirement>
  /** Of arguments as a resolver gets them: what differs from its default was given. */
  resolved(args: Readonly<Record<string, unknown>>): ReadonlySet<Requirement>
}

interface Input {
  readonly name: string
  readonly coordinate: string
  readonly type: GraphQLInputType
  readonly definition: GraphQLArgument | GraphQLInputField
}

/** Whether a value counts as given. */
type Counts = (value: unknown, definition: Input['definition']) => boolean

const isWritten: Counts = (value) => value !== undefined
const isNoDefault: Counts = (value, definition) => {
  const byDefault = readDefault(definition)
  return byDefault === undefined || !isSame(value, byDefault)
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
      definition: field,
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

  function collect(value: unknown, type: GraphQLInputType, counts: Counts, found: Set<Requirement>): void {
    if (isNonNullType(type)) return collect(value, type.ofType, counts, found)
    if (value === null || value === undefined || below(type).size === 0) return
    if (isListType(type)) {
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value])
        collect(item, type.ofType, counts, found)
      return
    }
    const own = at(getNamedType(type).name)
    if (own !== undefined) found.add(own)
    for (const input of inputsOf(type)) {
      if (Object.hasOwn(value, input.name))
        collectGiven((value as Record<string, unknown>)[input.name], input, [input.coordinate], counts, found)
    }
  }

  function collectGiven(
    value: unknown,
    { type, definition }: Omit<Input, 'coordinate'>,
    places: readonly string[],
    counts: Counts,
    found: Set<Requirement>,
  ): void {
    if (!counts(value, definition)) return
    for (const place of places) {
      const own = at(place)
      if (own !== undefined) found.add(own)
    }
    collect(value, type, counts, found)
  }

  /** @param places the field's coordinate, and those of the same field on interfaces */
  return (
    field: Pick<GraphQLField<unknown, unknown>, 'args'>,
    places: readonly [string, ...string[]],
  ): InputRules | undefined => {
    const possible = new Map<string, Requirement>()
    const inputs = field.args.map((definition) => {
      const { name, type } = definition
      const coordinates = places.map((place) => `${place}(${name}:)`)
      for (const coordinate of coordinates) add(possible, coordinate)
      for (const [coordinate, requirement] of below(type)) possible.set(coordinate, requirement)
      return { name, type, definition, coordinates }
    })
    if (possible.size === 0) return undefined
    const read = (counts: Counts) => (args: Readonly<Record<string, unknown>>) => {
      const found = new Set<Requirement>()
      for (const input of inputs) {
        if (Object.hasOwn(args, input.name)) collectGiven(args[input.name], input, input.coordinates, counts, found)
      }
      return found
    }
    return { possible, given: read(isWritten), resolved: read(isNoDefault) }
  }
}

/**
 * Lists and inputs by what is in them. Of what else a scalar makes (a Date, a Map) nothing can be seen from outside: one
 * default is one object, which executors hand on as it is.
 */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = Object.keys(a)
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key as never], b[key as never]))
  )
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Array.isArray(value)
}
