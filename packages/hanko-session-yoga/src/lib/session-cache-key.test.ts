import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { post } from '../../test/serve.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { useCachedAnswers } from '../../test/use-cached-answers.ts'
import type { HankoContext } from './hanko-context.ts'
import { sessionCacheKey } from './session-cache-key.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

describe('G43 the response cache', () => {
  const start = () =>
    createCountedApp(test.hanko, 'type Query { open: Int me: ID @auth }', {
      resolvers: { Query: { open: () => 1, me: async (_, _args, { auth }) => (await auth.requireSession()).userId } },
      yoga: { plugins: [useResponseCache({ session: sessionCacheKey(test.hanko), ttl: 60_000 })] },
    })

  it('gives what was cached for a session to that session alone', async () => {
    const app = await start()
    const [ada, eve] = [await test.emulator.signIn(), await test.emulator.signIn()]
    expect((await app.ask('{ me }', ada)).data).toEqual({ me: ada.userId })
    expect([(await app.ask('{ me }', ada)).data, app.ran]).toEqual([{ me: ada.userId }, []])
    expect((await app.ask('{ me }', eve)).data).toEqual({ me: eve.userId })
    expect(codeOf(await app.ask('{ me }'))).toEqual([401, 'no_token'])
  })

  it('marks what it answers as private, like what was cached', async () => {
    const app = await start()
    const answers = [await app.ask('{ me }', test.ada), await app.ask('{ me }', test.ada)]
    expect(app.ran).toEqual([]) // the second is out of the cache
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('private, no-store')
  })

  it('gives nothing to a session that has ended, nor while Hanko cannot be asked', async () => {
    const app = await start()
    const [ada, eve] = [await test.emulator.signIn(), await test.emulator.signIn()]
    for (const who of [ada, eve]) await app.ask('{ me }', who)
    await test.emulator.endSession(ada.sessionId)
    expect([codeOf(await app.ask('{ me }', ada)), app.ran]).toEqual([[401, 'revoked'], []])
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect([codeOf(await app.ask('{ me }', eve)), app.ran]).toEqual([[503, 'upstream_unavailable'], []])
    test.emulator.faults.clear()
  })

  it('is shared by all who are not signed in', async () => {
    const app = await start()
    await app.ask('{ open }')
    expect([(await app.ask('{ open }')).data, app.ran]).toEqual([{ open: 1 }, []])
  })

  it('shares nothing of a session that is good only when the operation runs', async () => {
    let ahead = 60_000
    const own = await startHanko({ clock: { now: () => Date.now() - ahead, monotonic: () => performance.now() } })
    const app = await createCountedApp(own.hanko, 'type Query { me: ID @auth }', {
      resolvers: { Query: { me: async (_, _args, { auth }) => (await auth.requireSession()).userId } },
      yoga: {
        plugins: [useResponseCache({ session: sessionCacheKey(own.hanko), ttl: 60_000 })],
        context: () => void (ahead = 0), // the time passes between the key and the operation
      },
    })
    expect((await app.ask('{ me }', own.ada)).data).toEqual({ me: own.ada.userId })
    expect(codeOf(await app.ask('{ me }'))).toEqual([401, 'no_token'])
  })
})

describe('the key', () => {
  beforeAll(async () => {
    test = await startHanko({ maxStaleness: '30s' })
  })
  const keyOf = (headers: Record<string, string>): Promise<string | null> =>
    sessionCacheKey(test.hanko)(new Request('http://localhost/graphql', { method: 'POST', headers }))

  it('is that of a session, and of no other of its user', async () => {
    const { userId } = test.ada
    const [one, other] = [await test.emulator.signIn({ userId }), await test.emulator.signIn({ userId })]
    expect(await keyOf({ cookie: one.cookie })).toBe(await keyOf({ authorization: one.header }))
    expect(await keyOf({ cookie: one.cookie })).not.toBe(await keyOf({ cookie: other.cookie }))
  })

  it('of a query from another site is that of the session: it is a read', async () => {
    const eve = await test.emulator.signIn()
    const headers = { cookie: eve.cookie, 'sec-fetch-site': 'cross-site' }
    const [cold, warm] = [await keyOf(headers), await keyOf(headers)]
    expect([cold, warm]).toEqual(Array(2).fill(await keyOf({ cookie: eve.cookie })))
  })

  it('of a token that is no good is never found again, by nobody', async () => {
    const headers = { authorization: 'Bearer x.y.z' }
    expect(await keyOf(headers)).not.toBe(await keyOf(headers))
    expect(await keyOf(headers)).not.toBeNull()
    expect(await keyOf({})).toBeNull()
  })
})

