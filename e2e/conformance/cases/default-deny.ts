import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const

/** What has no rule needs a session, unless it is `@public`. */
export const defaultDeny: Suite = {
  name: 'default-deny',
  options: { default: 'protected' },
  schema: /* GraphQL */ `
    type Query {
      closed: String
      hello: String @public
      admin: String @auth(roles: ["admin"])
      open: Open @public
      half: Half @public
      user: User @public
      unmarked: Open
    }
    type Open @public {
      id: ID
      secret: String @auth
      user: User
    }
    type Half {
      id: ID
      shown: String @public
    }
    type User @auth(roles: ["staff"]) {
      id: ID
    }
    type Mutation {
      touch: Boolean
      ping: Boolean @public
    }
    type Subscription {
      ticks: Int
      news: Int @public
    }
  `,
  questions: [
    {
      name: 'a field without a rule needs a session',
      document: '{ closed }',
      expect: {
        none: SIGN_IN,
        carl: { data: { closed: 'Query.closed' } },
        outage: { refused: 'upstream_unavailable' },
      },
    },
    {
      name: 'a @public field is for everybody',
      document: '{ hello }',
      expect: { none: { data: { hello: 'Query.hello' }, asked: 0 } },
    },
    {
      name: 'a @public field does not open the one beside it',
      document: '{ hello closed }',
      expect: { none: SIGN_IN },
    },
    {
      name: 'a rule stays a rule',
      document: '{ admin }',
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: { data: { admin: 'Query.admin' } } },
    },
    {
      name: 'a @public type behind a @public field is for everybody',
      document: '{ open { id } }',
      expect: { none: { data: { open: { id: 'Open.id' } } } },
    },
    {
      name: 'a @public type does not open a field with @auth',
      document: '{ open { id secret } }',
      expect: { none: SIGN_IN, carl: { data: { open: { id: 'Open.id', secret: 'Open.secret' } } } },
    },
    {
      name: 'a @public type does not open what it leads to',
      document: '{ open { user { __typename } } }',
      expect: {
        none: SIGN_IN,
        carl: { refused: 'forbidden' },
        bob: { data: { open: { user: { __typename: 'User' } } } },
      },
    },
    {
      name: 'a @public field does not open a type with @auth',
      document: '{ user { __typename } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { user: { __typename: 'User' } } } },
    },
    {
      name: 'a field without a rule needs a session, though it returns a @public type',
      document: '{ unmarked { id } }',
      expect: { none: SIGN_IN, carl: { data: { unmarked: { id: 'Open.id' } } } },
    },
    {
      name: 'a field without a rule needs a session, though the way there is @public',
      document: '{ half { id } }',
      expect: { none: SIGN_IN, carl: { data: { half: { id: 'Half.id' } } } },
    },
    {
      name: 'a mutation without a rule has no side effect for others',
      document: 'mutation { ping touch }',
      expect: { none: SIGN_IN, carl: { data: { ping: true, touch: true } } },
    },
    {
      name: 'a @public mutation is for everybody',
      document: 'mutation { ping }',
      expect: { none: { data: { ping: true } } },
    },
    {
      name: 'a subscription without a rule needs a session',
      document: 'subscription { ticks }',
      expect: { none: SIGN_IN, carl: { events: [{ ticks: 1 }, { ticks: 1 }] } },
    },
    {
      name: 'a @public subscription is for everybody',
      document: 'subscription { news }',
      expect: { none: { events: [{ news: 1 }, { news: 1 }] } },
    },
  ],
}
