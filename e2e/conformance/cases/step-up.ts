import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const

const stepUp = (needs: { maxAge?: number; amr?: readonly string[] }) =>
  ({ refused: 'step_up_required', stepUp: needs }) as const

const SCHEMA = /* GraphQL */ `
  type Query {
    plain: String @auth
    recent: String @auth(maxAge: "15m")
    passkey: String @auth(amr: ["passkey"])
    strong: String @auth(amr: ["passkey", "totp"])
    both: String @auth(amr: ["pwd"], maxAge: "1h")
    adminRecent: String @auth(roles: ["admin"], maxAge: "15m")
    vault: Vault
    thing: Thing
  }
  interface Thing {
    id: ID
  }
  type Plain implements Thing {
    id: ID
  }
  type Vault implements Thing @auth(maxAge: "1h") {
    id: ID
    key: String @auth(amr: ["passkey"])
  }
  type Mutation {
    wipe: Boolean @auth(maxAge: "5m")
  }
`

/** How, and how long ago, somebody signed in: Ada just now with a passkey, Stale two hours ago, Made never. */
export const stepUps: Suite = {
  name: 'step-up',
  schema: SCHEMA,
  gives: { 'Query.thing': 'Vault' },
  questions: [
    {
      name: 'without a rule on signing in, it does not matter how and when',
      document: '{ plain }',
      expect: { stale: { data: { plain: 'Query.plain' } }, made: { data: { plain: 'Query.plain' } } },
    },
    {
      name: 'maxAge asks for a sign-in that is young enough',
      document: '{ recent }',
      expect: {
        none: SIGN_IN,
        ada: { data: { recent: 'Query.recent' } },
        bob: { data: { recent: 'Query.recent' } },
        stale: stepUp({ maxAge: 900 }),
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
      },
    },
    {
      name: 'maxAge is not met by a young session that nobody signed in to',
      document: '{ recent }',
      expect: { made: stepUp({ maxAge: 900 }) },
    },
    {
      name: 'amr asks for a way to sign in',
      document: '{ passkey }',
      expect: {
        none: SIGN_IN,
        ada: { data: { passkey: 'Query.passkey' } },
        bob: stepUp({ amr: ['passkey'] }),
        made: stepUp({ amr: ['passkey'] }),
        stale: { data: { passkey: 'Query.passkey' } },
      },
    },
    {
      name: 'any of several ways to sign in is enough',
      document: '{ strong }',
      expect: {
        ada: { data: { strong: 'Query.strong' } },
        carl: { data: { strong: 'Query.strong' } },
        bob: stepUp({ amr: ['passkey', 'totp'] }),
      },
    },
    {
      name: 'amr and maxAge of one rule are asked for together',
      document: '{ both }',
      expect: {
        bob: { data: { both: 'Query.both' } },
        ada: stepUp({ maxAge: 3_600, amr: ['pwd'] }),
        stale: stepUp({ maxAge: 3_600, amr: ['pwd'] }),
      },
    },
    {
      name: 'maxAge on a type is asked for by the field that returns it',
      document: '{ vault { __typename } }',
      expect: { none: SIGN_IN, bob: { data: { vault: { __typename: 'Vault' } } }, stale: stepUp({ maxAge: 3_600 }) },
    },
    {
      name: 'a rule of a field on signing in is asked for with that of its type',
      document: '{ vault { key } }',
      expect: { ada: { data: { vault: { key: 'Vault.key' } } } },
    },
    {
      name: 'what only the runtime type can decide is a field error, step-up included',
      document: '{ thing { id } }',
      expect: {
        ada: { data: { thing: { id: 'Vault.id' } } },
        stale: {
          data: { thing: null },
          refusedFields: [
            { path: ['thing'], reason: 'step_up_required', stepUp: { maxAge: 3_600 }, byRuntimeType: true },
          ],
        },
      },
    },
    {
      name: 'a role that is missing is not helped by signing in again',
      document: '{ adminRecent }',
      expect: { ada: { data: { adminRecent: 'Query.adminRecent' } }, bob: { refused: 'forbidden' } },
    },
    {
      name: 'a role that is there and a sign-in that is too old ask for step-up',
      document: '{ adminRecent }',
      expect: { stale: stepUp({ maxAge: 900 }) },
    },
    {
      name: 'a mutation has no side effect before step-up',
      document: 'mutation { wipe }',
      expect: { none: SIGN_IN, ada: { data: { wipe: true } }, stale: stepUp({ maxAge: 300 }) },
    },
  ],
}

