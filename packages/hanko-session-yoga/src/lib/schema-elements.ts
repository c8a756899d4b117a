import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import type { SchemaElement } from './directive-uses.ts'

export interface PlacedElement {
  /** As GraphQL writes it: `Type`, `Type.field`, `Type.field(arg:)`, `@directive(arg:)`; `schema` for the schema itself. */
  readonly coordinate: string
  readonly element: SchemaElement
  /** In words, where no rule could be enforced: nobody asks for that. Every kind of element has to say. */
  readonly unenforced: string | undefined
  /** Whether `@public` opens something here. */
  readonly opens?: boolean
}

/** Everything in a schema that can carry a directive. */
export function* schemaElements(schema: GraphQLSchema): Generator<PlacedElement> {
  yield { coordinate: 'schema', element: schema, unenforced: 'a schema' }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isIntrospectionType(type)) yield* typeElements(type)
  }
  for (const { name, args } of schema.getDirectives()) {
    for (const arg of args)
      yield { coordinate: `@${name}(${arg.name}:)`, element: arg, unenforced: 'an argument of a directive' }
  }
}

function* typeElements(type: GraphQLNamedType): Generator<PlacedElement> {
  const opens = isObjectType(type)
  const unenforced = isInputObjectType(type) ? 'an input object' : undefined
  yield { coordinate: type.name, element: type, opens, unenforced }
  if (isEnumType(type)) {
    for (const value of type.getValues())
      yield { coordinate: `${type.name}.${value.name}`, element: value, unenforced: 'an enum value' }
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return
  const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(type.getFields())
  for (const field of fields) {
    const coordinate = `${type.name}.${field.name}`
    yield { coordinate, element: field, opens, unenforced: undefined }
    for (const arg of 'args' in field ? field.args : [])
      yield { coordinate: `${coordinate}(${arg.name}:)`, element: arg, unenforced: undefined }
  }
}
