import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const
const HELLO = { data: { hello: 'Query.hello' } } as const
const BOTH = { data: { hello: 'Query.hello', secret: 'Query.secret' } } as const

const SCHEMA = /* GraphQL */ `
  type Query {
    hello: String
    secret: String @auth
    open: Open
    node: Node
    user: User
  }
  interface Node {
    id: ID
  }
  type Open implements Node {
    id: ID
    secret: String @auth
    open: Open
  }
  type User @auth {
    id: ID
  }
  type Mutation {
    ping: Boolean
    touch: Boolean @auth
  }
`

/** Fragments, and selections that conditions leave out. */
export const fragmentsAndConditions: Suite = {
  name: 'fragments and conditions',
  schema: SCHEMA,
  gives: { 'Query.node': 'Open' },
  questions: [
    {
      name: 'a fragment hides nothing',
      document: '{ hello ...A } fragment A on Query { secret }',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'a fragment in a fragment hides nothing',
      document:
        '{ hello ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { secret }',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'an inline fragment without a type hides nothing',
      document: '{ hello ... { ... { secret } } }',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'a fragment that is used twice counts in both places',
      document: '{ open { ...A open { ...A } } } fragment A on Open { id secret }',
      expect: {
        none: SIGN_IN,
        carl: {
          data: { open: { id: 'Open.id', secret: 'Open.secret', open: { id: 'Open.id', secret: 'Open.secret' } } },
        },
      },
    },
    {
      name: 'a fragment on an interface hides nothing',
      document: '{ node { ...A } } fragment A on Node { id ... on Open { secret } }',
      expect: { none: SIGN_IN, carl: { data: { node: { id: 'Open.id', secret: 'Open.secret' } } } },
    },
    {
      name: 'a fragment that is not spread is an error of the document',
      document: '{ hello } fragment A on Query { secret }',
      expect: { none: { invalid: true } },
    },
    {
      name: 'G10 a cycle of fragments is an error of the document',
      document: '{ ...A } fragment A on Query { secret ...B } fragment B on Query { ...A }',
      expect: { none: { invalid: true }, ada: { invalid: true } },
    },
    {
      name: 'a field that is not there is an error of the document',
      document: '{ secrets }',
      expect: { none: { invalid: true } },
    },
    {
      name: '@skip(if: true) asks for nothing',
      document: '{ hello secret @skip(if: true) }',
      expect: { none: { ...HELLO, asked: 0 } },
    },
    {
      name: '@include(if: false) asks for nothing',
      document: '{ hello secret @include(if: false) }',
      expect: { none: { ...HELLO, asked: 0 } },
    },
    {
      name: '@skip(if: false) asks',
      document: '{ hello secret @skip(if: false) }',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: '@include(if: true) asks',
      document: '{ hello secret @include(if: true) }',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'both conditions must hold, written either way',
      document: '{ hello secret @skip(if: false) @include(if: false) a: secret @include(if: true) @skip(if: true) }',
      expect: { none: HELLO },
    },
    {
      name: '@skip by a variable that leaves it out',
      document: 'query ($v: Boolean!) { hello secret @skip(if: $v) }',
      variables: { v: true },
      expect: { none: HELLO, revoked: HELLO, outage: HELLO },
    },
    {
      name: '@skip by a variable that does not leave it out',
      document: 'query ($v: Boolean!) { hello secret @skip(if: $v) }',
      variables: { v: false },
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: '@include by a variable that leaves it out',
      document: 'query ($v: Boolean!) { hello secret @include(if: $v) }',
      variables: { v: false },
      expect: { none: HELLO },
    },
    {
      name: '@include by a variable that does not leave it out',
      document: 'query ($v: Boolean!) { hello secret @include(if: $v) }',
      variables: { v: true },
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'the default of a variable leaves it out',
      document: 'query ($v: Boolean = true) { hello secret @skip(if: $v) }',
      expect: { none: HELLO },
    },
    {
      name: 'the default of a variable does not leave it out',
      document: 'query ($v: Boolean = true) { hello secret @include(if: $v) }',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'a variable overrules its default',
      document: 'query ($v: Boolean = false) { hello secret @include(if: $v) }',
      variables: { v: true },
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'a variable that is missing lets nothing through',
      document: 'query ($v: Boolean!) { hello secret @skip(if: $v) }',
      expect: { none: { closed: true } },
    },
    {
      name: 'a variable that is null lets nothing through',
      document: 'query ($v: Boolean = true) { hello secret @skip(if: $v) }',
      variables: { v: null },
      expect: { none: { closed: true } },
    },
    {
      name: 'a variable that is no boolean lets nothing through',
      document: 'query ($v: Boolean!) { hello secret @skip(if: $v) }',
      variables: { v: 'true' },
      expect: { none: { closed: true } },
    },
    {
      name: 'a condition on a spread leaves the fragment out',
      document: 'query ($v: Boolean!) { hello ...A @include(if: $v) } fragment A on Query { secret }',
      variables: { v: false },
      expect: { none: HELLO },
    },
    {
      name: 'a condition on a spread that holds lets the fragment ask',
      document: 'query ($v: Boolean!) { hello ...A @include(if: $v) } fragment A on Query { secret }',
      variables: { v: true },
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'a fragment left out in one place counts in the other',
      document: '{ hello ...A @skip(if: true) ...A } fragment A on Query { secret }',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'a condition on an inline fragment leaves it out',
      document: 'query ($v: Boolean!) { hello ... on Query @skip(if: $v) { secret } }',
      variables: { v: true },
      expect: { none: HELLO },
    },
    {
      name: 'a condition on a field leaves out what is below',
      document: 'query ($v: Boolean!) { hello open @include(if: $v) { secret } }',
      variables: { v: false },
      expect: { none: HELLO },
    },
    {
      name: 'a field asked for twice counts when one of the two is not left out',
      document: 'query ($v: Boolean!) { hello secret @include(if: $v) secret @skip(if: $v) }',
      variables: { v: false },
      expect: { none: SIGN_IN, carl: BOTH },
    },
  ],
}

