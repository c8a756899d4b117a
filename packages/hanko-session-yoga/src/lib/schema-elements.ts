import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
} from 'graphql'
import type { SchemaElement } from './directive-uses.ts'

/** Where a directive can stand in a schema, in words for an error. */
export type Place =
  | 'schema'
  | 'object type'
  | 'object field'
  | 'interface'
  | 'interface field'
  | 'union'
  | 'enum'
  | 'enum value'
  | 'scalar'
  | 'input object'
  | 'input field'
  | 'argument'
  | 'argument of a directive'

export interface PlacedElement {
  /** As GraphQL writes it: `Type`, `Type.field`, `Type.field(arg:)`, `@directive(arg:)`; `schema` for the schema itself. */
  readonly coordinate: string
  readonly place: Place
  readonly element: SchemaElement
}

/** Everything in a schema that can carry a directive. */
export function* schemaElements(schema: GraphQLSchema): Generator<PlacedElement> {
  yield { coordinate: 'schema', place: 'schema', element: schema }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isIntrospectionType(type)) yield* typeElements(type)
  }
  for (const { name, args } of schema.getDirectives()) {
    for (const arg of args) {
      yield { coordinate: `@${name}(${arg.name}:)`, place: 'argument of a directive', element: arg }
    }
  }
}

function* typeElements(type: GraphQLNamedType): Generator<PlacedElement> {
  yield { coordinate: type.name, place: toPlace(type), element: type }
  if (isObjectType(type) || isInterfaceType(type)) {
    const place = isObjectType(type) ? 'object field' : 'interface field'
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`
      yield { coordinate, place, element: field }
      for (const arg of field.args) yield { coordinate: `${coordinate}(${arg.name}:)`, place: 'argument', element: arg }
    }
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      yield { coordinate: `${type.name}.${field.name}`, place: 'input field', element: field }
    }
  } else if (isEnumType(type)) {
    for (const value of type.getValues()) {
      yield { coordinate: `${type.name}.${value.name}`, place: 'enum value', element: value }
    }
  }
}

function toPlace(type: GraphQLNamedType): Place {
  if (isObjectType(type)) return 'object type'
  if (isInterfaceType(type)) return 'interface'
  if (isUnionType(type)) return 'union'
  if (isEnumType(type)) return 'enum'
  return isInputObjectType(type) ? 'input object' : 'scalar'
}
