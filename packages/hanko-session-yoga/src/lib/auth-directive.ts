/**
 * The definitions of `@auth` and `@public`, for the `typeDefs` of a schema that uses them.
 *
 * @example
 * ```ts
 * import { createSchema } from 'graphql-yoga'
 * import { authTypeDefs } from 'hanko-session-yoga'
 *
 * const schema = createSchema({ typeDefs: [authTypeDefs, `type Query { me: ID @auth(maxAge: "15m") }`] })
 * ```
 */
export const authTypeDefs = /* GraphQL */ `
  "Only for callers with a live Hanko session that meets all of this."
  directive @auth(
    "All scopes of one list."
    scopes: [[String!]!]
    "One of these roles."
    roles: [String!]
    "All policies of one list."
    policy: [[String!]!]
    "One of these ways to sign in."
    amr: [String!]
    "The longest time since the sign-in, like 15m."
    maxAge: String
    "Hanko is asked now."
    fresh: Boolean
  ) on OBJECT | FIELD_DEFINITION | INTERFACE | UNION | ENUM | SCALAR | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION

  "For everybody, where fields need a session by default."
  directive @public on OBJECT | FIELD_DEFINITION
`

/** The directives that are understood, and the arguments of each. Those after the first two are Apollo's. */
export const DIRECTIVES: ReadonlyMap<string, readonly string[]> = new Map([
  ['auth', ['scopes', 'roles', 'policy', 'amr', 'maxAge', 'fresh']],
  ['public', []],
  ['authenticated', []],
  ['requiresScopes', ['scopes']],
  ['policy', ['policies']],
])
