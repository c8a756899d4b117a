import { type GraphQLField, type GraphQLInputField, type GraphQLSchema, isInputObjectType, isObjectType } from 'graphql'
import { EXTENSION } from './enforcement.ts'
import type { SchemaElement } from './read-directives.ts'

/** What may stand at a place. Nothing: no rule could be enforced there, nobody asks for that. */
export type Taken = 'rules' | 'rules or @public' | 'nothing'

/**
 * The coordinate is as GraphQL writes it: `Type`, `Type.field`, `Type.field(arg:)`, `@directive(arg:)`; `schema` for the
 * schema itself. Every kind of element has to say what it takes.
 */
type Place = readonly [coordinate: string, element: SchemaElement, taken: Taken]

/**
 * Everything in a schema that can carry a directive; and in those that it was stitched from, for stitching may leave
 * directives out. A part that is elsewhere, or was guarded by itself, sees to its own.
 */
export function* schemaElements(schema: GraphQLSchema): Generator<Place> {
  const { stitchingInfo } = schema.extensions as Stitched
  for (const { executor, transformedSchema: part } of stitchingInfo?.subschemaMap.values() ?? [])
    if (executor === undefined && !(EXTENSION in part.extensions)) yield* schemaElements(part)
  yield ['schema', schema, 'nothing']
  for (const type of Object.values(schema.getTypeMap())) {
    const taken = isObjectType(type) ? 'rules or @public' : 'rules'
    yield [type.name, type, isInputObjectType(type) ? 'nothing' : taken]
    for (const value of 'getValues' in type ? type.getValues() : [])
      yield [`${type.name}.${value.name}`, value, 'nothing']
    for (const field of 'getFields' in type ? Object.values<Field>(type.getFields()) : []) {
      const coordinate = `${type.name}.${field.name}`
      yield [coordinate, field, taken]
      for (const arg of 'args' in field ? field.args : []) yield [`${coordinate}(${arg.name}:)`, arg, 'rules']
    }
  }
  for (const { name, args } of schema.getDirectives())
    for (const arg of args) yield [`@${name}(${arg.name}:)`, arg, 'nothing']
}

interface Stitched {
  readonly stitchingInfo?: {
    readonly subschemaMap: ReadonlyMap<
      unknown,
      { readonly executor?: unknown; readonly transformedSchema: GraphQLSchema }
    >
  }
}

type Field = GraphQLField<unknown, unknown> | GraphQLInputField
