import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isIntrospectionType,
} from 'graphql'
import type { AuthOptions } from './auth-options.ts'
import { createInputRules, type InputRules } from './input-rules.ts'
import { readPlacedRules } from './read-placed-rules.ts'
import { remember } from './remember.ts'
import { createRequirements, type Requirement, SESSION } from './requirement.ts'

/** What a schema asks for, all that applies taken together. */
export interface AuthRules {
  /** For anything of this type. Of an interface or a union: what is sure whatever turns up. */
  readonly ofType: (type: GraphQLNamedType) => Requirement | undefined
  /** For a field, by what it is, where it is, what it returns and what it is given. */
  readonly ofField: (parent: GraphQLObjectType | GraphQLInterfaceType, name: string) => FieldRules | undefined
  /** Whether anything in the schema makes Hanko be asked now. */
  readonly hasFresh: boolean
  /** What stands in the schema, by coordinate. */
  readonly placed: ReadonlyMap<string, Requirement>
}

export interface FieldRules {
  readonly field: GraphQLField<unknown, unknown>
  /** Whatever it is given. Nothing: only what it is given may need a session. */
  readonly requirement: Requirement | undefined
  readonly inputs: InputRules | undefined
  /** Says all of it. */
  readonly key: string
}

/**
 * Reads `@auth` out of a schema, and brings it to bear: on the fields of a type, on those that return it, and on what
 * implements an interface. Of what an interface or a union may turn out to be, what all have in common is sure.
 *
 * @param options of `withAuth`; without them, names of policies and missing functions are not looked at
 * @param before what was `placed` in the schema that this is a copy of
 * @throws {TypeError} naming every coordinate where `@auth` stands and would not be enforced
 */
export function readAuthRules(schema: GraphQLSchema, options?: AuthOptions, before?: AuthRules['placed']): AuthRules {
  const requirements = createRequirements()
  const { combine } = requirements
  const { rules, open } = readPlacedRules(schema, requirements, options, before)
  const at = (coordinate: string): Requirement | undefined => rules.get(coordinate)
  const byDefault = options?.default === 'protected' ? requirements.of([SESSION]) : undefined
  const toInputRules = createInputRules(at)
  const possibleOf = (type: GraphQLNamedType): readonly GraphQLObjectType[] =>
    isAbstractType(type) ? schema.getPossibleTypes(type) : []

  const ofType: AuthRules['ofType'] = remember(
    ({ name }) => name,
    (type) => {
      const inherited = 'getInterfaces' in type ? type.getInterfaces() : []
      return combine(
        [type, ...inherited].map(({ name }) => at(name)),
        possibleOf(type).map(ofType),
      )
    },
  )

  const ofField: AuthRules['ofField'] = remember(
    (parent, name) => `${parent.name}.${name}`,
    (parent, name) => {
      const field = parent.getFields()[name]
      if (field === undefined) return undefined
      const places = [parent, ...parent.getInterfaces()].map((each) => `${each.name}.${name}`)
      const written = combine(
        [...places.map(at), ofType(parent), ofType(getNamedType(field.type))],
        possibleOf(parent).map((each) => ofField(each, name)?.requirement),
      )
      const isOpen =
        isInterfaceType(parent) ||
        isIntrospectionType(parent) ||
        open.has(parent.name) ||
        open.has(`${parent.name}.${name}`)
      const requirement = written ?? (isOpen ? undefined : byDefault)
      const inputs = toInputRules(field, places)
      if (requirement === undefined && inputs === undefined) return undefined
      const given = [...(inputs?.possible ?? [])].map(([place, { key }]) => `${place} ${key}`)
      return { field, requirement, inputs, key: [requirement?.key ?? 'public', ...given].join('; ') }
    },
  )

  return { ofType, ofField, hasFresh: [...rules.values()].some(({ fresh }) => fresh), placed: rules }
}
