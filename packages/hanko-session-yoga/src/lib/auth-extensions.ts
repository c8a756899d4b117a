import type { Duration } from 'hanko-session'
import type { SignInWay } from 'hanko-session/rules'

/** A rule as `@auth` says it in SDL: all that it names must be met. */
export interface AuthRule {
  /** One of these lists, all of it. */
  readonly scopes?: readonly (readonly string[])[]
  /** One of these. */
  readonly roles?: string | readonly string[]
  /** One of these lists, all of it. */
  readonly policy?: readonly (readonly string[])[]
  /** One of these ways to sign in. */
  readonly amr?: SignInWay | readonly SignInWay[]
  /** How long ago the user signed in at most: `'15m'`. */
  readonly maxAge?: Exclude<Duration, number>
  /** Ask Hanko now. */
  readonly fresh?: boolean
}

/** Options of a field, a type, an argument or an input field, as Pothos and graphql-js take them. */
interface AuthExtensions {
  readonly extensions: { readonly auth: true | 'public' | readonly AuthRule[] }
}

/**
 * `@auth` for schemas that are written in code, with Pothos or graphql-js: spread it into the options of a field, a
 * type, an argument or an input field. Without a rule it asks for a session alone; several rules must all be met. The
 * schema goes through `withAuth` as any other, which names what is wrong with a rule.
 *
 * @example
 * ```ts
 * import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql'
 * import { withAuth } from 'hanko-session-yoga'
 * import { auth } from 'hanko-session-yoga/code-first'
 *
 * const query = new GraphQLObjectType({
 *   name: 'Query',
 *   fields: { visits: { type: GraphQLInt, resolve: () => 1, ...auth({ roles: 'admin' }) } },
 * })
 *
 * export const schema = withAuth(new GraphQLSchema({ query }), { roles: ({ amr }) => (amr.length > 0 ? ['admin'] : []) })
 * ```
 */
export function auth(...rules: readonly AuthRule[]): AuthExtensions {
  return { extensions: { auth: rules.length === 0 ? true : rules } }
}

/** `@public`, for an object type or a field of one, where everything else needs a session (`default: 'protected'`). */
export const authPublic: AuthExtensions = { extensions: { auth: 'public' } }
