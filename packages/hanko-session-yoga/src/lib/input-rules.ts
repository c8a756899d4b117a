import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { readDefault } from './read-arguments.ts'
import { remember } from './remember.ts'
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

type Definition = GraphQLArgument | GraphQLInputField

/** An argument, or a field of an input. */
interface Input {
  readonly definition: Definition
  /** What stands there, by coordinate. */
  readonly rules: readonly Rule[]
}

type Rule = readonly [coordinate: string, Requirement]
type Values = Readonly<Record<string, unknown>>

/** The value that does no more than leaving an input out. */
type DefaultOf = (definition: Definition) => unknown

/** Makes them for fields of a schema, of which `at` says what stands at a coordinate. */
export function createInputRules(at: (coordinate: string) => Requirement | undefined) {
  const toInput = (definition: Definition, coordinates: readonly string[]): Input => ({
    definition,
    rules: coordinates.flatMap((coordinate) => ruleAt(coordinate)),
  })

  function ruleAt(coordinate: string): Rule[] {
    const requirement = at(coordinate)
    return requirement === undefined ? [] : [[coordinate, requirement]]
  }

  const inputsOf = remember(nameOf, (type: GraphQLNamedType): readonly Input[] =>
    isInputObjectType(type)
      ? Object.values(type.getFields()).map((field) => toInput(field, [`${type.name}.${field.name}`]))
      : [],
  )

  /** All that values of a type can bring with them. Types that hold each other are walked once. */
  const below = remember(nameOf, (type: GraphQLNamedType): readonly Rule[] => {
    const types = new Set([type])
    const found: Rule[] = []
    // What is added on the way is walked, too.
    for (const each of types) {
      found.push(...ruleAt(each.name))
      for (const { definition, rules } of inputsOf(each)) {
        found.push(...rules)
        types.add(getNamedType(definition.type))
      }
    }
    return found
  })

  function readGiven(inputs: readonly Input[], args: Values, defaultOf: DefaultOf): ReadonlySet<Requirement> {
    const found = new Set<Requirement>()
    const add = (rules: readonly Rule[]): void => rules.forEach(([, requirement]) => found.add(requirement))

    function readInputs(each: readonly Input[], values: Values): void {
      for (const { definition, rules } of each) {
        const { name } = definition
        if (!Object.hasOwn(values, name) || isSame(values[name], defaultOf(definition))) continue
        add(rules)
        readValue(values[name], definition.type)
      }
    }

    function readValue(value: unknown, type: GraphQLInputType): void {
      if (isNonNullType(type)) return readValue(value, type.ofType)
      if (value === null || value === undefined || below(getNamedType(type)).length === 0) return
      if (isListType(type)) {
        for (const item of [value].flat()) readValue(item, type.ofType)
      } else {
        add(ruleAt(type.name))
        readInputs(inputsOf(type), value as Values)
      }
    }

    readInputs(inputs, args)
    return found
  }

  /** @param places the field's coordinate, and those of the same field on interfaces */
  return (
    { args }: Pick<GraphQLField<unknown, unknown>, 'args'>,
    places: readonly string[],
  ): InputRules | undefined => {
    const inputs = args.map((arg) =>
      toInput(
        arg,
        places.map((place) => `${place}(${arg.name}:)`),
      ),
    )
    const possible = new Map(
      inputs.flatMap(({ definition, rules }) => [...rules, ...below(getNamedType(definition.type))]),
    )
    if (possible.size === 0) return undefined
    return {
      possible,
      given: (values) => readGiven(inputs, values, () => undefined),
      resolved: (values) => readGiven(inputs, values, readDefault),
    }
  }
}

const nameOf = ({ name }: GraphQLNamedType): string => name

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
