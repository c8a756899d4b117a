import type { GraphQLSchema } from 'graphql'
import { readAuthRules } from './auth-rules.ts'
import { guardField, protectedFields } from './guard-field.ts'

/**
 * Guards what has `@auth` in a schema: resolvers and subscribe functions of these fields run only for callers with a
 * live session. Call it last, after everything else that changes the schema. The schema is changed in place and
 * returned, so that no unguarded copy of it is left; guarding it twice does nothing more.
 *
 * It needs `useHankoSession` among Yoga's plugins: without it every protected field fails.
 *
 * @throws {TypeError} naming every coordinate where `@auth` would not be enforced: anything but object types and their
 *   fields, types behind an interface or a union, arguments, a misspelt or renamed directive
 * @example
 * ```ts
 * import { createSchema } from 'graphql-yoga'
 * import { authTypeDefs, withAuth } from 'hanko-session-yoga'
 *
 * const schema = withAuth(createSchema({ typeDefs: [authTypeDefs, `type Query { me: ID @auth }`] }))
 * ```
 */
export function withAuth<Schema extends GraphQLSchema>(schema: Schema): Schema {
  for (const fieldOf of protectedFields(schema, readAuthRules(schema))) guardField(fieldOf)
  return schema
}
