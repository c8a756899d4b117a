import type { Suite } from '../suite.ts'
import { APOLLO_DEFINITIONS } from './apollo-definitions.ts'

const SIGN_IN = { refused: 'no_token' } as const

/** A schema that was written for Apollo's Router. */
export const apollo: Suite = {
  name: "Apollo's directives",
  schema: `${APOLLO_DEFINITIONS}
    type Query {
      hello: String
      me: String @authenticated
      read: String @requiresScopes(scopes: [["read"]])
      readAndWrite: String @requiresScopes(scopes: [["read", "write"]])
      writeOrRead: String @requiresScopes(scopes: [["write"], ["read"]])
      adult: String @policy(policies: [["adult"]])
      adultAndPaid: String @policy(policies: [["adult", "paid"]])
      together: String @authenticated @requiresScopes(scopes: [["read"]]) @policy(policies: [["paid"]])
      mixed: String @auth(roles: ["staff"]) @requiresScopes(scopes: [["read"]])
      user: User
      node: Node
      plan: Plan
      iban: Iban
    }
    type User @authenticated {
      id: ID
      billing: String @requiresScopes(scopes: [["billing"]])
    }
    interface Node @policy(policies: [["adult"]]) {
      id: ID
    }
    type Doc implements Node {
      id: ID
    }
    enum Plan @requiresScopes(scopes: [["read"]]) {
      FREE
    }
    scalar Iban @authenticated
    type Mutation {
      touch: Boolean @authenticated
    }
  `,
  gives: { 'Query.node': 'Doc' },
  questions: [
    {
      name: 'a field without any is for everybody',
      document: '{ hello }',
      expect: { none: { data: { hello: 'Query.hello' }, asked: 0 } },
    },
    {
      name: '@authenticated on a field',
      document: '{ me }',
      expect: { none: SIGN_IN, carl: { data: { me: 'Query.me' } }, outage: { refused: 'upstream_unavailable' } },
    },
    {
      name: '@authenticated on a type',
      document: '{ user { __typename } }',
      expect: { none: SIGN_IN, carl: { data: { user: { __typename: 'User' } } } },
    },
    {
      name: '@authenticated on a scalar',
      document: '{ iban }',
      expect: { none: SIGN_IN, carl: { data: { iban: 'Query.iban' } } },
    },
    {
      name: '@authenticated on a mutation',
      document: 'mutation { touch }',
      expect: { none: SIGN_IN, carl: { data: { touch: true } } },
    },
    {
      name: '@requiresScopes on a field',
      document: '{ read }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { read: 'Query.read' } } },
    },
    {
      name: '@requiresScopes with an inner list asks for all',
      document: '{ readAndWrite }',
      expect: { bob: { refused: 'forbidden' }, ada: { data: { readAndWrite: 'Query.readAndWrite' } } },
    },
    {
      name: '@requiresScopes with several inner lists asks for one',
      document: '{ writeOrRead }',
      expect: { carl: { refused: 'forbidden' }, bob: { data: { writeOrRead: 'Query.writeOrRead' } } },
    },
    {
      name: '@requiresScopes on a field of a type with @authenticated',
      document: '{ user { billing } }',
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: { data: { user: { billing: 'User.billing' } } } },
    },
    {
      name: '@requiresScopes on an enum',
      document: '{ plan }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { plan: 'FREE' } } },
    },
    {
      name: '@policy on a field',
      document: '{ adult }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { adult: 'Query.adult' } } },
    },
    {
      name: '@policy with an inner list asks for all',
      document: '{ adultAndPaid }',
      expect: {
        bob: { refused: 'forbidden' },
        carl: { refused: 'forbidden' },
        ada: { data: { adultAndPaid: 'Query.adultAndPaid' } },
      },
    },
    {
      name: '@policy on an interface',
      document: '{ node { __typename } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { node: { __typename: 'Doc' } } } },
    },
    {
      name: 'several of them on one field are asked for together',
      document: '{ together }',
      expect: {
        none: SIGN_IN,
        bob: { refused: 'forbidden' },
        carl: { refused: 'forbidden' },
        ada: { data: { together: 'Query.together' } },
      },
    },
    {
      name: 'they are asked for together with @auth',
      document: '{ mixed }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { mixed: 'Query.mixed' } } },
    },
  ],
}
