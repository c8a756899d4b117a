import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const

/** `@auth` on fields of interfaces and of what implements them. */
export const interfaceFields: Suite = {
  name: 'fields of interfaces',
  schema: /* GraphQL */ `
    type Query {
      node: Node
      nodes: [Node]!
      strict: [Node!]!
      titled: Titled
      doc: Doc
      page: Page
    }
    interface Node {
      id: ID!
      atInterface: String @auth
      atObject: String
      must: String!
      link: Link
    }
    interface Titled implements Node {
      id: ID!
      atInterface: String
      atObject: String
      must: String!
      link: Link
      title: String @auth(scopes: [["read"]])
    }
    type Doc implements Node & Titled {
      id: ID!
      atInterface: String
      atObject: String @auth
      must: String! @auth
      link: Link
      title: String @auth(roles: ["staff"])
    }
    type Page implements Node {
      id: ID!
      atInterface: String
      atObject: String
      must: String!
      link: Link
    }
    type Link @auth {
      url: String
    }
  `,
  gives: {
    'Query.node': 'Doc',
    'Query.nodes': ['Page', 'Doc', null],
    'Query.strict': ['Page', 'Doc'],
    'Query.titled': 'Doc',
  },
  questions: [
    {
      name: '@auth on a field of an interface protects it there',
      document: '{ node { atInterface } }',
      expect: { none: SIGN_IN, ada: { data: { node: { atInterface: 'Doc.atInterface' } } } },
    },
    {
      name: '@auth on a field of an interface protects the field of a type that implements it',
      document: '{ doc { atInterface } }',
      expect: { none: SIGN_IN, ada: { data: { doc: { atInterface: 'Doc.atInterface' } } } },
    },
    {
      name: 'G03 @auth on a field of an interface is not walked around by a fragment on the type',
      document: '{ node { ... on Doc { atInterface } } }',
      expect: { none: SIGN_IN, ada: { data: { node: { atInterface: 'Doc.atInterface' } } } },
    },
    {
      name: '@auth on a field of an interface comes down through an interface that implements it',
      document: '{ titled { atInterface } }',
      expect: { none: SIGN_IN, ada: { data: { titled: { atInterface: 'Doc.atInterface' } } } },
    },
    {
      name: '@auth on a field of an interface protects it through a fragment on another interface',
      document: '{ node { ... on Titled { atInterface } } }',
      expect: { none: SIGN_IN, ada: { data: { node: { atInterface: 'Doc.atInterface' } } } },
    },
    {
      name: '@auth on a field of an interface protects it even where the type of the moment is another',
      document: '{ page { id ... on Node { ... on Page { atInterface } } } }',
      expect: { none: SIGN_IN, ada: { data: { page: { id: 'Page.id', atInterface: 'Page.atInterface' } } } },
    },
    {
      name: 'G01 @auth on a field of an object is a field error when it is asked for through the interface',
      document: '{ node { id atObject } }',
      expect: {
        none: {
          data: { node: { id: 'Doc.id', atObject: null } },
          refusedFields: [{ path: ['node', 'atObject'], reason: 'no_token' }],
        },
        revoked: {
          data: { node: { id: 'Doc.id', atObject: null } },
          refusedFields: [{ path: ['node', 'atObject'], reason: 'revoked' }],
        },
        outage: {
          data: { node: { id: 'Doc.id', atObject: null } },
          refusedFields: [{ path: ['node', 'atObject'], reason: 'upstream_unavailable' }],
        },
        ada: { data: { node: { id: 'Doc.id', atObject: 'Doc.atObject' } } },
      },
    },
    {
      name: 'in a list only the objects whose type has @auth on the field are refused',
      document: '{ nodes { atObject } }',
      expect: {
        none: {
          data: { nodes: [{ atObject: 'Page.atObject' }, { atObject: null }, null] },
          refusedFields: [{ path: ['nodes', 1, 'atObject'], reason: 'no_token' }],
        },
        ada: { data: { nodes: [{ atObject: 'Page.atObject' }, { atObject: 'Doc.atObject' }, null] } },
      },
    },
    {
      name: 'a refused field that must not be null takes its object with it',
      document: '{ nodes { must } }',
      expect: {
        none: {
          data: { nodes: [{ must: 'Page.must' }, null, null] },
          refusedFields: [{ path: ['nodes', 1, 'must'], reason: 'no_token' }],
        },
        ada: { data: { nodes: [{ must: 'Page.must' }, { must: 'Doc.must' }, null] } },
      },
    },
    {
      name: 'a refused field that must not be null takes the data with it, when nothing above may be null',
      document: '{ strict { must } }',
      expect: {
        none: { data: null, refusedFields: [{ path: ['strict', 1, 'must'], reason: 'no_token' }] },
        ada: { data: { strict: [{ must: 'Page.must' }, { must: 'Doc.must' }] } },
      },
    },
    {
      name: 'a fragment on the object tells beforehand, and the operation is refused as a whole',
      document: '{ node { id ... on Doc { atObject } } }',
      expect: { none: SIGN_IN, ada: { data: { node: { id: 'Doc.id', atObject: 'Doc.atObject' } } } },
    },
    {
      name: 'a fragment on the interface is no veil where the object is known beforehand',
      document: '{ page { id } doc { ...A } } fragment A on Node { id ... on Node { atObject } }',
      expect: {
        none: SIGN_IN,
        ada: { data: { page: { id: 'Page.id' }, doc: { id: 'Doc.id', atObject: 'Doc.atObject' } } },
      },
    },
    {
      name: 'a fragment on the interface that two objects share refuses the operation for one of them',
      document: '{ page { ...A } doc { ...A } } fragment A on Node { atObject }',
      expect: {
        none: SIGN_IN,
        ada: { data: { page: { atObject: 'Page.atObject' }, doc: { atObject: 'Doc.atObject' } } },
      },
    },
    {
      name: 'an object that has no @auth on the field gives it to everybody',
      document: '{ page { atObject must } }',
      expect: { none: { data: { page: { atObject: 'Page.atObject', must: 'Page.must' } }, asked: 0 } },
    },
    {
      name: 'a type with @auth is protected where an interface leads to it',
      document: '{ node { link { __typename } } }',
      expect: { none: SIGN_IN, ada: { data: { node: { link: { __typename: 'Link' } } } } },
    },
    {
      name: 'what interface and object ask of a field is asked together',
      document: '{ doc { title } }',
      expect: {
        none: SIGN_IN,
        carl: { refused: 'forbidden' },
        bob: { data: { doc: { title: 'Doc.title' } } },
      },
    },
    {
      name: 'through the interface its own rule refuses the operation',
      document: '{ titled { title } }',
      expect: {
        none: SIGN_IN,
        carl: { refused: 'forbidden' },
        bob: { data: { titled: { title: 'Doc.title' } } },
      },
    },
    {
      name: 'what no rule binds is for everybody, through any interface',
      document: '{ node { __typename id } titled { id ... on Node { id } } nodes { __typename } }',
      expect: {
        none: {
          data: {
            node: { __typename: 'Doc', id: 'Doc.id' },
            titled: { id: 'Doc.id' },
            nodes: [{ __typename: 'Page' }, { __typename: 'Doc' }, null],
          },
          asked: 0,
        },
      },
    },
  ],
}

