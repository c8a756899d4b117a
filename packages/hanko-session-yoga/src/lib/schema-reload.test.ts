import type { GraphQLSchema } from 'graphql'
import { createSchema, createYoga, type Plugin } from 'graphql-yoga'
import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, post, type Servable, WAYS } from '../../test/serve.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

const ran: string[] = []
const make = (sdl: string): GraphQLSchema =>
  createSchema({
    typeDefs: [authTypeDefs, sdl],
    resolvers: { Query: { a: () => ran.push('a'), b: () => ran.push('b') } },
  })
const OPEN = 'type Query { a: Int b: Int }'
const CLOSED = 'type Query { a: Int b: Int @auth }'

interface Reloading {
  readonly yoga: Servable
  reload(schema: GraphQLSchema): void
}

/** Two ways in which a server gets another schema while it runs, and what is said to who gives it one without guards. */
const WAYS_TO_RELOAD: [string, (first: GraphQLSchema) => Reloading, unknown][] = [
  [
    'found for each request',
    (first) => {
      let schema = first
      const yoga = createYoga({ schema: async () => schema, plugins: [useHankoSession(test.hanko)], logging: false })
      return { yoga, reload: (next) => void (schema = next) }
    },
    undefined,
  ],
  [
    'given by setSchema',
    (schema) => {
      let replace: (next: GraphQLSchema) => void = () => {}
      const useReload: Plugin = { onPluginInit: ({ setSchema }) => void (replace = setSchema) }
      const yoga = createYoga({ schema, plugins: [useHankoSession(test.hanko), useReload], logging: false })
      return { yoga, reload: (next) => replace(next) }
    },
    expect.stringContaining('@auth is not enforced on Query.b'),
  ],
]

describe.each(WAYS_TO_RELOAD)('a schema that is %s', (_name, serve, told) => {
  async function start(first: GraphQLSchema) {
    const { yoga, reload } = serve(first)
    const served = await WAYS['yoga.fetch'](yoga)
    const ask = (query: string, headers: Record<string, string> = {}): Promise<Answer> => {
      ran.length = 0
      return post(served, query, { headers })
    }
    /** What is said about it. */
    const give = (schema: GraphQLSchema): string | undefined => {
      try {
        reload(schema)
        return undefined
      } catch (error) {
        return String(error)
      }
    }
    return { ask, give }
  }

  it('has its own rules, for documents that are known from before as well', async () => {
    const { ask, give } = await start(withAuth(make(OPEN)))
    expect([(await ask('{ a b }')).status, ran]).toEqual([200, ['a', 'b']])
    expect(give(withAuth(make(CLOSED)))).toBeUndefined()
    expect([(await ask('{ a b }')).status, ran]).toEqual([401, []])
    expect((await ask('{ a b }', { authorization: test.ada.header })).status).toBe(200)
    expect(give(withAuth(make(OPEN)))).toBeUndefined()
    expect((await ask('{ a b }')).status).toBe(200)
  })

  it('answers nothing while it is one without its guards, and goes on with one that has them', async () => {
    const { ask, give } = await start(withAuth(make(CLOSED)))
    expect((await ask('{ a }')).status).toBe(200)
    expect(give(make(CLOSED))).toEqual(told)
    for (const query of ['{ a }', '{ b }']) {
      expect((await ask(query, { authorization: test.ada.header })).status).toBe(500)
      expect(ran).toEqual([])
    }
    expect(give(withAuth(make(CLOSED)))).toBeUndefined()
    expect([(await ask('{ a }')).status, (await ask('{ b }')).status]).toEqual([200, 401])
  })
})
