import { getNamedType, type GraphQLOutputType, type GraphQLSchema, isObjectType, isUnionType } from 'graphql'
import { readAuthUse, readRenames } from './auth-directive.ts'
import { type PlacedElement, schemaElements } from './schema-elements.ts'

/** Which fields of a schema need a session. */
export interface AuthRules {
  /** Whether everything on objects of this type needs a session, `__typename` included. */
  isProtectedType(typeName: string): boolean
  /** Whether a field does: by itself, by the type it is on, or by the type it returns. */
  isProtectedField(typeName: string, field: { readonly name: string; readonly type: GraphQLOutputType }): boolean
}

/**
 * Reads `@auth` out of a schema.
 *
 * @throws {TypeError} naming every coordinate where `@auth` stands and would not be enforced
 */
export function readAuthRules(schema: GraphQLSchema): AuthRules {
  const types = new Set<string>()
  const fields = new Set<string>()
  const mistakes = [...readSchemaMistakes(schema)]
  for (const { coordinate, place, element } of schemaElements(schema)) {
    const use = readAuthUse(element)
    if (use === 'none') continue
    if (use === 'with-arguments') mistakes.push(`${coordinate}: arguments of @auth are not supported`)
    else if (use !== 'plain') mistakes.push(`${coordinate}: @${use.illNamed} is not @auth`)
    else if (place === 'object type') types.add(coordinate)
    else if (place === 'object field') fields.add(coordinate)
    else mistakes.push(`${coordinate}: ${describePlace(place)}`)
  }
  mistakes.push(...readAbstractUses(schema, types))
  if (mistakes.length > 0)
    throw new TypeError(`@auth cannot be enforced here:\n${mistakes.map((line) => `- ${line}`).join('\n')}`)

  return {
    isProtectedType: (typeName) => types.has(typeName),
    isProtectedField: (typeName, { name, type }) =>
      types.has(typeName) || fields.has(`${typeName}.${name}`) || types.has(getNamedType(type).name),
  }
}

function describePlace(place: PlacedElement['place']): string {
  return `@auth on ${/^[aeio]/.test(place) ? 'an' : 'a'} ${place} is not supported; put it on object types and their fields`
}

function* readSchemaMistakes(schema: GraphQLSchema): Generator<string> {
  // An argument with a default is used without being written.
  for (const { name } of schema.getDirective('auth')?.args ?? [])
    yield `@auth(${name}:): arguments of @auth are not supported`
  for (const name of readRenames(schema)) yield `schema: @link renames @auth to ${name}`
}

/** What only the runtime type can decide is not worked out before execution, so such a type cannot be protected. */
function* readAbstractUses(schema: GraphQLSchema, types: ReadonlySet<string>): Generator<string> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && types.has(type.name)) {
      for (const { name } of type.getInterfaces())
        yield `${type.name}: @auth on a type that implements an interface (${name}) is not supported`
    } else if (isUnionType(type)) {
      for (const member of type.getTypes()) {
        if (types.has(member.name)) yield `${member.name}: @auth on a member of a union (${type.name}) is not supported`
      }
    }
  }
}
