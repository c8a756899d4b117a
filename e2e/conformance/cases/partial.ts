import type { Suite } from '../suite.ts'

/** Field by field: nulls and errors in place of a refusal. */
export const partial: Suite = {
  name: 'partial answers',
  options: { partial: true },
  schema: /* GraphQL */ `
    type Query {
      hello: String
      secret: String @auth
      must: String! @auth
      admin: String @auth(roles: ["admin"])
      recent: String @auth(maxAge: "15m")
      passkey: String @auth(amr: ["passkey"])
      open: Open
      opens: [Open]
      strict: [Open!]
      solid: Solid!
      chain: Chain
      user: User
      users: [User!]
      node: Node
      nodes: [Node!]
      plan: Plan
      list(limit: Int, deleted: Boolean @auth): [String]
    }
    type Open {
      id: ID
      secret: String @auth
      must: String! @auth
    }
    type Solid {
      id: ID!
      must: String! @auth
    }
    type Chain {
      a: Link
    }
    type Link {
      b: Last!
      id: ID
    }
    type Last {
      must: String! @auth
    }
    type User @auth {
      id: ID
    }
    interface Node {
      id: ID
      atObject: String
    }
    type Doc implements Node {
      id: ID
      atObject: String @auth
    }
    type Hidden implements Node @auth {
      id: ID
      atObject: String
    }
    enum Plan @auth {
      FREE
    }
    type Mutation {
      own(owner: String): String @auth(policy: [["owner"]])
      ping: Boolean
      touch: Boolean @auth
      rename: User
    }
  `,
  gives: { 'Query.node': 'Hidden', 'Query.nodes': ['Doc', 'Doc'] },
  questions: [
    {
      name: 'what is public is answered',
      document: '{ hello open { id } }',
      expect: { none: { data: { hello: 'Query.hello', open: { id: 'Open.id' } }, asked: 0 } },
    },
    {
      name: 'G27 a refused field is null, and its siblings are there',
      document: '{ hello secret }',
      expect: {
        none: {
          data: { hello: 'Query.hello', secret: null },
          refusedFields: [{ path: ['secret'], reason: 'no_token' }],
        },
        garbage: {
          data: { hello: 'Query.hello', secret: null },
          refusedFields: [{ path: ['secret'], reason: 'invalid_token' }],
        },
        revoked: {
          data: { hello: 'Query.hello', secret: null },
          refusedFields: [{ path: ['secret'], reason: 'revoked' }],
        },
        outage: {
          data: { hello: 'Query.hello', secret: null },
          refusedFields: [{ path: ['secret'], reason: 'upstream_unavailable' }],
        },
        carl: { data: { hello: 'Query.hello', secret: 'Query.secret' } },
      },
    },
    {
      name: 'a refused field has its alias in the path',
      document: '{ hello a: secret b: hello }',
      expect: {
        none: {
          data: { hello: 'Query.hello', a: null, b: 'Query.hello' },
          refusedFields: [{ path: ['a'], reason: 'no_token' }],
        },
      },
    },
    {
      name: 'each refused field has an error of its own',
      document: '{ secret admin open { secret } }',
      expect: {
        none: {
          data: { secret: null, admin: null, open: { secret: null } },
          refusedFields: [
            { path: ['secret'], reason: 'no_token' },
            { path: ['admin'], reason: 'no_token' },
            { path: ['open', 'secret'], reason: 'no_token' },
          ],
        },
        bob: {
          data: { secret: 'Query.secret', admin: null, open: { secret: 'Open.secret' } },
          refusedFields: [{ path: ['admin'], reason: 'forbidden' }],
        },
      },
    },
    {
      name: 'G27 a refused field that must not be null takes the object with it',
      document: '{ hello open { id must } }',
      expect: {
        none: {
          data: { hello: 'Query.hello', open: null },
          refusedFields: [{ path: ['open', 'must'], reason: 'no_token' }],
        },
        carl: { data: { hello: 'Query.hello', open: { id: 'Open.id', must: 'Open.must' } } },
      },
    },
    {
      name: 'a refused field in a list takes its own object with it',
      document: '{ opens { must } }',
      expect: {
        none: { data: { opens: [null] }, refusedFields: [{ path: ['opens', 0, 'must'], reason: 'no_token' }] },
      },
    },
    {
      name: 'a refused field in a list of what must not be null takes the list with it',
      document: '{ hello strict { id must } }',
      expect: {
        none: {
          data: { hello: 'Query.hello', strict: null },
          refusedFields: [{ path: ['strict', 0, 'must'], reason: 'no_token' }],
        },
      },
    },
    {
      name: 'a chain of what must not be null falls up to the first that may',
      document: '{ hello chain { a { id b { must } } } }',
      expect: {
        none: {
          data: { hello: 'Query.hello', chain: { a: null } },
          refusedFields: [{ path: ['chain', 'a', 'b', 'must'], reason: 'no_token' }],
        },
        carl: { data: { hello: 'Query.hello', chain: { a: { id: 'Link.id', b: { must: 'Last.must' } } } } },
      },
    },
    {
      name: 'a chain of what must not be null up to the root leaves no data, and still no status',
      document: '{ hello solid { must } }',
      expect: { none: { data: null, refusedFields: [{ path: ['solid', 'must'], reason: 'no_token' }] } },
    },
    {
      name: 'a refused field of the root that must not be null leaves no data',
      document: '{ hello must }',
      expect: { none: { data: null, refusedFields: [{ path: ['must'], reason: 'no_token' }] } },
    },
    {
      name: 'a field that returns a type with @auth is null',
      document: '{ hello user { __typename } users { __typename } }',
      expect: {
        none: {
          data: { hello: 'Query.hello', user: null, users: null },
          refusedFields: [
            { path: ['user'], reason: 'no_token' },
            { path: ['users'], reason: 'no_token' },
          ],
        },
        carl: { data: { hello: 'Query.hello', user: { __typename: 'User' }, users: [{ __typename: 'User' }] } },
      },
    },
    {
      name: 'a type with @auth that turns up behind an interface is null',
      document: '{ hello node { __typename } }',
      expect: {
        none: {
          data: { hello: 'Query.hello', node: null },
          refusedFields: [{ path: ['node'], reason: 'no_token', byRuntimeType: true }],
        },
        carl: { data: { hello: 'Query.hello', node: { __typename: 'Hidden' } } },
      },
    },
    {
      name: 'a fragment on the object is a field error too',
      document: '{ nodes { id ... on Doc { atObject } } }',
      expect: {
        none: {
          data: {
            nodes: [
              { id: 'Doc.id', atObject: null },
              { id: 'Doc.id', atObject: null },
            ],
          },
          refusedFields: [
            { path: ['nodes', 0, 'atObject'], reason: 'no_token' },
            { path: ['nodes', 1, 'atObject'], reason: 'no_token' },
          ],
        },
      },
    },
    {
      name: 'an enum with @auth is null',
      document: '{ hello plan }',
      expect: {
        none: { data: { hello: 'Query.hello', plan: null }, refusedFields: [{ path: ['plan'], reason: 'no_token' }] },
      },
    },
    {
      name: 'a field with an argument that may not be given is null, and the same field without it is there',
      document: '{ a: list(limit: 1) b: list(deleted: true) }',
      expect: { none: { data: { a: ['Query.list'], b: null }, refusedFields: [{ path: ['b'], reason: 'no_token' }] } },
    },
    {
      name: 'step-up is told field by field',
      document: '{ secret recent passkey }',
      expect: {
        stale: {
          data: { secret: 'Query.secret', recent: null, passkey: 'Query.passkey' },
          refusedFields: [{ path: ['recent'], reason: 'step_up_required', stepUp: { maxAge: 900 } }],
        },
        bob: {
          data: { secret: 'Query.secret', recent: 'Query.recent', passkey: null },
          refusedFields: [{ path: ['passkey'], reason: 'step_up_required', stepUp: { amr: ['passkey'] } }],
        },
      },
    },
    {
      name: 'a policy that looks at arguments says of each field what it says of its own',
      document: 'mutation { no: own(owner: "bob@example.com") yes: own(owner: "ada@example.com") }',
      expect: {
        ada: { data: { no: null, yes: 'Mutation.own' }, refusedFields: [{ path: ['no'], reason: 'forbidden' }] },
        bob: { data: { no: 'Mutation.own', yes: null }, refusedFields: [{ path: ['yes'], reason: 'forbidden' }] },
      },
    },
    {
      name: 'a refused mutation has no side effect, and the one beside it has',
      document: 'mutation { touch ping }',
      expect: { none: { data: { touch: null, ping: true }, refusedFields: [{ path: ['touch'], reason: 'no_token' }] } },
    },
    {
      name: 'a mutation that returns a type with @auth has no side effect',
      document: 'mutation { ping rename { __typename } }',
      expect: {
        none: { data: { ping: true, rename: null }, refusedFields: [{ path: ['rename'], reason: 'no_token' }] },
      },
    },
    {
      name: 'what a condition leaves out is no error',
      document: 'query ($v: Boolean!) { hello secret @include(if: $v) }',
      variables: { v: false },
      expect: { none: { data: { hello: 'Query.hello' }, asked: 0 } },
    },
  ],
}
