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
  isObjectType,
} from 'graphql'
import type { AuthOptions } from './auth-options.ts'
import { createInputRules, type InputRules } from './input-rules.ts'
import { readPlacedRules } from './read-placed-rules.ts'
import { createRequirements, type Requirement, SESSION } from './requirement.ts'

/** What a schema asks for, all that applies taken together. */
export interface AuthRules {
  /** For anything of this type. Of an interface or a union: what is sure whatever turns up. */
  ofType(type: GraphQLNamedType): Requirement | undefined
  /** For a field, by what it is, where it is, what it returns and what it is given. */
  ofField(parent: GraphQLObjectType | GraphQLInterfaceType, name: string): FieldRules | undefined
  /** Whether anything in the schema makes Hanko be asked now. */
  readonly hasFresh: boolean
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
 * @throws {TypeError} naming every coordinate where `@auth` stands and would not be enforced
 */
export function readAuthRules(schema: GraphQLSchema, options?: AuthOptions): AuthRules {
  const requirements = createRequirements()
  const { and, common } = requirements
  const { rules, open } = readPlacedRules(schema, requirements, options)
  const at = (coordinate: string): Requirement | undefined => rules.get(coordinate)
  const byDefault = options?.default === 'protected' ? requirements.of([SESSION]) : undefined
  const toInputRules = createInputRules(at)

  const ofType = remember((name): Requirement | undefined => {
    const type = schema.getType(name)
    if (type === undefined) return undefined
    const inherited = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : []
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type).map((each) => ofType(each.name)) : []
    return and(at(name), ...inherited.map((each) => at(each.name)), common(possible))
  })

  const ofField = remember((coordinate): FieldRules | undefined => {
    const [typeName = '', name = ''] = coordinate.split('.')
    const parent = schema.getType(typeName)
    if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined
    const field = parent.getFields()[name]
    if (field === undefined) return undefined
    const above = parent.getInterfaces().filter((each) => Object.hasOwn(each.getFields(), name))
    const places: [string, ...string[]] = [coordinate, ...above.map((each) => `${each.name}.${name}`)]
    const possible = isInterfaceType(parent)
      ? schema.getPossibleTypes(parent).map((each) => ofField(`${each.name}.${name}`)?.requirement)
      : []
    const written = and(...places.map(at), ofType(typeName), ofType(getNamedType(field.type).name), common(possible))
    const isOpen = isInterfaceType(parent) || isIntrospectionType(parent) || open.has(typeName) || open.has(coordinate)
    const requirement = written ?? (isOpen ? undefined : byDefault)
    const inputs = toInputRules(field, places)
    if (requirement === undefined && inputs === undefined) return undefined
    const given = [...(inputs?.possible ?? [])].map(([place, { key }]) => `${place} ${key}`)
    return { field, requirement, inputs, key: [requirement?.key ?? 'public', ...given].join('; ') }
  })

  return {
    ofType: ({ name }) => ofType(name),
    ofField: ({ name: typeName }, name) => ofField(`${typeName}.${name}`),
    hasFresh: [...rules.values()].some(({ fresh }) => fresh),
  }
}

function remember<Value>(find: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>()
  return (key) => {
    if (known.has(key)) return known.get(key) as Value
    const value = find(key)
    known.set(key, value)
    return value
  }
}
