import { createSchema, createYoga } from 'graphql-yoga'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from 'hanko-session-yoga'
import { beforeAll, describe, expect, it } from 'vitest'
import { GRAPHQL_RESPONSE } from '../../test/serve.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'

const URL = 'https://app.example/api/graphql'

/** What `app/api/graphql/route.ts` exports, as Yoga's documentation has it. */
function createRoute({ hanko }: TestHanko) {
  const schema = createSchema<HankoContext>({
    typeDefs: [authTypeDefs, 'type Query { me: ID @auth } type Mutation { touch: Int @auth }'],
    resolvers: {
      Query: { me: async (_, _args, { auth }) => (await auth.requireSession()).userId },
      Mutation: { touch: () => 1 },
    },
  })
  const { handleRequest } = createYoga({
    schema: withAuth(schema),
    plugins: [useHankoSession(hanko)],
    graphqlEndpoint: '/api/graphql',
    fetchAPI: { Response },
    logging: false,
  })
  return { GET: handleRequest, POST: handleRequest }
}

/** Next has a class of its own, and hands routes a Proxy that notes what they read; functions are bound to the request. */
class NextRequest extends Request {
  readonly cookies = new Map<string, string>()
}
const toNextRequest = (init: RequestInit, url = URL): Request =>
  new Proxy(new NextRequest(url, init), {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
const toPost = (query: string, headers: Record<string, string>): Request =>
  toNextRequest({
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: GRAPHQL_RESPONSE, host: 'app.example', ...headers },
    body: JSON.stringify({ query }),
  })

describe('a route of the Next app router', () => {
  let test: TestHanko
  let route: ReturnType<typeof createRoute>
  beforeAll(async () => {
    test = await startHanko()
    route = createRoute(test)
  })
  const context = (): object => ({ params: Promise.resolve({}) })

  it('answers a session by its cookie, by GET and by POST, for one call to Hanko each', async () => {
    const { cookie, userId } = test.ada
    const url = `${URL}?query={me}`
    const answers = [
      await route.GET(toNextRequest({ headers: { cookie, accept: GRAPHQL_RESPONSE } }, url), context()),
      await route.POST(toPost('{ me }', { cookie }), context()),
    ]
    for (const answer of answers) {
      expect(answer).toBeInstanceOf(Response)
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
      expect(await answer.json()).toEqual({ data: { me: userId } })
    }
    expect(test.asked()).toBe(2)
  })

  it('refuses others with their status, and a mutation from another site', async () => {
    const foreign = { cookie: test.ada.cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const own = { cookie: test.ada.cookie, origin: 'https://app.example', 'sec-fetch-site': 'same-origin' }
    const statusOf = async (query: string, headers: Record<string, string>): Promise<number> =>
      (await route.POST(toPost(query, headers), context())).status
    expect(await statusOf('{ me }', {})).toBe(401)
    expect(await statusOf('mutation { touch }', foreign)).toBe(403)
    expect(await statusOf('mutation { touch }', own)).toBe(200)
  })
})
