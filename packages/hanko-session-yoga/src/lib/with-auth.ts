import type { GraphQLSchema } from 'graphql'
import type { GraphQLSchemaWithContext } from 'graphql-yoga'
import { type AuthOptions, toAuthOptions } from './auth-options.ts'
import { readAuthRules } from './auth-rules.ts'
import { createEnforcement, type Enforcement, EXTENSION } from './enforcement.ts'
import { guardedFunctions } from './guard-field.ts'
import type { HankoContext } from './hanko-context.ts'

type ContextOf<Schema> = Schema extends GraphQLSchemaWithContext<infer Context> ? Context : unknown
type ClaimsOf<Context> = Context extends HankoContext<infer Claims> ? Claims : Readonly<Record<string, unknown>>

/**
 * Guards what has `@auth` in a schema: resolvers and subscribe functions of these fields run only for callers with a
 * live session that meets the rules, and nothing of a protected type turns up behind an interface or a union for
 * others. Call it last, after everything else that changes the schema. The schema is changed in place and returned, so
 * that no unguarded copy of it is left; guarding it twice does nothing more.
 *
 * It needs `useHankoSession` among Yoga's plugins: without it every protected field fails.
 *
 * @throws {TypeError} naming every coordinate where `@auth` would not be enforced: an unknown policy, an empty list, a
 *   directive that is misspelt, renamed or in a place that nobody asks for; or naming an option that is none
 * @example
 * ```ts
 * import { createSchema } from 'graphql-yoga'
 * import { authTypeDefs, withAuth } from 'hanko-session-yoga'
 *
 * const schema = withAuth(
 *   createSchema({ typeDefs: [authTypeDefs, `type Query { me: ID @auth  users: [ID!] @auth(roles: ["admin"]) }`] }),
 *   { roles: ({ email }) => (email?.address === 'ada@example.com' ? ['admin'] : []) },
 * )
 * ```
 */
export function withAuth<Schema extends GraphQLSchema>(
  schema: Schema,
  options: AuthOptions<ClaimsOf<ContextOf<Schema>>, ContextOf<Schema>> = {},
): Schema {
  const given = toAuthOptions(options)
  const known = readEnforcement(schema)
  // Another call with nothing to say is no other opinion.
  const enforcement = known !== undefined && Object.keys(options).length === 0 ? known : createEnforcement(given)
  const rules = readAuthRules(schema, enforcement.options, known?.placed)
  for (const guarded of guardedFunctions(schema, rules)) {
    if (!guarded.isGuardedBy(enforcement)) guarded.guard(enforcement)
  }
  Object.assign(schema.extensions, { [EXTENSION]: { ...enforcement, placed: rules.placed } })
  return schema
}

/** What `withAuth` left in a schema, or in the one it is a copy of. */
export function readEnforcement(schema: GraphQLSchema): Enforcement | undefined {
  return schema.extensions[EXTENSION] as Enforcement | undefined
}
