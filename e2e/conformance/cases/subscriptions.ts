import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const

export const subscriptions: Suite = {
  name: 'subscriptions',
  schema: /* GraphQL */ `
    type Query {
      hello: String
    }
    type Subscription {
      ticks: Int
      feed: Int @auth
      admin: Int @auth(roles: ["admin"])
      open: Open
      user: User
      list(deleted: Boolean @auth): Int
    }
    type Open {
      id: ID
      secret: String @auth
    }
    type User @auth {
      id: ID
    }
  `,
  questions: [
    {
      name: 'an open subscription is for everybody',
      document: 'subscription { ticks }',
      expect: { none: { events: [{ ticks: 1 }, { ticks: 1 }] } },
    },
    {
      name: 'G41 a subscription with @auth is refused before it begins',
      document: 'subscription { feed }',
      expect: {
        none: SIGN_IN,
        garbage: { refused: 'invalid_token' },
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
        carl: { events: [{ feed: 1 }, { feed: 1 }] },
      },
    },
    {
      name: 'a subscription with a role is refused before it begins',
      document: 'subscription { admin }',
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: { events: [{ admin: 1 }, { admin: 1 }] } },
    },
    {
      name: 'a subscription that shows something protected is refused before it begins',
      document: 'subscription { open { secret } }',
      expect: {
        none: SIGN_IN,
        carl: { events: [{ open: { secret: 'Open.secret' } }, { open: { secret: 'Open.secret' } }] },
      },
    },
    {
      name: 'a subscription to a type with @auth is refused before it begins',
      document: 'subscription { user { __typename } }',
      expect: { none: SIGN_IN, carl: { events: [{ user: { __typename: 'User' } }, { user: { __typename: 'User' } }] } },
    },
    {
      name: 'an argument with @auth counts',
      document: 'subscription { list(deleted: true) }',
      expect: { none: SIGN_IN, carl: { events: [{ list: 1 }, { list: 1 }] } },
    },
    {
      name: 'an argument with @auth that is not given does not count',
      document: 'subscription { list }',
      expect: { none: { events: [{ list: 1 }, { list: 1 }] } },
    },
  ],
}
