import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const

/** `@auth` on fields and object types. */
export const fieldsAndTypes: Suite = {
  name: 'fields and object types',
  schema: /* GraphQL */ `
    type Query {
      hello: String!
      secret: String @auth
      open: Open!
      opens: [Open!]!
      user: User
      users: [User!]!
      grid: [[User!]!]!
      extended: Extended
    }
    type Open {
      id: ID!
      secret: String @auth
      owner: User
      self: Open!
    }
    type User @auth {
      id: ID!
      name: String
      friend: User
    }
    type Extended {
      id: ID!
    }
    extend type Extended @auth {
      more: String
    }
    extend type Open {
      extra: String @auth
      alsoOpen: String
    }
    type Mutation {
      ping: Boolean
      touch: Boolean @auth
      rename: User
      reopen: Open
    }
  `,
  questions: [
    {
      name: 'a field without @auth is for everybody, and asks Hanko nothing',
      document: '{ hello }',
      expect: {
        none: { data: { hello: 'Query.hello' }, asked: 0 },
        garbage: { data: { hello: 'Query.hello' }, asked: 0 },
        revoked: { data: { hello: 'Query.hello' }, asked: 0 },
        outage: { data: { hello: 'Query.hello' }, asked: 0 },
      },
    },
    {
      name: 'a field with @auth is for those who are signed in, and an outage is no sign-out',
      document: '{ secret }',
      expect: {
        none: SIGN_IN,
        ada: { data: { secret: 'Query.secret' } },
        carl: { data: { secret: 'Query.secret' } },
        stale: { data: { secret: 'Query.secret' } },
        made: { data: { secret: 'Query.secret' } },
        garbage: { refused: 'invalid_token' },
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
      },
    },
    {
      name: 'one field with @auth refuses the public ones beside it',
      document: '{ hello secret }',
      expect: { none: SIGN_IN, ada: { data: { hello: 'Query.hello', secret: 'Query.secret' } } },
    },
    {
      name: 'an alias hides nothing, not even under the name of a public field',
      document: '{ hello: secret id: hello }',
      expect: { none: SIGN_IN, ada: { data: { hello: 'Query.secret', id: 'Query.hello' } } },
    },
    {
      name: 'a field with @auth deep down refuses the operation',
      document: '{ open { self { self { secret } } } }',
      expect: { none: SIGN_IN, ada: { data: { open: { self: { self: { secret: 'Open.secret' } } } } } },
    },
    {
      name: 'what is public deep down is for everybody',
      document: '{ open { id self { id alsoOpen } } }',
      expect: {
        none: { data: { open: { id: 'Open.id', self: { id: 'Open.id', alsoOpen: 'Open.alsoOpen' } } }, asked: 0 },
      },
    },
    {
      name: 'a field with @auth in a list refuses the operation',
      document: '{ opens { id secret } }',
      expect: { none: SIGN_IN, ada: { data: { opens: [{ id: 'Open.id', secret: 'Open.secret' }] } } },
    },
    {
      name: 'a field that returns a type with @auth is for those who are signed in',
      document: '{ user { id } }',
      expect: {
        none: SIGN_IN,
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
        ada: { data: { user: { id: 'User.id' } } },
      },
    },
    {
      name: 'G05 __typename of a type with @auth is not given away',
      document: '{ user { __typename } }',
      expect: { none: SIGN_IN, ada: { data: { user: { __typename: 'User' } } } },
    },
    {
      name: 'whether a list of a type with @auth has something in it is not given away',
      document: '{ users { __typename } }',
      expect: { none: SIGN_IN, ada: { data: { users: [{ __typename: 'User' }] } } },
    },
    {
      name: 'a list of lists of a type with @auth is protected',
      document: '{ grid { __typename } }',
      expect: { none: SIGN_IN, ada: { data: { grid: [[{ __typename: 'User' }]] } } },
    },
    {
      name: 'a type with @auth is protected where a public type leads to it',
      document: '{ open { id owner { name } } }',
      expect: { none: SIGN_IN, ada: { data: { open: { id: 'Open.id', owner: { name: 'User.name' } } } } },
    },
    {
      name: 'a type with @auth is protected behind itself',
      document: '{ user { friend { friend { __typename } } } }',
      expect: { none: SIGN_IN, ada: { data: { user: { friend: { friend: { __typename: 'User' } } } } } },
    },
    {
      name: 'G21 @auth on an extension protects the whole type',
      document: '{ extended { id } }',
      expect: { none: SIGN_IN, ada: { data: { extended: { id: 'Extended.id' } } } },
    },
    {
      name: 'G21 a field that an extension adds to a type with @auth is protected',
      document: '{ extended { more } }',
      expect: { none: SIGN_IN, bob: { data: { extended: { more: 'Extended.more' } } } },
    },
    {
      name: 'G21 a field with @auth that an extension adds is protected',
      document: '{ open { extra } }',
      expect: { none: SIGN_IN, ada: { data: { open: { extra: 'Open.extra' } } } },
    },
    {
      name: 'a mutation with @auth has no side effect for others',
      document: 'mutation { touch }',
      expect: {
        none: SIGN_IN,
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
        ada: { data: { touch: true } },
      },
    },
    {
      name: 'G06 a mutation that returns a type with @auth has no side effect for others',
      document: 'mutation { rename { __typename } }',
      expect: { none: SIGN_IN, ada: { data: { rename: { __typename: 'User' } } } },
    },
    {
      name: 'no mutation runs before one that is refused',
      document: 'mutation { ping touch }',
      expect: { none: SIGN_IN, ada: { data: { ping: true, touch: true } } },
    },
    {
      name: 'a mutation has no side effect when what it would show is protected',
      document: 'mutation { reopen { owner { __typename } } }',
      expect: { none: SIGN_IN, ada: { data: { reopen: { owner: { __typename: 'User' } } } } },
    },
    {
      name: 'a public mutation is for everybody',
      document: 'mutation { ping reopen { id } }',
      expect: { none: { data: { ping: true, reopen: { id: 'Open.id' } }, asked: 0 } },
    },
    {
      name: 'a hundred protected fields are one look at the session',
      document: `{ ${Array.from({ length: 100 }, (_, at) => `f${at}: open { secret }`).join(' ')} }`,
      expect: { none: { refused: 'no_token', asked: 0 } },
    },
  ],
}

/** `@auth` on the types an operation begins with. */
export const rootTypes: Suite = {
  name: 'root types',
  schema: /* GraphQL */ `
    type Query @auth {
      hello: String
    }
    type Mutation @auth(roles: ["staff"]) {
      ping: Boolean
    }
    type Subscription @auth {
      ticks: Int
    }
  `,
  questions: [
    {
      name: '@auth on Query protects each of its fields',
      document: '{ hello }',
      expect: { none: SIGN_IN, carl: { data: { hello: 'Query.hello' } } },
    },
    {
      name: '@auth on Query protects its __typename',
      document: '{ __typename }',
      expect: { none: SIGN_IN, carl: { data: { __typename: 'Query' } } },
    },
    {
      name: '@auth on Mutation protects each of its fields',
      document: 'mutation { ping }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { ping: true } } },
    },
    {
      name: '@auth on Mutation protects its __typename',
      document: 'mutation { __typename }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { __typename: 'Mutation' } } },
    },
    {
      name: '@auth on Subscription protects each of its fields',
      document: 'subscription { ticks }',
      expect: { none: SIGN_IN, carl: { events: [{ ticks: 1 }, { ticks: 1 }] } },
    },
  ],
}
