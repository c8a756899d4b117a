import type { GraphQLSchema } from 'graphql'
import { readAuthRules } from './auth-rules.ts'
import { isGuarded, protectedFields } from './guard-field.ts'
import { createOperationNeeds, type OperationNeeds } from './operation-needs.ts'

/**
 * What the operations of a schema need, if all of its guards are in place.
 *
 * @throws {TypeError} naming the coordinates where `@auth` would not be enforced
 */
export function inspectSchema(schema: GraphQLSchema): OperationNeeds {
  const rules = readAuthRules(schema)
  const open = [...protectedFields(schema, rules)].filter((field) => !isGuarded(field))
  if (open.length === 0) return createOperationNeeds(schema, rules)
  throw new TypeError(
    `@auth is not enforced on ${open.map(({ type, field }) => `${type.name}.${field.name}`).join(', ')}. Pass ` +
      'withAuth(schema) to Yoga, with withAuth applied last, and put useHankoSession before plugins that wrap resolvers.',
  )
}