export const adminSessions: Suite = {
  name: 'step-up, with admin sessions allowed',
  schema: SCHEMA,
  options: { allowAdminSessions: true },
  gives: { 'Query.thing': 'Vault' },
  questions: [
    {
      name: 'a young session that nobody signed in to meets maxAge',
      document: '{ recent }',
      expect: { made: { data: { recent: 'Query.recent' } }, stale: stepUp({ maxAge: 900 }) },
    },
    {
      name: 'it still meets no amr',
      document: '{ passkey }',
      expect: { made: stepUp({ amr: ['passkey'] }) },
    },
    {
      name: 'it meets maxAge of a type where that turns up',
      document: '{ thing { __typename } }',
      expect: { made: { data: { thing: { __typename: 'Vault' } } } },
    },
  ],
}

/** Whether Hanko is asked now: what is known of all callers is younger than the bound. */
export const freshness: Suite = {
  name: 'fresh',
  schema: /* GraphQL */ `
    type Query {
      hello: String
      plain: String @auth
      fresh: String @auth(fresh: true)
      notFresh: String @auth(fresh: false)
      vault: Vault
      thing: Thing
      list(now: Boolean @auth(fresh: true)): Int
    }
    interface Thing {
      id: ID
    }
    type Plain implements Thing {
      id: ID
    }
    type Vault implements Thing @auth(fresh: true) {
      id: ID
    }
    type Mutation {
      wipe: Boolean @auth(fresh: true)
    }
  `,
  gives: { 'Query.thing': 'Vault' },
  questions: [
    {
      name: 'a session that is known is not asked about again',
      document: '{ plain }',
      expect: { ada: { data: { plain: 'Query.plain' }, asked: 0 } },
    },
    {
      name: 'fresh asks Hanko, once',
      document: '{ fresh }',
      expect: { none: { refused: 'no_token', asked: 0 }, ada: { data: { fresh: 'Query.fresh' }, asked: 1 } },
    },
    {
      name: 'fresh: false asks for a session and no more',
      document: '{ notFresh }',
      expect: { none: SIGN_IN, ada: { data: { notFresh: 'Query.notFresh' }, asked: 0 } },
    },
    {
      name: 'several fresh fields ask Hanko once',
      document: '{ a: fresh b: fresh plain vault { id } }',
      expect: {
        ada: {
          data: { a: 'Query.fresh', b: 'Query.fresh', plain: 'Query.plain', vault: { id: 'Vault.id' } },
          asked: 1,
        },
      },
    },
    {
      name: 'a session that ended a moment ago passes within the bound',
      document: '{ plain }',
      expect: { ended: { data: { plain: 'Query.plain' }, asked: 0 } },
    },
    {
      name: 'a session that ended a moment ago is refused by fresh',
      document: '{ fresh }',
      expect: { ended: { refused: 'revoked' } },
    },
    {
      name: 'a session that ended a moment ago is refused by a fresh type',
      document: '{ vault { __typename } }',
      expect: { ended: { refused: 'revoked' } },
    },
    {
      name: 'a session that ended a moment ago is refused by a fresh type that turns up behind an interface',
      document: '{ hello thing { __typename } }',
      expect: {
        ended: {
          data: { hello: 'Query.hello', thing: null },
          refusedFields: [{ path: ['thing'], reason: 'revoked', byRuntimeType: true }],
        },
      },
    },
    {
      name: 'a session that ended a moment ago is refused by a fresh argument, when that is given',
      document: '{ list(now: true) }',
      expect: { ended: { refused: 'revoked' } },
    },
    {
      name: 'a fresh argument that is not given asks nothing',
      document: '{ list }',
      expect: { none: { data: { list: 1 }, asked: 0 } },
    },
    {
      name: 'a fresh mutation has no side effect for a session that ended a moment ago',
      document: 'mutation { wipe }',
      expect: { ended: { refused: 'revoked' }, ada: { data: { wipe: true }, asked: 1 } },
    },
    {
      name: 'fresh needs an answer of Hanko, whatever is known',
      document: '{ fresh }',
      expect: { outage: { refused: 'upstream_unavailable' } },
    },
  ],
}
