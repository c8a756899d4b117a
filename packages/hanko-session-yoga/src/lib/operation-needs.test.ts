import { buildSchema, getOperationAST, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { authTypeDefs } from './auth-directive.ts'
import { readAuthRules } from './auth-rules.ts'
import { createOperationNeeds } from './operation-needs.ts'

const schema = buildSchema(
  `${authTypeDefs}
  type Query { open: Open hello: String secret: String @auth user: User node: Node either: Either memo: Memo doc: Doc }
  type Open { id: ID secret: String @auth open: Open }
  type User @auth { id: ID }
  interface Node { id: ID owner: User }
  interface Named { name: String }
  type Doc implements Node & Named { id: ID owner: User name: String @auth }
  type Memo implements Named { name: String }
  union Either = Open | Doc
  type Mutation @auth { ping: Boolean }`,
)
const needs = createOperationNeeds(schema, readAuthRules(schema))

/** The protected field that is asked for, as text. */
function find(text: string, variables?: Record<string, unknown>, operationName?: string): string | undefined {
  const document = parse(text)
  const [found] = needs.find(document, getOperationAST(document, operationName)!, variables)
  return found && print(found.node)
}

describe('find', () => {
  it.each([
    ['a public field', '{ hello open { id open { id } } }'],
    ['__typename and introspection', '{ __typename __schema { types { name } } __type(name: "User") { name } }'],
    ['a fragment that is not used', '{ hello ...A } fragment A on Query { hello } fragment B on Query { secret }'],
    [
      'a literal @skip',
      '{ hello secret @skip(if: true) ... @include(if: false) { secret } ...A @skip(if: true) } fragment A on Query { secret }',
    ],
    ['an operation that validation refuses', '{ nothing ...A ...Gone } fragment A on Nowhere { secret }'],
  ])('needs no session for %s', (_title, text) => {
    expect(find(text)).toBeUndefined()
  })

  it.each([
    ['a field', '{ hello secret }', 'secret'],
    ['an alias', '{ hello: secret }', 'hello: secret'],
    ['a type, by the field that returns it', '{ user { __typename } }', 'user {\n  __typename\n}'],
    ['a field deep down', '{ open { open { secret } } }', 'secret'],
    ['a fragment', '{ ...A } fragment A on Query { ...B } fragment B on Query { secret }', 'secret'],
    ['an inline fragment', '{ ... { ... on Query { secret } } }', 'secret'],
    ['a field of an interface that returns a protected type', '{ node { owner { id } } }', 'owner {\n  id\n}'],
    [
      'a fragment on an interface, by the object that it is on the second time',
      '{ memo { ...N } doc { ...N } } fragment N on Named { name }',
      'name',
    ],
    ['a member of a union', '{ either { __typename ... on Open { secret } } }', 'secret'],
    ['__typename of a protected root', 'mutation { __typename }', '__typename'],
    ['the first of several', '{ a: secret b: secret }', 'a: secret'],
    [
      'a fragment that asks for itself',
      '{ ...A } fragment A on Query { open { ...B } ...A } fragment B on Open { open { ...B } secret }',
      'secret',
    ],
  ])('needs a session for %s', (_title, text, field) => {
    expect(find(text)).toBe(field)
  })

  it('looks at one operation of several', () => {
    const text = 'query A { hello } query B { secret } mutation C { ping }'
    expect(find(text, {}, 'A')).toBeUndefined()
    expect(find(text, {}, 'B')).toBe('secret')
    expect(find(text, {}, 'C')).toBe('ping')
  })
})

/** Where a condition can stand; each protects one `secret`. */
const PLACES = {
  'a field': (directive: string) => `hello secret ${directive}`,
  'a parent': (directive: string) => `hello open ${directive} { secret }`,
  'an inline fragment': (directive: string) => `hello ... ${directive} { secret }`,
  'a spread': (directive: string) => `hello ...A ${directive}`,
  'a spread inside a fragment': (directive: string) => `hello ...B } fragment B on Query { ...A ${directive}`,
}

describe.each(Object.entries(PLACES))('G11 a condition on %s', (_place, selections) => {
  const ask = (definition: string, directive: string, variables?: Record<string, unknown>): boolean =>
    find(`query (${definition}) { ${selections(directive)} } fragment A on Query { secret }`, variables) !== undefined

  it.each([
    ['@skip', '$v: Boolean!', '@skip(if: $v)', { v: true }, false],
    ['@skip', '$v: Boolean!', '@skip(if: $v)', { v: false }, true],
    ['@include', '$v: Boolean!', '@include(if: $v)', { v: true }, true],
    ['@include', '$v: Boolean!', '@include(if: $v)', { v: false }, false],
    ['a default', '$v: Boolean! = false', '@include(if: $v)', {}, false],
    ['a default', '$v: Boolean! = true', '@include(if: $v)', {}, true],
    ['a default', '$v: Boolean! = true', '@skip(if: $v)', undefined, false],
    ['a default that is overruled', '$v: Boolean! = false', '@include(if: $v)', { v: true }, true],
    ['a default that is overruled', '$v: Boolean! = true', '@skip(if: $v)', { v: false }, true],
    // Executors refuse these as a whole; until then they count as asking.
    ['a missing variable', '$v: Boolean!', '@include(if: $v)', {}, true],
    ['null', '$v: Boolean = false', '@include(if: $v)', { v: null }, true],
    ['no boolean', '$v: Boolean!', '@skip(if: $v)', { v: 'true' }, true],
    [
      'an inherited property',
      '$v: Boolean!',
      '@include(if: $v)',
      Object.create({ v: false }) as Record<string, unknown>,
      true,
    ],
    ['both, one leaves it out', '$v: Boolean!', '@skip(if: false) @include(if: $v)', { v: false }, false],
    ['both, none leaves it out', '$v: Boolean!', '@include(if: true) @skip(if: $v)', { v: false }, true],
    ['both, of one variable', '$v: Boolean!', '@include(if: $v) @skip(if: $v)', { v: true }, false],
  ])('%s: %s %s with %o', (_title, definition, directive, variables, asked) => {
    expect(ask(definition, directive, variables)).toBe(asked)
  })
})

describe('find, remembered', () => {
  it('decides by the variables of each request, not by those of the first', () => {
    const document = parse('query ($v: Boolean!) { secret @include(if: $v) }')
    const operation = getOperationAST(document)!
    const asked = [true, false, true].map((v) => needs.find(document, operation, { v }).length > 0)
    expect(asked).toEqual([true, false, true])
  })

  it('does linear work for fragments that spread each other twice', () => {
    const depth = 200
    const fragments = Array.from(
      { length: depth },
      (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} @skip(if: $v) }`,
    )
    const text = `query ($v: Boolean!) { ...F0 } ${fragments.join(' ')} fragment F${depth} on Query { secret @include(if: $v) }`
    expect(find(text, { v: false })).toBeUndefined()
    expect(find(text, { v: true })).toBe('secret @include(if: $v)')
  })
})

describe('find, against a document made to be slow', () => {
  it('looks each variable up once per request, however many conditions there are', () => {
    const names = Array.from({ length: 300 }, (_, index) => `v${index}`)
    const document = parse(
      `query (${names.map((name) => `$${name}: Boolean = true`).join(' ')}) {
        ${names.map((name) => `${name}: secret @skip(if: $${name})`).join(' ')}
      }`,
    )
    const operation = getOperationAST(document)!
    let looks = 0
    const variableDefinitions = operation.variableDefinitions!.map((definition) => ({
      ...definition,
      get variable() {
        looks++
        return definition.variable
      },
    }))
    expect(needs.find(document, { ...operation, variableDefinitions }, {})).toEqual([])
    expect(looks).toBe(names.length)
  })
})
