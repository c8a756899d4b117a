import type { Suite } from '../suite.ts'

const SIGN_IN = { refused: 'no_token' } as const
const LIST = { data: { list: ['Query.list'] } } as const
const SEARCH = { data: { search: ['Query.search'] } } as const

export const fieldArguments: Suite = {
  name: 'arguments',
  schema: /* GraphQL */ `
    type Query {
      list(limit: Int, deleted: Boolean @auth, owner: String @auth(roles: ["staff"])): [String]
      pages(page: Int = 1 @auth): Int
      open: Open
      holder: Holder
    }
    interface Holder {
      items(all: Boolean @auth): Int
    }
    type Open implements Holder {
      items(all: Boolean): Int
      own(all: Boolean @auth(scopes: [["read"]])): Int
    }
    type Mutation {
      remove(force: Boolean @auth(roles: ["admin"])): Boolean
    }
  `,
  gives: { 'Query.holder': 'Open' },
  questions: [
    {
      name: 'an argument with @auth that is not given asks for nothing',
      document: '{ list(limit: 3) }',
      expect: { none: { ...LIST, asked: 0 } },
    },
    {
      name: 'an argument with @auth counts when it is given',
      document: '{ list(deleted: true) }',
      expect: {
        none: SIGN_IN,
        carl: LIST,
        revoked: { refused: 'revoked' },
        outage: { refused: 'upstream_unavailable' },
      },
    },
    {
      name: 'an argument with @auth counts whatever its value',
      document: '{ list(deleted: false) }',
      expect: { none: SIGN_IN, carl: LIST },
    },
    {
      name: 'an argument with @auth counts when it is given as null',
      document: '{ list(deleted: null) }',
      expect: { none: SIGN_IN, carl: LIST },
    },
    {
      name: 'an argument with @auth counts when it is given the value of its default',
      document: '{ pages(page: 1) }',
      expect: { none: SIGN_IN, carl: { data: { pages: 1 } } },
    },
    {
      name: 'an argument with @auth and a default in the schema is not given by its default',
      document: '{ pages }',
      expect: { none: { data: { pages: 1 } } },
    },
    {
      name: 'an argument with @auth counts when a variable gives it',
      document: 'query ($deleted: Boolean) { list(deleted: $deleted) }',
      variables: { deleted: true },
      expect: { none: SIGN_IN, carl: LIST },
    },
    {
      name: 'an argument with @auth counts when a variable gives null',
      document: 'query ($deleted: Boolean) { list(deleted: $deleted) }',
      variables: { deleted: null },
      expect: { none: SIGN_IN, carl: LIST },
    },
    {
      name: 'an argument with @auth is not given by a variable that is not given',
      document: 'query ($deleted: Boolean) { list(deleted: $deleted) }',
      expect: { none: LIST },
    },
    {
      name: 'an argument with @auth counts when the default of a variable gives it',
      document: 'query ($deleted: Boolean = true) { list(deleted: $deleted) }',
      expect: { none: SIGN_IN, carl: LIST },
    },
    {
      name: 'the rules of all given arguments are asked together',
      document: '{ list(deleted: true, owner: "ada") }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: LIST },
    },
    {
      name: 'one of two aliases with the argument refuses the operation',
      document: '{ a: list(limit: 1) b: list(owner: "ada") }',
      expect: {
        none: SIGN_IN,
        carl: { refused: 'forbidden' },
        bob: { data: { a: ['Query.list'], b: ['Query.list'] } },
      },
    },
    {
      name: 'an argument with @auth on a field of an interface counts on the type that implements it',
      document: '{ open { items(all: true) } }',
      expect: { none: SIGN_IN, carl: { data: { open: { items: 1 } } } },
    },
    {
      name: 'an argument with @auth on a field of an interface counts there',
      document: '{ holder { items(all: true) } }',
      expect: { none: SIGN_IN, carl: { data: { holder: { items: 1 } } } },
    },
    {
      name: 'without the argument that field is for everybody',
      document: '{ holder { items } open { items own } }',
      expect: { none: { data: { holder: { items: 1 }, open: { items: 1, own: 1 } } } },
    },
    {
      name: 'an argument with scopes is refused to a session without them',
      document: '{ open { own(all: true) } }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { open: { own: 1 } } } },
    },
    {
      name: 'a mutation has no side effect for those who may not give the argument',
      document: 'mutation { remove(force: true) }',
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: { data: { remove: true } } },
    },
    {
      name: 'the same mutation without the argument is for everybody',
      document: 'mutation { remove }',
      expect: { none: { data: { remove: true } } },
    },
  ],
}

