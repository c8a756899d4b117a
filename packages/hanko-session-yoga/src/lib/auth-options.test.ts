import { describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startRulesHanko } from '../../test/rules-hanko.ts'

const test = await startRulesHanko()
const { eve } = test

describe("default: 'protected'", () => {
  const sdl = /* GraphQL */ `
    type Query {
      plain: Int
      open: Int @public
      page: Page @public
      openPage: OpenPage @public
      node: Node @public
    }
    interface Node {
      title: String
    }
    type Page {
      title: String
    }
    type OpenPage implements Node @public {
      title: String
      secret: Int @auth
    }
  `
  const resolvers = {
    Query: { page: () => ({}), openPage: () => ({ title: 't' }), node: () => ({ __typename: 'OpenPage' }) },
  }

  it('closes what says nothing, and leaves introspection open', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth: { default: 'protected' }, resolvers })
    for (const query of ['{ plain }', '{ page { title } }', '{ openPage { title secret } }'])
      expect([codeOf(await app.ask(query)), app.ran]).toEqual([[401, 'no_token'], []])
    for (const query of [
      '{ open }',
      '{ page { __typename } }',
      '{ openPage { title } }',
      '{ node { title } }',
      '{ __schema { types { name } } }',
    ])
      expect(codeOf(await app.ask(query))).toEqual([200])
    expect(codeOf(await app.ask('{ plain page { title } }', eve))).toEqual([200])
  })
})

describe('withAuth and useHankoSession', () => {
  it('know the policies that they were given, whatever becomes of the list', async () => {
    const policies = { owner: () => false }
    const app = await createCountedApp(test.hanko, 'type Query { a: Int @auth(policy: "owner") }', {
      auth: { policies },
    })
    policies.owner = () => true
    expect(codeOf(await app.ask('{ a }', eve))).toEqual([403, 'forbidden'])
  })

  it.each([
    [{ default: 'closed' }, 'default'],
    [{ roles: ['admin'] }, 'roles'],
    [{ policies: { a: true } }, 'policies.a'],
    [{ allowAdminSessions: 1 }, 'allowAdminSessions'],
  ])('refuse %j', async (options, named) => {
    await expect(createCountedApp(test.hanko, 'type Query { a: Int }', { auth: options as never })).rejects.toThrow(
      named,
    )
  })

  it.each([{ partial: 'yes' }, { reportOnly: 1 }])('refuse %j', async (options) => {
    await expect(createCountedApp(test.hanko, 'type Query { a: Int }', { session: options as never })).rejects.toThrow(
      Object.keys(options)[0],
    )
  })
})
