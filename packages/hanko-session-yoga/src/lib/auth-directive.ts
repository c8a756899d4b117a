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
  """
  Only for callers with a live Hanko session, of which everything holds that is given here.
  """
  directive @auth(
    "One of these lists of scopes, all of the list."
    scopes: [[String!]!]
    "One of these roles."
    roles: [String!]
    "One of these lists of policies, all of the list."
    policy: [[String!]!]
    "Signed in by one of these ways."
    amr: [String!]
    "Signed in at most so long ago, like 15m."
    maxAge: String
    "Hanko is asked now, whatever is remembered."
    fresh: Boolean
  ) on OBJECT | FIELD_DEFINITION | INTERFACE | UNION | ENUM | SCALAR | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION

  """
  For everybody, where fields need a session by default. It takes nothing away from any @auth.
  """
  directive @public on OBJECT | FIELD_DEFINITION
`

/** The directives that are understood, and the arguments of each. Those after the first two are Apollo's. */
export const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  auth: ['scopes', 'roles', 'policy', 'amr', 'maxAge', 'fresh'],
  public: [],
  authenticated: [],
  requiresScopes: ['scopes'],
  policy: ['policies'],
}