export const inputFields: Suite = {
  name: 'fields of inputs',
  schema: /* GraphQL */ `
    type Query {
      search(filter: Filter, filters: [Filter!], byDefault: Filter = { text: "x" }): [String]
    }
    input Filter {
      text: String
      deleted: Boolean @auth
      owner: String @auth(roles: ["staff"])
      and: [Filter!]
      range: Range
      page: Page
    }
    input Page {
      size: Int = 10 @auth
      first: Int
    }
    input Range {
      from: Int
      to: Int
    }
    extend input Range {
      exact: Boolean @auth(roles: ["admin"])
    }
    type Mutation {
      change(by: Filter!): Boolean
    }
  `,
  questions: [
    {
      name: 'fields with @auth that are not given ask for nothing',
      document: '{ search(filter: { text: "a", range: { from: 1 } }) }',
      expect: { none: { ...SEARCH, asked: 0 } },
    },
    {
      name: 'a field with @auth counts when it is given',
      document: '{ search(filter: { deleted: true }) }',
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a field with @auth counts when it is given as null',
      document: '{ search(filter: { deleted: null }) }',
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a field with @auth counts when it is given the value of its default',
      document: '{ search(filter: { page: { size: 10 } }) }',
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a field with @auth and a default in the schema is not given by its default',
      document: '{ search(filter: { page: { first: 1 } }) }',
      expect: { none: SEARCH },
    },
    {
      name: 'a field with @auth counts deep in a literal',
      document: '{ search(filter: { and: [{ text: "a" }, { and: [{ owner: "ada" }] }] }) }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: SEARCH },
    },
    {
      name: 'a field with @auth counts where one object stands for a list',
      document: '{ search(filter: { and: { deleted: true } }) }',
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a field with @auth counts in a list of inputs',
      document: '{ search(filters: [{ text: "a" }, { deleted: true }]) }',
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a field with @auth counts in one input that stands for a list of them',
      document: '{ search(filters: { owner: "ada" }) }',
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: SEARCH },
    },
    {
      name: 'a field with @auth that an extension adds counts',
      document: '{ search(filter: { range: { exact: true } }) }',
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: SEARCH },
    },
    {
      name: 'a variable in the place of a field gives it',
      document: 'query ($deleted: Boolean) { search(filter: { deleted: $deleted }) }',
      variables: { deleted: false },
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a variable that is not given does not give the field',
      document: 'query ($deleted: Boolean) { search(filter: { text: "a", deleted: $deleted }) }',
      expect: { none: SEARCH },
    },
    {
      name: 'the default of a variable gives the field',
      document: 'query ($deleted: Boolean = true) { search(filter: { deleted: $deleted }) }',
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a variable of an input type gives what it holds',
      document: 'query ($filter: Filter) { search(filter: $filter) }',
      variables: { filter: { owner: 'ada' } },
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: SEARCH },
    },
    {
      name: 'a variable of an input type gives no more than it holds',
      document: 'query ($filter: Filter) { search(filter: $filter) }',
      variables: { filter: { text: 'a', and: [{ text: 'b' }] } },
      expect: { none: SEARCH },
    },
    {
      name: 'a variable of an input type is looked at all the way down',
      document: 'query ($filter: Filter) { search(filter: $filter) }',
      variables: { filter: { and: [{ text: 'a' }, { and: [{ range: { exact: false } }] }] } },
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: SEARCH },
    },
    {
      name: 'one object in a variable stands for a list',
      document: 'query ($filter: Filter) { search(filter: $filter) }',
      variables: { filter: { and: { deleted: true } } },
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a variable that is a list of inputs is looked at one by one',
      document: 'query ($filters: [Filter!]) { search(filters: $filters) }',
      variables: { filters: [{ text: 'a' }, { deleted: true }] },
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'a variable inside a list literal is looked at',
      document: 'query ($one: Filter!) { search(filters: [{ text: "a" }, $one]) }',
      variables: { one: { owner: 'ada' } },
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: SEARCH },
    },
    {
      name: 'a variable inside an object literal is looked at',
      document: 'query ($range: Range) { search(filter: { range: $range }) }',
      variables: { range: { exact: true } },
      expect: { none: SIGN_IN, bob: { refused: 'forbidden' }, ada: SEARCH },
    },
    {
      name: 'the default of a variable of an input type is looked at',
      document: 'query ($filter: Filter = { and: [{ deleted: true }] }) { search(filter: $filter) }',
      expect: { none: SIGN_IN, carl: SEARCH },
    },
    {
      name: 'the default of a variable that is given does not count',
      document: 'query ($filter: Filter = { deleted: true }) { search(filter: $filter) }',
      variables: { filter: { text: 'a' } },
      expect: { none: SEARCH },
    },
    {
      name: 'a mutation has no side effect for those who may not give a field',
      document: 'mutation ($by: Filter!) { change(by: $by) }',
      variables: { by: { text: 'a', owner: 'ada' } },
      expect: { none: SIGN_IN, carl: { refused: 'forbidden' }, bob: { data: { change: true } } },
    },
  ],
}
