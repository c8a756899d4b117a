import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const
const FORBIDDEN = { refused: 'forbidden' } as const

/** What a rule asks for: scopes, roles, policies, alone and together. Ada has all, Bob some, Carl none. */
export const rules: Suite = {
  name: 'scopes, roles and policies',
  schema: /* GraphQL */ `
    type Query {
      oneScope: String @auth(scopes: [["read"]])
      allScopes: String @auth(scopes: [["read", "write"]])
      anyScope: String @auth(scopes: [["write"], ["read"]])
      mixedScopes: String @auth(scopes: [["read", "write"], ["read", "nothing"], ["billing"]])
      unknownScope: String @auth(scopes: [["nothing"]])
      spelling: String @auth(scopes: [["Read"]])
      oneRole: String @auth(roles: ["admin"])
      anyRole: String @auth(roles: ["admin", "staff"])
      onePolicy: String @auth(policy: [["adult"]])
      allPolicies: String @auth(policy: [["adult", "paid"]])
      anyPolicy: String @auth(policy: [["nobody"], ["paid"]])
      nobody: String @auth(policy: [["nobody"]])
      sloppy: String @auth(policy: [["sloppy"]])
      broken: String @auth(policy: [["broken"]])
      scopesAndRoles: String @auth(scopes: [["read"]], roles: ["admin"])
      rolesAndPolicy: String @auth(roles: ["staff"], policy: [["paid"]])
      everything: String @auth(scopes: [["read"]], roles: ["staff"], policy: [["adult"]])
      own(owner: String, id: ID): String @auth(policy: [["owner"]])
      paidDoc: Paid
      staffDoc: Staff
      strictDoc: Paid @auth(roles: ["staff"])
    }
    type Paid @auth(policy: [["paid"]]) {
      id: ID
      staffOnly: String @auth(roles: ["staff"])
      own(owner: String): String @auth(policy: [["owner"]])
    }
    type Staff @auth(roles: ["staff"]) {
      paid: Paid
      plan: Plan
    }
    enum Plan @auth(scopes: [["write"]]) {
      FREE
    }
    type Mutation {
      own(owner: String): Boolean @auth(policy: [["owner"]])
    }
  `,
  questions: [
    {
      name: 'a scope is asked for',
      document: '{ oneScope }',
      expect: {
        none: SIGN_IN,
        carl: FORBIDDEN,
        bob: { data: { oneScope: 'Query.oneScope' } },
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
      },
    },
    {
      name: 'scopes of one inner list are all asked for',
      document: '{ allScopes }',
      expect: { none: SIGN_IN, bob: FORBIDDEN, ada: { data: { allScopes: 'Query.allScopes' } } },
    },
    {
      name: 'one of several inner lists is enough',
      document: '{ anyScope }',
      expect: {
        carl: FORBIDDEN,
        bob: { data: { anyScope: 'Query.anyScope' } },
        ada: { data: { anyScope: 'Query.anyScope' } },
      },
    },
    {
      name: 'an inner list that is met in part is not met',
      document: '{ mixedScopes }',
      expect: { bob: FORBIDDEN, ada: { data: { mixedScopes: 'Query.mixedScopes' } } },
    },
    {
      name: 'a scope that nobody has lets nobody in',
      document: '{ unknownScope }',
      expect: { none: SIGN_IN, ada: FORBIDDEN },
    },
    { name: 'scopes are compared to the letter', document: '{ spelling }', expect: { ada: FORBIDDEN } },
    {
      name: 'a role is asked for',
      document: '{ oneRole }',
      expect: { none: SIGN_IN, bob: FORBIDDEN, ada: { data: { oneRole: 'Query.oneRole' } } },
    },
    {
      name: 'any of several roles is enough',
      document: '{ anyRole }',
      expect: { none: SIGN_IN, carl: FORBIDDEN, bob: { data: { anyRole: 'Query.anyRole' } } },
    },
    {
      name: 'a policy is asked for',
      document: '{ onePolicy }',
      expect: { none: SIGN_IN, carl: FORBIDDEN, bob: { data: { onePolicy: 'Query.onePolicy' } } },
    },
    {
      name: 'policies of one inner list are all asked for',
      document: '{ allPolicies }',
      expect: { bob: FORBIDDEN, carl: FORBIDDEN, ada: { data: { allPolicies: 'Query.allPolicies' } } },
    },
    {
      name: 'one of several inner lists of policies is enough',
      document: '{ anyPolicy }',
      expect: { bob: FORBIDDEN, carl: { data: { anyPolicy: 'Query.anyPolicy' } } },
    },
    { name: 'a policy that says no lets nobody in', document: '{ nobody }', expect: { none: SIGN_IN, ada: FORBIDDEN } },
    {
      name: 'a policy that says anything but true does not let in',
      document: '{ sloppy }',
      expect: { none: SIGN_IN, ada: { closed: true } },
    },
    {
      name: 'a policy that throws does not let in',
      document: '{ broken }',
      expect: { none: SIGN_IN, ada: { closed: true } },
    },
    {
      name: 'scopes and roles of one rule are asked for together',
      document: '{ scopesAndRoles }',
      expect: { none: SIGN_IN, bob: FORBIDDEN, ada: { data: { scopesAndRoles: 'Query.scopesAndRoles' } } },
    },
    {
      name: 'roles and policies of one rule are asked for together',
      document: '{ rolesAndPolicy }',
      expect: { bob: FORBIDDEN, carl: FORBIDDEN, ada: { data: { rolesAndPolicy: 'Query.rolesAndPolicy' } } },
    },
    {
      name: 'scopes, roles and policies of one rule are asked for together',
      document: '{ everything }',
      expect: { carl: FORBIDDEN, bob: { data: { everything: 'Query.everything' } } },
    },
    {
      name: 'a policy sees the arguments of its field',
      document: '{ own(owner: "bob@example.com", id: 1) }',
      expect: { none: SIGN_IN, ada: FORBIDDEN, bob: { data: { own: 'Query.own' } } },
    },
    {
      name: 'a policy sees arguments that variables give',
      document: 'query ($owner: String) { own(owner: $owner) }',
      variables: { owner: 'ada@example.com' },
      expect: { bob: FORBIDDEN, ada: { data: { own: 'Query.own' } } },
    },
    {
      name: 'a policy sees arguments that defaults of variables give',
      document: 'query ($owner: String = "ada@example.com") { own(owner: $owner) }',
      expect: { bob: FORBIDDEN, ada: { data: { own: 'Query.own' } } },
    },
    { name: 'a policy sees that an argument is missing', document: '{ own }', expect: { ada: FORBIDDEN } },
    {
      name: 'a policy is asked for each use of a field, with the arguments of that use',
      document: '{ mine: own(owner: "ada@example.com") yours: own(owner: "bob@example.com") }',
      expect: { ada: FORBIDDEN, bob: FORBIDDEN },
    },
    {
      name: 'a policy on a mutation prevents its side effect',
      document: 'mutation { own(owner: "ada@example.com") }',
      expect: { none: SIGN_IN, bob: FORBIDDEN, ada: { data: { own: true } } },
    },
    {
      name: 'the rule of a type is asked for by the field that returns it',
      document: '{ paidDoc { __typename } }',
      expect: { none: SIGN_IN, bob: FORBIDDEN, carl: { data: { paidDoc: { __typename: 'Paid' } } } },
    },
    {
      name: 'the rules of a field and of the type it is on are asked for together',
      document: '{ paidDoc { staffOnly } }',
      expect: {
        none: SIGN_IN,
        bob: FORBIDDEN,
        carl: FORBIDDEN,
        ada: { data: { paidDoc: { staffOnly: 'Paid.staffOnly' } } },
      },
    },
    {
      name: 'the rules of a field and of the type it returns are asked for together',
      document: '{ strictDoc { id } }',
      expect: { none: SIGN_IN, bob: FORBIDDEN, carl: FORBIDDEN, ada: { data: { strictDoc: { id: 'Paid.id' } } } },
    },
    {
      name: 'the rules of all types on the way are asked for together',
      document: '{ staffDoc { paid { id } } }',
      expect: { bob: FORBIDDEN, carl: FORBIDDEN, ada: { data: { staffDoc: { paid: { id: 'Paid.id' } } } } },
    },
    {
      name: 'the rule of an enum is asked for with that of the type it stands on',
      document: '{ staffDoc { plan } }',
      expect: { bob: FORBIDDEN, ada: { data: { staffDoc: { plan: 'FREE' } } } },
    },
    {
      name: 'a policy deep down sees the arguments of its own field',
      document: '{ own(owner: "carl@example.com") paidDoc { own(owner: "carl@example.com") } }',
      expect: {
        ada: FORBIDDEN,
        carl: { data: { own: 'Query.own', paidDoc: { own: 'Paid.own' } } },
      },
    },
    {
      name: 'one rule that is not met refuses the ones that are',
      document: '{ anyRole oneScope oneRole }',
      expect: {
        bob: FORBIDDEN,
        ada: { data: { anyRole: 'Query.anyRole', oneScope: 'Query.oneScope', oneRole: 'Query.oneRole' } },
      },
    },
  ],
}
