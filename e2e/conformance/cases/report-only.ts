import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const

/** Rules are tried on live traffic: nothing but the rules is let go. */
export const reportOnly: Suite = {
  name: 'report-only',
  options: { reportOnly: true },
  schema: /* GraphQL */ `
    type Query {
      secret: String @auth
      admin: String @auth(roles: ["admin"])
      write: String @auth(scopes: [["write"]])
      paid: String @auth(policy: [["paid"]])
      recent: String @auth(maxAge: "15m")
      thing: Thing
    }
    interface Thing {
      id: ID
    }
    type Plain implements Thing {
      id: ID
    }
    type Staff implements Thing @auth(roles: ["admin"]) {
      id: ID
    }
    type Mutation {
      touch: Boolean @auth(roles: ["admin"])
    }
  `,
  gives: { 'Query.thing': 'Staff' },
  questions: [
    {
      name: 'a session that breaks a rule on roles is let through',
      document: '{ admin }',
      expect: { none: SIGN_IN, carl: { data: { admin: 'Query.admin' } }, ada: { data: { admin: 'Query.admin' } } },
    },
    {
      name: 'a session that breaks a rule on scopes is let through',
      document: '{ write }',
      expect: { none: SIGN_IN, carl: { data: { write: 'Query.write' } } },
    },
    {
      name: 'a session that breaks a policy is let through',
      document: '{ paid }',
      expect: { none: SIGN_IN, bob: { data: { paid: 'Query.paid' } } },
    },
    {
      name: 'a session that breaks a rule on signing in is let through',
      document: '{ recent }',
      expect: { none: SIGN_IN, stale: { data: { recent: 'Query.recent' } } },
    },
    {
      name: 'a session that is none is never let through',
      document: '{ secret }',
      expect: {
        none: SIGN_IN,
        garbage: { refused: 'invalid_token' },
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
        carl: { data: { secret: 'Query.secret' } },
      },
    },
    {
      name: 'a mutation is let through as well, and not without a session',
      document: 'mutation { touch }',
      expect: { none: SIGN_IN, carl: { data: { touch: true } } },
    },
    {
      name: 'a type that turns up behind an interface is let through, and not without a session',
      document: '{ thing { __typename } }',
      expect: {
        none: { data: { thing: null }, refusedFields: [{ path: ['thing'], reason: 'no_token', byRuntimeType: true }] },
        carl: { data: { thing: { __typename: 'Staff' } } },
      },
    },
  ],
}
