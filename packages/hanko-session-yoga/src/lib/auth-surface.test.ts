import { buildSchema, type GraphQLUnionType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { authTypeDefs } from './auth-directive.ts'
import { authSurface } from './auth-surface.ts'
import { withAuth } from './with-auth.ts'

const sdl = /* GraphQL */ `
  type Query {
    hello(loud: Boolean @auth): String
    me: User
    things(filter: Filter): [Thing!]!
    node: Node @auth(fresh: true)
  }
  input Filter {
    text: String
    deleted: Boolean @auth(roles: ["admin"])
  }
  type User @auth(maxAge: "15m") {
    id: ID
  }
  union Thing = Page | Note
  type Page {
    title: String
  }
  type Note implements Node @auth {
    id: ID
    owner: User
  }
  interface Node {
    id: ID
  }
  type Mutation {
    publish: Page @auth(scopes: [["write"]], roles: ["editor", "admin"])
  }
`
const guarded = () => withAuth(buildSchema(authTypeDefs + sdl), { roles: () => [], scopes: () => [] })

describe('authSurface', () => {
  it('lists what each coordinate needs, all taken together', () => {
    expect(authSurface(guarded())).toEqual({
      coordinates: {
        'Filter.deleted': 'session, roles: admin',
        'Mutation.publish': 'session, roles: admin | editor, scopes: write',
        'Node.id': 'session',
        'Note.id': 'session',
        'Note.owner': 'session, maxAge: 15m',
        'Page.title': 'public',
        'Query.hello': 'public',
        'Query.hello(loud:)': 'session',
        'Query.me': 'session, maxAge: 15m',
        'Query.node': 'session, fresh',
        'Query.things': 'public',
        'Thing as Note': 'session',
        'User.id': 'session, maxAge: 15m',
      },
      open: [],
      derived: [],
    })
  })

  it('is sorted, so that the order of a schema makes no difference', () => {
    const keys = Object.keys(authSurface(guarded()).coordinates)
    expect(keys).toEqual(keys.toSorted())
  })

  it('finds the ways to what is protected, on which nobody is asked', () => {
    const schema = guarded()
    ;(schema.getType('Thing') as GraphQLUnionType).resolveType = () => 'Note'
    schema.getQueryType()!.getFields()['me']!.resolve = () => ({})
    expect(authSurface(schema).open).toEqual(['Query.me', 'Thing, by Query.things'])
    expect(authSurface(buildSchema(authTypeDefs + 'type Query { a: Int @auth }')).open).toEqual(['Query.a'])
  })

  it('shows what needs a session by default', () => {
    const schema = withAuth(buildSchema(`${authTypeDefs} type Query { a: Int b: Int @public }`), {
      default: 'protected',
    })
    expect(authSurface(schema).coordinates).toEqual({ 'Query.a': 'session', 'Query.b': 'public' })
  })

  it('G26 reports fields that are computed from what needs more', () => {
    const text = `directive @requires(fields: String!) on FIELD_DEFINITION
      type Query { user: User }
      type User { ssn: String @auth  box: Box  masked: String @requires(fields: "ssn box { secret }")  fine: String @auth @requires(fields: "ssn") }
      type Box { secret: Int @auth(fresh: true) }`
    expect(authSurface(withAuth(buildSchema(authTypeDefs + text))).derived).toEqual([
      'User.masked is computed from Box.secret, which needs session, fresh',
      'User.masked is computed from User.ssn, which needs session',
    ])
  })
})
