import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const

export const unions: Suite = {
  name: 'unions',
  schema: /* GraphQL */ `
    type Query {
      closed: Closed
      closeds: [Closed!]!
      either: Either
      eithers: [Either]!
      feed: Feed
    }
    union Closed @auth(roles: ["staff"]) = Open | Other
    union Either = Open | User
    union Feed = Open
    extend union Feed @auth = Other
    type Open {
      id: ID
      secret: String @auth
    }
    type Other {
      id: ID
    }
    type User @auth {
      id: ID
      must: String!
    }
    type Mutation {
      change: Closed
    }
  `,
  gives: {
    'Query.closed': 'Open',
    'Query.closeds': ['Open', 'Other'],
    'Query.either': 'User',
    'Query.eithers': ['Open', 'User', null],
    'Query.feed': 'Open',
    'Mutation.change': 'Other',
  },
  questions: [
    {
      name: '@auth on a union protects the fields that return it',
      document: '{ closed { ... on Open { id } } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { closed: { id: 'Open.id' } } } },
    },
    {
      name: '@auth on a union protects __typename',
      document: '{ closed { __typename } }',
      expect: { none: SIGN_IN, bob: { data: { closed: { __typename: 'Open' } } } },
    },
    {
      name: '@auth on a union protects lists of it',
      document: '{ closeds { __typename } }',
      expect: { none: SIGN_IN, bob: { data: { closeds: [{ __typename: 'Open' }, { __typename: 'Other' }] } } },
    },
    {
      name: '@auth on an extension of a union protects all of it',
      document: '{ feed { __typename } }',
      expect: { none: SIGN_IN, carl: { data: { feed: { __typename: 'Open' } } } },
    },
    {
      name: 'a mutation that returns a union with @auth has no side effect for others',
      document: 'mutation { change { __typename } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { change: { __typename: 'Other' } } } },
    },
    {
      name: 'G08 a member with @auth of an open union does not tell its name',
      document: '{ either { __typename } }',
      expect: {
        none: {
          data: { either: null },
          refusedFields: [{ path: ['either'], reason: 'no_token', byRuntimeType: true }],
        },
        outage: {
          data: { either: null },
          refusedFields: [{ path: ['either'], reason: 'upstream_unavailable', byRuntimeType: true }],
        },
        carl: { data: { either: { __typename: 'User' } } },
      },
    },
    {
      name: 'a fragment on a member with @auth refuses the operation',
      document: '{ either { ... on User { id } } }',
      expect: { none: SIGN_IN, carl: { data: { either: { id: 'User.id' } } } },
    },
    {
      name: 'a fragment on an open member leaves the other one a field error',
      document: '{ either { ... on Open { id } } }',
      expect: {
        none: {
          data: { either: null },
          refusedFields: [{ path: ['either'], reason: 'no_token', byRuntimeType: true }],
        },
        carl: { data: { either: {} } },
      },
    },
    {
      name: 'a field with @auth in a fragment on an open member refuses the operation',
      document: '{ either { ... on Open { secret } } }',
      expect: { none: SIGN_IN, carl: { data: { either: {} } } },
    },
    {
      name: 'in a list of an open union each object is judged by its own type',
      document: '{ eithers { __typename ... on Open { id } } }',
      expect: {
        none: {
          data: { eithers: [{ __typename: 'Open', id: 'Open.id' }, null, null] },
          refusedFields: [{ path: ['eithers', 1], reason: 'no_token', byRuntimeType: true }],
        },
        carl: { data: { eithers: [{ __typename: 'Open', id: 'Open.id' }, { __typename: 'User' }, null] } },
      },
    },
  ],
}

/** A leaf has no fields of its own: what returns it is protected. */
export const leaves: Suite = {
  name: 'enums and scalars',
  schema: /* GraphQL */ `
    type Query {
      hello: String
      plan: Plan
      plans: [Plan!]!
      iban: Iban
      ibans: [[Iban]]
      account: Account
      holder: Holder
      more: Extended
    }
    enum Plan @auth {
      FREE
      PAID
    }
    scalar Iban @auth(scopes: [["billing"]])
    scalar Extended
    extend scalar Extended @auth
    interface Holder {
      id: ID
      plan: Plan
    }
    type Account implements Holder {
      id: ID
      plan: Plan
      iban: Iban
    }
  `,
  gives: { 'Query.holder': 'Account' },
  questions: [
    {
      name: '@auth on an enum protects the fields that return it',
      document: '{ plan }',
      expect: { none: SIGN_IN, carl: { data: { plan: 'FREE' } } },
    },
    {
      name: '@auth on an enum protects lists of it',
      document: '{ hello plans }',
      expect: { none: SIGN_IN, carl: { data: { hello: 'Query.hello', plans: ['FREE'] } } },
    },
    {
      name: '@auth on an enum protects a field of an open type',
      document: '{ account { id plan } }',
      expect: { none: SIGN_IN, carl: { data: { account: { id: 'Account.id', plan: 'FREE' } } } },
    },
    {
      name: '@auth on an enum protects a field of an interface',
      document: '{ holder { plan } }',
      expect: { none: SIGN_IN, carl: { data: { holder: { plan: 'FREE' } } } },
    },
    {
      name: '@auth on a scalar protects the fields that return it',
      document: '{ iban }',
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: { data: { iban: 'Query.iban' } } },
    },
    {
      name: '@auth on a scalar protects lists of lists of it',
      document: '{ ibans }',
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: { data: { ibans: [['Query.ibans']] } } },
    },
    {
      name: '@auth on an extension of a scalar protects it',
      document: '{ more }',
      expect: { none: SIGN_IN, bob: { data: { more: 'Query.more' } } },
    },
    {
      name: 'fields that return other leaves are for everybody',
      document: '{ account { id } holder { id } hello }',
      expect: {
        none: { data: { account: { id: 'Account.id' }, holder: { id: 'Account.id' }, hello: 'Query.hello' }, asked: 0 },
      },
    },
  ],
}