describe('G43 and G17: the recipe for the response cache', () => {
  beforeAll(async () => {
    test = await startHanko() // that has not been down
  })

  const known: Record<string, string> = { mine: '{ me }', users: '{ users }' }
  const sdl = /* GraphQL */ `
    type Query {
      me: ID @auth
      users: [ID!] @auth(roles: ["admin"])
      search(all: Boolean @auth(roles: ["admin"])): Int @auth
      open: Int
    }
  `

  async function start() {
    const roles: string[] = ['admin']
    const resolvers = {
      Query: {
        me: async (_: unknown, _args: unknown, { auth }: HankoContext) => (await auth.requireSession()).userId,
        users: () => [],
        search: () => 1,
        open: () => 1,
      },
    }
    const auth = { roles: () => roles }
    const { schema } = await createCountedApp(test.hanko, sdl, { resolvers, auth })
    const app = await createCountedApp(test.hanko, sdl, {
      resolvers,
      auth,
      yoga: {
        plugins: [
          usePersistedOperations({
            allowArbitraryOperations: true,
            getPersistedOperation: (hash) => known[hash] ?? null,
          }),
          useCachedAnswers(test.hanko, schema),
        ],
      },
    })
    const askFor = async (hash: string, header?: string): Promise<unknown> => {
      app.ran.length = 0
      const response = await app.served.fetch(app.served.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(header === undefined ? {} : { authorization: header }) },
        body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }),
      })
      return response.json()
    }
    return { ...app, roles, askFor }
  }

  it('keeps out what has rules over and above a session, which may change while an answer is cached', async () => {
    const app = await start()
    const ada = await test.emulator.signIn()
    for (const query of ['{ me }', '{ open }', '{ search }', '{ me users }', '{ search(all: true) }', '{ users }'])
      expect((await app.ask(query, ada)).errors).toBeUndefined()
    await app.ask('{ me }', ada)
    expect(app.ran).toEqual([])
    app.roles.length = 0
    for (const query of ['{ me users }', '{ search(all: true) }', '{ users }'])
      expect([codeOf(await app.ask(query, ada)), app.ran]).toEqual([[403, 'forbidden'], []])
  })

  it('tells nobody that an answer is still good, for it asks first whose it is', async () => {
    const app = await start()
    const ada = await test.emulator.signIn()
    const { headers } = await app.ask('{ me }', ada)
    const again = { authorization: ada.header, 'if-none-match': headers.get('etag') ?? 'none' }
    expect(again['if-none-match']).not.toBe('none')
    expect((await post(app.served, '{ me }', { headers: again })).data).toEqual({ me: ada.userId })
    await test.emulator.endSession(ada.sessionId)
    expect(codeOf(await post(app.served, '{ me }', { headers: again }))).toEqual([401, 'revoked'])
  })

  it('gives a persisted operation’s answer to the session it was cached for, and to nobody else', async () => {
    const app = await start()
    const [ada, eve] = [await test.emulator.signIn(), await test.emulator.signIn()]
    expect(await app.askFor('mine', ada.header)).toEqual({ data: { me: ada.userId } })
    expect([await app.askFor('mine', ada.header), app.ran]).toEqual([{ data: { me: ada.userId } }, []])
    expect(await app.askFor('mine', eve.header)).toEqual({ data: { me: eve.userId } })
    expect(await app.askFor('mine')).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    await test.emulator.endSession(ada.sessionId)
    expect(await app.askFor('mine', ada.header)).toMatchObject({
      errors: [{ extensions: { auth: { reason: 'revoked' } } }],
    })
    expect(app.ran).toEqual([])
  })
})
