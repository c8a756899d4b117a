import { beforeEach, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startRulesHanko } from '../../test/rules-hanko.ts'

const test = await startRulesHanko()
const { admin, eve, auth, calls } = test
beforeEach(test.reset)

describe('what turns up', () => {
  const sdl = /* GraphQL */ `
    type Query {
      u: U
      us: [U]
      strict: [U!]
      node: Node
      nodes: [Node]
      all: All
    }
    union U = Open | Secret | Admin
    union All = Secret | Admin
    interface Node {
      x: Int
    }
    type Open implements Node {
      x: Int
    }
    type Secret implements Node @auth {
      x: Int
    }
    type Admin implements Node @auth(roles: "admin") {
      x: Int
    }
  `
  const list = () => [{ __typename: 'Open' }, { __typename: 'Secret' }, { __typename: 'Admin' }]
  const resolvers = {
    Query: {
      u: () => list()[1],
      us: list,
      strict: list,
      node: () => list()[1],
      nodes: async () => list().map(async (item) => item),
      all: () => list()[1],
    },
  }

  it.each([
    ['{ u { __typename } }', { u: null }, [['u']]],
    ['{ node { x } }', { node: null }, [['node']]],
    [
      '{ us { __typename } }',
      { us: [{ __typename: 'Open' }, null, null] },
      [
        ['us', 1],
        ['us', 2],
      ],
    ],
    [
      '{ nodes { __typename } }',
      { nodes: [{ __typename: 'Open' }, null, null] },
      [
        ['nodes', 1],
        ['nodes', 2],
      ],
    ],
    [
      '{ us { ... on Open { x } } }',
      { us: [{ x: null }, null, null] },
      [
        ['us', 1],
        ['us', 2],
      ],
    ],
  ])('is a field error where nothing else can tell: %s', async (query, data, paths) => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    const answer = await app.ask(query)
    expect([answer.status, answer.data, answer.errors?.map(({ path }) => path)]).toEqual([200, data, paths])
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } })
    expect(app.ran.filter((ran) => /Secret|Admin/.test(ran))).toEqual([])
  })

  it('bubbles as any error does, once', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    const { data, errors } = await app.ask('{ strict { __typename } }')
    expect([data, errors?.map(({ path }) => path)]).toEqual([{ strict: null }, [['strict', 1]]])
  })

  it('is judged by its own rule, for one call to Hanko', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    expect((await app.ask('{ us { __typename } nodes { x } }', eve)).data).toMatchObject({
      us: [{ __typename: 'Open' }, { __typename: 'Secret' }, null],
    })
    expect([test.asked(), calls]).toEqual([1, ['roles']])
    expect((await app.ask('{ us { __typename } }', admin)).errors).toBeUndefined()
  })

  it('is refused beforehand where a fragment asks for it, or where all that could turn up need as much', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    for (const query of ['{ u { ... on Secret { x } } }', '{ u { ... on Secret { __typename } } }']) {
      expect(codeOf(await app.ask(query))).toEqual([401, 'no_token'])
      expect(app.ran).toEqual([])
    }
  })

  it('is refused beforehand where a field needs as much on all that could turn up', async () => {
    const app = await createCountedApp(
      test.hanko,
      `type Query { some: Some }
       interface Some { open: Int closed: Int }
       type One implements Some { open: Int @auth closed: Int @auth }
       type Other implements Some { open: Int closed: Int @auth(roles: "admin") }`,
      { auth, resolvers: { Query: { some: () => ({ __typename: 'Other', open: 1 }) } } },
    )
    expect([codeOf(await app.ask('{ some { closed } }')), app.ran]).toEqual([[401, 'no_token'], []])
    expect((await app.ask('{ some { open } }')).data).toEqual({ some: { open: 1 } })
  })

  it('is found by isTypeOf as well', async () => {
    const byIsTypeOf = {
      ...resolvers,
      Secret: { __isTypeOf: (value: { is?: string }) => value.is === 'Secret' },
      Query: { u: () => ({ is: 'Secret' }) },
    }
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers: byIsTypeOf })
    expect((await app.ask('{ u { __typename } }')).data).toEqual({ u: null })
    expect((await app.ask('{ u { __typename } }', eve)).data).toEqual({ u: { __typename: 'Secret' } })
  })
})