/** Which of several operations is meant, and what GraphQL tells of itself. */
export const operations: Suite = {
  name: 'operations and introspection',
  schema: SCHEMA,
  gives: { 'Query.node': 'Open' },
  questions: [
    {
      name: 'the operation that is named counts, not the protected one beside it',
      document: 'query Open { hello } query Closed { secret } mutation Change { touch }',
      operationName: 'Open',
      expect: { none: { ...HELLO, asked: 0 } },
    },
    {
      name: 'the operation that is named is refused, though another comes first',
      document: 'query Open { hello } query Closed { hello secret } mutation Change { touch }',
      operationName: 'Closed',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: 'a mutation that is named has no side effect for others',
      document: 'query Open { hello } mutation Change { ping touch }',
      operationName: 'Change',
      expect: { none: SIGN_IN, carl: { data: { ping: true, touch: true } } },
    },
    {
      name: 'several operations without a name run nothing',
      document: 'query Open { hello } query Closed { secret }',
      expect: { none: { closed: true }, ada: { closed: true } },
    },
    {
      name: 'a name that no operation has runs nothing',
      document: 'query Open { hello } query Closed { secret }',
      operationName: 'Other',
      expect: { none: { closed: true }, ada: { closed: true } },
    },
    {
      name: 'the default of a variable is that of the operation that is named',
      document:
        'query A($v: Boolean = true) { hello secret @skip(if: $v) } query B($v: Boolean = false) { hello secret @skip(if: $v) }',
      operationName: 'B',
      expect: { none: SIGN_IN, carl: BOTH },
    },
    {
      name: '__typename of an open root is for everybody',
      document: '{ __typename }',
      expect: { none: { data: { __typename: 'Query' }, asked: 0 } },
    },
    {
      name: '__typename of an open mutation root is for everybody',
      document: 'mutation { __typename }',
      expect: { none: { data: { __typename: 'Mutation' } } },
    },
    {
      name: 'G14 introspection of a protected type asks for no session',
      document: '{ __type(name: "User") { name fields { name } } }',
      expect: { none: { data: { __type: { name: 'User', fields: [{ name: 'id' }] } }, asked: 0 } },
    },
    {
      name: 'introspection beside a protected field is refused with it',
      document: '{ __schema { queryType { name } } secret }',
      expect: { none: SIGN_IN, carl: { data: { __schema: { queryType: { name: 'Query' } }, secret: 'Query.secret' } } },
    },
    {
      name: 'a syntax error runs nothing',
      document: '{ secret',
      expect: { none: { invalid: true }, ada: { invalid: true } },
    },
  ],
  batches: [
    {
      name: 'G15 each operation of a batch is judged by itself',
      caller: 'none',
      operations: [
        { document: '{ hello }', expect: HELLO },
        { document: '{ secret }', expect: SIGN_IN },
        { document: 'mutation { touch }', expect: SIGN_IN },
        { document: 'mutation { ping }', expect: { data: { ping: true } } },
      ],
      asked: 0,
    },
    {
      name: 'a batch of protected operations asks about its session no more than once',
      caller: 'ada',
      operations: Array.from({ length: 10 }, () => ({ document: '{ hello secret }', expect: BOTH })),
      asked: 0,
    },
    {
      name: 'a batch with a session that is over is refused where it asks for one',
      caller: 'garbage',
      operations: [
        { document: '{ secret }', expect: { refused: 'invalid_token' } },
        { document: '{ hello }', expect: HELLO },
      ],
      asked: 0,
    },
  ],
}
