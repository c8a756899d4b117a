import { GraphQLScalarType, Kind } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

/** A scalar whose values are objects with nothing to be seen from outside: two of them have the same keys, none. */
const opaque = (name: string, make: (text: string) => object): GraphQLScalarType =>
  new GraphQLScalarType<object>({
    name,
    // oxlint-disable-next-line typescript/no-deprecated -- graphql 16 has no other
    parseValue: (value) => make(String(value)),
    // oxlint-disable-next-line typescript/no-deprecated -- graphql 16 has no other
    parseLiteral: (node) => make(node.kind === Kind.STRING ? node.value : ''),
  })

const sdl = /* GraphQL */ `
  scalar Opaque
  type Query implements Dated {
    at(when: Opaque = "2020-01-01" @auth): Int
    within(input: In): Int
    nested(input: In = { when: "2020-01-01", other: "x" } @auth): Int
    dated: Dated
    plain(input: Plain = { a: 1, b: 2 } @auth): Int
  }
  input Plain {
    a: Int
    b: Int
  }
  interface Dated {
    at(when: Opaque): Int
  }
  input In {
    when: Opaque = "2020-01-01" @auth
    other: String
  }
`

const VALUES: [string, (text: string) => object][] = [
  ['a Date', (text: string) => new Date(text)],
  ['a Map', (text: string) => new Map([['text', text]])],
]

it.each([
  ['{ plain(input: { a: 1 }) }', [[200, 'no_token'], 0]],
  ['{ plain(input: { a: 1, b: 2 }) }', [[200], 1]],
  ['{ within(input: null) }', [[200], 1]],
])(
  'less than a default is not that default, and null is nothing that could be protected: %s',
  async (query, expected) => {
    const app = await createCountedApp(test.hanko, sdl, { session: { partial: true } })
    expect([codeOf(await app.ask(query)), app.ran.length]).toEqual(expected)
  },
)

describe.each(VALUES)('a default that is %s', (_title, make) => {
  const ask = async (query: string, variables?: Record<string, unknown>, partial = true) => {
    const resolvers = { Opaque: opaque('Opaque', make), Query: { dated: () => ({ __typename: 'Query' }) } }
    const app = await createCountedApp(test.hanko, sdl, { resolvers, session: { partial } })
    const answer = await app.ask(query, undefined, variables)
    return [codeOf(answer), app.ran.filter((ran) => ran !== 'Query.dated').length]
  }

  it.each([
    ['at', '{ at(when: "2024-05-05") }', undefined],
    ['by a variable', 'query ($when: Opaque) { at(when: $when) }', { when: '2024-05-05' }],
    ['within an input', '{ within(input: { when: "2024-05-05" }) }', undefined],
    ['within a default', '{ nested(input: { when: "2024-05-05", other: "x" }) }', undefined],
  ])('is told from another one that is given %s', async (_where, query, variables) => {
    expect(await ask(query, variables)).toEqual([[200, 'no_token'], 0])
  })

  it('is told from one that is given through an interface, whose argument is open', async () => {
    expect(await ask('{ dated { at(when: "2024-05-05") } }', undefined, false)).toEqual([[200, 'no_token'], 0])
  })

  it.each([
    ['an argument', '{ at }'],
    ['an argument through an interface', '{ dated { at } }'],
    ['a field of an input', '{ within(input: { other: "y" }) }'],
    ['an input', '{ nested }'],
  ])('is not given by who says nothing about %s', async (_where, query) => {
    expect(await ask(query)).toEqual([[200], 1])
  })
})