/** `@auth` on interfaces themselves, and on types behind them. */
export const interfaceTypes: Suite = {
  name: 'interfaces',
  schema: /* GraphQL */ `
    type Query {
      owned: Owned
      car: Car
      deep: Deep
      base: Base
      leaf: Leaf
      thing: Thing
      things: [Thing]!
      solid: [Thing!]!
      plain: Plain
      allClosed: AllClosed
    }
    interface AllClosed {
      id: ID
      same: String
    }
    type OneClosed implements AllClosed @auth(roles: ["staff"]) {
      id: ID
      same: String
    }
    type OtherClosed implements AllClosed @auth {
      id: ID
      same: String
    }
    interface Owned @auth {
      owner: String
    }
    type Car implements Owned {
      owner: String
      wheels: Int
    }
    interface Base @auth(scopes: [["read"]]) {
      id: ID
    }
    interface Deep implements Base {
      id: ID
      depth: Int
    }
    type Leaf implements Deep & Base {
      id: ID
      depth: Int
      own: String
    }
    interface Thing {
      id: ID
    }
    type Hidden implements Thing @auth {
      id: ID
      secret: String
    }
    type Plain implements Thing {
      id: ID
    }
    type Billed implements Thing @auth(scopes: [["billing"]]) {
      id: ID
    }
  `,
  gives: {
    'Query.owned': 'Car',
    'Query.allClosed': 'OneClosed',
    'Query.deep': 'Leaf',
    'Query.base': 'Leaf',
    'Query.thing': 'Hidden',
    'Query.things': ['Plain', 'Hidden', 'Billed'],
    'Query.solid': ['Plain', 'Hidden'],
  },
  questions: [
    {
      name: '@auth on an interface protects the fields that return it',
      document: '{ owned { __typename } }',
      expect: { none: SIGN_IN, ada: { data: { owned: { __typename: 'Car' } } } },
    },
    {
      name: 'G04 @auth on an interface protects the types that implement it',
      document: '{ car { wheels } }',
      expect: { none: SIGN_IN, ada: { data: { car: { wheels: 1 } } } },
    },
    {
      name: 'G04 @auth on an interface protects __typename of the types that implement it',
      document: '{ car { __typename } }',
      expect: { none: SIGN_IN, ada: { data: { car: { __typename: 'Car' } } } },
    },
    {
      name: '@auth on an interface comes down to an interface that implements it',
      document: '{ deep { depth } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { deep: { depth: 1 } } } },
    },
    {
      name: '@auth on an interface comes down two steps, to __typename',
      document: '{ leaf { __typename } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { leaf: { __typename: 'Leaf' } } } },
    },
    {
      name: '@auth on an interface comes down two steps, to a field of the type alone',
      document: '{ leaf { own } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { leaf: { own: 'Leaf.own' } } } },
    },
    {
      name: 'the top of three levels is protected itself',
      document: '{ base { ... on Leaf { own } } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { base: { own: 'Leaf.own' } } } },
    },
    {
      name: 'a type with @auth behind an open interface is a field error where it turns up',
      document: '{ thing { id } }',
      expect: {
        none: { data: { thing: null }, refusedFields: [{ path: ['thing'], reason: 'no_token', byRuntimeType: true }] },
        ada: { data: { thing: { id: 'Hidden.id' } } },
      },
    },
    {
      name: 'a type with @auth behind an open interface does not tell its name',
      document: '{ thing { __typename } }',
      expect: {
        none: { data: { thing: null }, refusedFields: [{ path: ['thing'], reason: 'no_token', byRuntimeType: true }] },
        revoked: {
          data: { thing: null },
          refusedFields: [{ path: ['thing'], reason: 'revoked', byRuntimeType: true }],
        },
        outage: {
          data: { thing: null },
          refusedFields: [{ path: ['thing'], reason: 'upstream_unavailable', byRuntimeType: true }],
        },
        ada: { data: { thing: { __typename: 'Hidden' } } },
      },
    },
    {
      name: 'in a list behind an open interface each object is judged by its own type',
      document: '{ things { __typename } }',
      expect: {
        none: {
          data: { things: [{ __typename: 'Plain' }, null, null] },
          refusedFields: [
            { path: ['things', 1], reason: 'no_token', byRuntimeType: true },
            { path: ['things', 2], reason: 'no_token', byRuntimeType: true },
          ],
        },
        carl: {
          data: { things: [{ __typename: 'Plain' }, { __typename: 'Hidden' }, null] },
          refusedFields: [{ path: ['things', 2], reason: 'forbidden', byRuntimeType: true }],
        },
        ada: { data: { things: [{ __typename: 'Plain' }, { __typename: 'Hidden' }, { __typename: 'Billed' }] } },
      },
    },
    {
      name: 'what all types behind an interface ask for needs no runtime type to tell',
      document: '{ allClosed { __typename } }',
      expect: {
        none: SIGN_IN,
        carl: {
          data: { allClosed: null },
          refusedFields: [{ path: ['allClosed'], reason: 'forbidden', byRuntimeType: true }],
        },
        bob: { data: { allClosed: { __typename: 'OneClosed' } } },
      },
    },
    {
      name: 'a refused object that must not be null takes the list and the data with it',
      document: '{ solid { __typename } }',
      expect: {
        none: { data: null, refusedFields: [{ path: ['solid', 1], reason: 'no_token', byRuntimeType: true }] },
        ada: { data: { solid: [{ __typename: 'Plain' }, { __typename: 'Hidden' }] } },
      },
    },
    {
      name: 'a fragment on a type with @auth behind its interface refuses the operation',
      document: '{ thing { ... on Hidden { secret } } }',
      expect: { none: SIGN_IN, ada: { data: { thing: { secret: 'Hidden.secret' } } } },
    },
    {
      name: 'a fragment on a type with @auth refuses the operation for its __typename too',
      document: '{ thing { ... on Hidden { __typename } } }',
      expect: { none: SIGN_IN, ada: { data: { thing: { __typename: 'Hidden' } } } },
    },
    {
      name: 'a type without @auth beside protected ones is for everybody',
      document: '{ plain { __typename id } }',
      expect: { none: { data: { plain: { __typename: 'Plain', id: 'Plain.id' } }, asked: 0 } },
    },
  ],
}
