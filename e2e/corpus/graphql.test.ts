import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import { MapperKind, mapSchema } from '@graphql-tools/utils'
import SchemaBuilder from '@pothos/core'
import { buildSchema, extendSchema, type GraphQLResolveInfo, parse } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { SignedIn } from 'hanko-session/testing'
import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
import { sessionCacheKey } from 'hanko-session-yoga/response-cache'
import { authSurface } from 'hanko-session-yoga/surface'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../packages/hanko-session-yoga/test/counted-app.ts'
import { createFeedApp } from '../../packages/hanko-session-yoga/test/feed-app.ts'
import { post, type Servable, WAYS } from '../../packages/hanko-session-yoga/test/serve.ts'
import { startHanko, type TestHanko } from '../../packages/hanko-session-yoga/test/start-hanko.ts'
import { openSocket, serveWebSocket } from '../../packages/hanko-session-yoga/test/web-socket.ts'
import { titleOf } from './corpus.ts'

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)

const SDL = /* GraphQL */ `
  type Query {
    hello: String
    secret: String @auth
    users: [User!]!
    node: Node
    guardedNode: Guarded
    thing: Guarded2
    u: U
    box: Box
    list: [Box!]!
  }
  type User @auth {
    id: ID
  }
  interface Node {
    id: ID
    secret: String
    atInterface: String @auth
  }
  type Doc implements Node {
    id: ID
    secret: String @auth
    atInterface: String
  }
  type Open implements Node {
    id: ID
    secret: String
    atInterface: String
  }
  interface Guarded @auth {
    id: ID
  }
  type Guarded2 implements Guarded {
    id: ID
  }
  union U = Open | User
  type Box {
    x: Int
    secret: String @auth
    must: String! @auth
  }
  type Mutation {
    rename: User
    touch: Boolean @auth
  }
`
const resolvers = {
  Query: {
    hello: () => 'hello',
    node: () => ({ __typename: 'Doc', id: '1' }),
    u: () => ({ __typename: 'User' }),
    box: () => ({ x: 1 }),
    list: () => [{ x: 1 }],
  },
}
/** What may run without a session, of all of it. */
const PUBLIC = /^(?:Query\.(?:hello|node|u|box|list)|Box\.x|Open\.id|Doc\.id)$/

let test: TestHanko
let eve: SignedIn
beforeAll(async () => {
  test = await startHanko()
})
beforeEach(async () => {
  eve = await test.emulator.signIn()
  test.asked()
})

const start = (options: Parameters<typeof createCountedApp>[2] = {}, sdl = SDL) =>
  createCountedApp(test.hanko, sdl, { ...(sdl.startsWith(SDL) ? { resolvers } : {}), ...options })
type App = Awaited<ReturnType<typeof start>>

/** Refused as a whole, and nothing ran at all. */
async function expectRefused(app: App, query: string, variables?: Record<string, unknown>): Promise<void> {
  const answer = await app.ask(query, undefined, variables)
  expect([query, codeOf(answer), answer.data, app.ran]).toEqual([query, [401, 'no_token'], undefined, []])
  expect(answer.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED')
}

/** Refused where it turns up; what is protected did not run. */
async function expectFieldRefused(app: App, query: string, data: unknown): Promise<void> {
  const answer = await app.ask(query)
  expect([query, codeOf(answer), answer.data]).toEqual([query, [200, 'no_token'], data])
  expect(answer.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED')
  expect(app.ran.filter((one) => !PUBLIC.test(one))).toEqual([])
}

describe('GraphQL: @auth is not walked around', () => {
  attack('G01', async () => {
    await expectFieldRefused(await start(), '{ node { id secret } }', { node: { id: '1', secret: null } })
  })
  attack('G03', async () => {
    await expectRefused(await start(), '{ node { ... on Doc { atInterface } } }')
  })
  attack('G04', async () => {
    const app = await start()
    await expectRefused(app, '{ thing { id } }')
    await expectRefused(app, '{ guardedNode { ... on Guarded2 { id } } }')
  })
  attack('G05', async () => {
    await expectRefused(await start(), '{ users { __typename } }')
  })
  attack('G06', async () => {
    await expectRefused(await start(), 'mutation { rename { __typename } }')
    const partial = await start({ session: { partial: true } })
    expect(codeOf(await partial.ask('mutation { rename { __typename } }'))).toEqual([200, 'no_token'])
    expect(partial.ran).toEqual([])
  })
  attack('G08', async () => {
    await expectFieldRefused(await start(), '{ u { __typename } }', { u: null })
  })
  attack('G09', async () => {
    const app = await start()
    const query = `{ ${Array.from({ length: 1_000 }, (_, at) => `a${at}: secret`).join(' ')} }`
    await expectRefused(app, query)
    test.asked()
    expect(codeOf(await app.ask(query, eve))).toEqual([200])
    expect([app.ran.length, test.asked()]).toEqual([1_000, 1])
  })
  attack('G10', async () => {
    const app = await start()
    const depth = 10_000
    const spreads = `{ ${'...F '.repeat(depth)} } fragment F on Query { secret }`
    await expectRefused(app, spreads)
    const doubled = Array.from({ length: 60 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)
    const began = performance.now()
    await expectRefused(app, `{ ...F0 } ${doubled.join(' ')} fragment F60 on Query { secret }`)
    expect(performance.now() - began).toBeLessThan(5_000)
    const cycle = await app.ask('{ ...A } fragment A on Query { ...B secret } fragment B on Query { ...A }')
    expect([cycle.data, cycle.errors?.[0]?.message, app.ran]).toEqual([
      undefined,
      expect.stringContaining('itself'),
      [],
    ])
  })
  attack('G11', async () => {
    const app = await start()
    const places = [
      (condition: string) => `secret ${condition}`,
      (condition: string) => `... ${condition} { secret }`,
      (condition: string) => `...F ${condition}`,
    ]
    for (const place of places) {
      const ask = (definition: string, condition: string): string =>
        `query (${definition}) { hello ${place(condition)} } ${place('').startsWith('...F') ? 'fragment F on Query { secret }' : ''}`
      await expectRefused(app, ask('$v: Boolean!', '@include(if: $v)'), { v: true })
      await expectRefused(app, ask('$v: Boolean!', '@skip(if: $v)'), { v: false })
      await expectRefused(app, ask('$v: Boolean! = true', '@include(if: $v)'))
      const skipped = await app.ask(ask('$v: Boolean!', '@skip(if: $v)'), undefined, { v: true })
      expect([codeOf(skipped), app.ran]).toEqual([[200], ['Query.hello']])
      for (const variables of [{}, { v: null }]) {
        const wrong = await app.ask(ask('$v: Boolean!', '@include(if: $v)'), undefined, variables)
        expect([wrong.data, app.ran]).toEqual([undefined, []])
      }
    }
  })
  attack('G12', async () => {
    const app = await start({ yoga: { plugins: [useDeferStream()] } })
    await expectRefused(app, '{ hello ... @defer { box { x secret } } }')
    await expectRefused(app, '{ list @stream(initialCount: 0) { x secret } }')
    const parts = await app.served.fetch(app.served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed' },
      body: JSON.stringify({ query: '{ hello ... @defer { node { id secret } u { __typename } } }' }),
    })
    app.ran.length = 0
    const text = await parts.text()
    expect(text).toContain('UNAUTHENTICATED')
    expect(text).toContain('"secret":null')
    expect(text).not.toContain('"__typename":"User"')
    expect(app.ran.filter((one) => !PUBLIC.test(one))).toEqual([])
  })
  attack('G14', async () => {
    const app = await start(
      { auth: { roles: () => [] } },
      `${SDL} extend type Query { role: Int @auth(roles: ["quietly-named"]) }`,
    )
    const query = '{ __schema { directives { name args { name defaultValue } } types { name fields { name } } } }'
    const { data } = await app.ask(query)
    expect(JSON.stringify(data)).toContain('"users"')
    expect(JSON.stringify(data)).not.toContain('quietly-named')
    const closed = await start({}, 'type Query @auth { a: Int }')
    await expectRefused(closed, '{ __schema { types { name } } }')
    await expectRefused(closed, '{ __typename }')
  })
  attack('G15', async () => {
    const app = await start({ yoga: { batching: { limit: 2_000 } } })
    const queries = ['{ hello }', '{ secret }', ...Array.from({ length: 1_000 }, () => '{ users { __typename } }')]
    const response = await app.served.fetch(app.served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(queries.map((query) => ({ query }))),
    })
    const answers = (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] }[]
    expect(answers[0]).toEqual({ data: { hello: 'hello' } })
    expect(answers.slice(1).map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(
      Array(1_001).fill('UNAUTHENTICATED'),
    )
    expect(app.ran).toEqual(['Query.hello'])
  })
  attack('G17', async () => {
    const known: Record<string, string> = { abc: '{ secret }' }
    const app = await start({
      yoga: { plugins: [usePersistedOperations({ getPersistedOperation: (hash) => known[hash] ?? null })] },
    })
    const ask = async (hash: string, headers: Record<string, string> = {}) => {
      app.ran.length = 0
      const response = await app.served.fetch(app.served.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }),
      })
      return [JSON.stringify(await response.json()), app.ran]
    }
    expect(await ask('abc', { authorization: eve.header })).toEqual(['{"data":{"secret":null}}', ['Query.secret']])
    expect(await ask('abc')).toEqual([expect.stringContaining('UNAUTHENTICATED'), []])
    expect(await ask('abd', { authorization: eve.header })).toEqual([expect.stringContaining('PersistedQuery'), []])
  })
  attack('G18', async () => {
    const app = await start()
    for (let round = 0; round < 3; round++) {
      expect(codeOf(await app.ask('{ secret }', eve))).toEqual([200])
      await expectRefused(app, '{ secret }')
    }
  })
})

describe('GraphQL: @auth that would not be enforced', () => {
  const build = (sdl: string) => () => withAuth(buildSchema(authTypeDefs + sdl, { assumeValidSDL: true }))

  attack('G19', async () => {
    expect(build('enum E { A @auth } type Query { a: E }')).toThrow('E.A')
    expect(build('input I @auth { a: Int } type Query { a(i: I): Int }')).toThrow('- I:')
    const app = await start(
      {},
      'type Query { a(x: Int @auth, i: I, e: E): Int } input I { y: Int @auth } enum E @auth { A }',
    )
    for (const given of ['x: 1', 'i: { y: 1 }', 'e: A']) await expectRefused(app, `{ a(${given}) }`)
    expect(codeOf(await app.ask('{ a(i: {}) }'))).toEqual([200])
  })
  attack('G20', async () => {
    expect(build('type Query { a: Int @Auth }')).toThrow('Query.a: @Auth is not @auth')
    expect(build('schema @auth { query: Query } type Query { a: Int }')).toThrow('schema: @auth')
    expect(
      build('extend schema @link(url: "x", import: [{ name: "@auth", as: "@safe" }]) type Query { a: Int @safe }'),
    ).toThrow('@link renames @auth to @safe')
    expect(build('type Query { a: Int @hanko__auth }')).toThrow('Query.a: @hanko__auth is not @auth')
  })
  attack('G21', async () => {
    const extended = extendSchema(
      buildSchema(`${authTypeDefs} type Query { a: T b: Int } type T { x: Int }`),
      parse('extend type T @auth extend type Query { c: Int @auth }'),
    )
    expect(authSurface(withAuth(extended)).coordinates).toMatchObject({
      'Query.a': 'session',
      'Query.b': 'public',
      'Query.c': 'session',
      'T.x': 'session',
    })
    const ran: string[] = []
    const builder = new SchemaBuilder<object>({})
    builder.queryType({
      fields: (t) => ({
        open: t.int({ resolve: () => 1 }),
        role: t.int({ extensions: { auth: { roles: ['admin'] } }, resolve: () => ran.push('role') }),
        mine: t.field({ type: User, resolve: () => ({}) }),
      }),
    })
    const User = builder.objectRef<object>('User').implement({
      extensions: { auth: true },
      fields: (t) => ({ id: t.id({ resolve: () => String(ran.push('User.id')) }) }),
    })
    const schema = withAuth(builder.toSchema(), { roles: () => [] })
    expect(authSurface(schema).coordinates).toEqual({
      'Query.open': 'public',
      'Query.role': 'session, roles: admin',
      'Query.mine': 'session',
      'User.id': 'session',
    })
    const served = await WAYS['yoga.fetch'](
      createYoga({ schema, plugins: [useHankoSession(test.hanko)], logging: false }),
    )
    expect(codeOf(await post(served, '{ open mine { id } }'))).toEqual([401, 'no_token'])
    expect(codeOf(await post(served, '{ role }', { headers: { authorization: eve.header } }))).toEqual([
      403,
      'forbidden',
    ])
    expect(ran).toEqual([])
  })
  attack('G22', async () => {
    const guarded = withAuth(
      buildSchema(
        `${authTypeDefs} type Query { a: Int @auth b: U } union U = T | V type T @auth { x: Int } type V { x: Int }`,
      ),
    )
    const create = (schema: typeof guarded) => () => createYoga({ schema, plugins: [useHankoSession(test.hanko)] })
    const copy = mapSchema(guarded, { [MapperKind.OBJECT_FIELD]: (config) => ({ ...config }) })
    expect(create(copy)).not.toThrow()
    expect(
      create(mapSchema(guarded, { [MapperKind.OBJECT_FIELD]: (config) => ({ ...config, resolve: () => 1 }) })),
    ).toThrow('@auth is not enforced on Query.a, T.x')
    const filtered = mapSchema(guarded, {
      [MapperKind.UNION_TYPE]: (type) => Object.assign(type, { resolveType: () => 'T' }),
    })
    expect(create(filtered)).toThrow('@auth is not enforced on U')
  })
  attack('G24', async () => {
    const app = await start(
      {
        resolvers: {
          Query: {
            around: (_root: unknown, _args: unknown, context: unknown, info: GraphQLResolveInfo) =>
              info.schema.getQueryType()!.getFields()['secret']!.resolve!({}, {}, context, info),
          },
        },
      },
      'type Query { around: String secret: String @auth }',
    )
    const answer = await app.ask('{ around }')
    expect([codeOf(answer), answer.data, app.ran]).toEqual([[200, 'no_token'], { around: null }, ['Query.around']])
  })
  attack('G26', async () => {
    const sdl = `directive @requires(fields: String!) on FIELD_DEFINITION
      type Query { user: User } type User { ssn: String @auth masked: String @requires(fields: "ssn") }`
    expect(authSurface(withAuth(buildSchema(authTypeDefs + sdl))).derived).toEqual([
      'User.masked is computed from User.ssn, which needs session',
    ])
  })
})

describe('GraphQL: how it shows', () => {
  attack('G27', async () => {
    const app = await start({ session: { partial: true } })
    await expectFieldRefused(app, '{ hello secret }', { hello: 'hello', secret: null })
    await expectFieldRefused(app, '{ hello box { x must } }', { hello: 'hello', box: null })
    await expectFieldRefused(app, '{ hello box { x secret } }', { hello: 'hello', box: { x: 1, secret: null } })
  })
  attack('G28', async () => {
    const app = await start()
    await expectRefused(app, '{ hello secret }')
    const answer = await post(app.served, '{ hello secret }', { headers: { accept: 'application/json' } })
    expect([codeOf(answer), answer.data, app.ran]).toEqual([[200, 'no_token'], undefined, []])
  })
  attack('G30', async () => {
    for (const context of [
      () => {
        throw new Error('internal: password')
      },
      async () => Promise.reject(new Error('internal: password')),
    ]) {
      const app = await start({ yoga: { context } })
      const answer = await app.ask('{ secret }', eve)
      expect([answer.status, JSON.stringify(answer.errors).includes('password'), app.ran]).toEqual([500, false, []])
    }
    let enter = (): void => {}
    const entered = new Promise<void>((resolve) => (enter = resolve))
    const hanging = await start({ yoga: { context: async () => new Promise<object>(() => enter()) } })
    void hanging.ask('{ secret }', eve)
    await entered
    expect(hanging.ran).toEqual([])
  })
  attack('G32', async () => {
    const app = await start()
    const fields = Array.from({ length: 100 }, (_, at) => `a${at}: secret`).join(' ')
    expect(codeOf(await app.ask(`{ ${fields} }`, eve))).toEqual([200])
    expect([app.ran.length, test.asked()]).toEqual([100, 1])
  })
  attack('G33', async () => {
    const app = await start()
    const form = new FormData()
    form.set('operations', JSON.stringify({ query: 'mutation { touch }' }))
    form.set('map', '{}')
    for (const body of [form, new URLSearchParams({ query: 'mutation { touch }' })]) {
      const send = (headers: Record<string, string>) =>
        app.served.fetch(app.served.url, { method: 'POST', body, headers: { cookie: eve.cookie, ...headers } })
      app.ran.length = 0
      for (const headers of [
        { origin: 'https://evil.example' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'null' },
      ]) {
        const response = await send(headers)
        expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('cross_site')])
      }
      expect(app.ran).toEqual([])
      expect((await send({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
      expect(app.ran).toEqual(['Mutation.touch'])
    }
  })
  attack('G34', async () => {
    const app = await start()
    const { errors } = await app.ask('{\n  first: node {\n    hidden: secret\n  }\n}')
    expect(errors).toMatchObject([{ path: ['first', 'hidden'], locations: [{ line: 3, column: 5 }] }])
  })
  attack('G42', async () => {
    const app = await start()
    const page = await app.served.fetch(app.served.url, { headers: { accept: 'text/html' } })
    expect([page.status, (await page.text()).includes('<html')]).toEqual([200, true])
    await expectRefused(app, '{ secret }')
  })
  attack('G43', async () => {
    const app = await start({
      yoga: { plugins: [useResponseCache({ session: sessionCacheKey(test.hanko), ttl: 60_000 })] },
    })
    const other = await test.emulator.signIn()
    for (const who of [eve, eve, other]) expect(codeOf(await app.ask('{ secret }', who))).toEqual([200])
    await test.emulator.endSession(eve.sessionId)
    expect([codeOf(await app.ask('{ secret }', eve)), app.ran]).toEqual([[401, 'revoked'], []])
    await expectRefused(app, '{ secret }')
  })
  attack('G44', async () => {
    for (const maskedErrors of [true, false]) {
      const app = await start({ yoga: { maskedErrors } })
      await expectRefused(app, '{ secret }')
      await expectFieldRefused(app, '{ u { __typename } }', { u: null })
    }
  })
})

describe('GraphQL: streams', () => {
  const CODE = '"code":"UNAUTHENTICATED"'
  async function openStream(yoga: Servable, query: string) {
    const response = await yoga.fetch(`http://localhost/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream', authorization: eve.header },
    })
    const text = response.text()
    return { text }
  }

  attack('G35', async () => {
    const quick = await startHanko({ maxStaleness: '3s' })
    eve = await quick.emulator.signIn()
    const { yoga, feed, ran } = createFeedApp(quick.hanko)
    const { text } = await openStream(yoga, 'subscription { feed }')
    await expect.poll(feed.listening).toBe(1)
    const began = performance.now()
    await quick.emulator.endSession(eve.sessionId)
    expect(await text).toContain(CODE)
    expect(performance.now() - began).toBeLessThan(4_000)
    feed.push(1)
    expect([ran, (await text).includes('"feed":1')]).toEqual([['subscribe feed'], false])
  })
  attack('G36', async () => {
    const { yoga, feed, ran } = createFeedApp(test.hanko)
    const server = await serveWebSocket(yoga, { initTimeout: 200 })
    const late = await openSocket(server.url)
    expect((await late.closed).code).toBe(4408)
    const without = await openSocket(server.url)
    await without.init()
    expect(JSON.stringify(await without.ask('1', 'subscription { feed }'))).toContain(CODE)
    without.send({ type: 'connection_init' })
    expect((await without.closed).code).toBe(4429)
    const client = await openSocket(server.url)
    await client.init({ authorization: eve.header })
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { feed }' } })
    await expect.poll(feed.listening).toBe(1)
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(JSON.stringify(await client.read())).toContain(CODE)
    expect((await client.closed).code).toBe(4401)
    feed.push(1)
    expect(ran).toEqual(['subscribe feed'])
    await server.close()
  })
  attack('G37', async () => {
    const { yoga, feed, ran } = createFeedApp(test.hanko)
    const { text } = await openStream(yoga, 'subscription { feed }')
    await expect.poll(feed.listening).toBe(1)
    const began = performance.now()
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await text).toContain(CODE)
    expect(performance.now() - began).toBeLessThan(1_000)
    feed.push(1)
    expect(ran).toEqual(['subscribe feed'])
  })
  attack('G38', async () => {
    const { yoga, ran } = createFeedApp(test.hanko)
    const server = await serveWebSocket(yoga)
    const client = await openSocket(server.url)
    await client.init({ authorization: eve.header })
    expect(await client.ask('1', '{ secret }')).toEqual({ data: { secret: 'secret' } })
    await test.emulator.endSession(eve.sessionId)
    expect(JSON.stringify(await client.ask('2', 'subscription { feed }'))).toContain(CODE)
    expect(JSON.stringify(await client.ask('3', '{ secret }'))).toContain(CODE)
    expect(ran).toEqual([])
    await server.close()
  })
  attack('G41', async () => {
    let roles: string[] = []
    const { yoga, feed, ran } = createFeedApp(test.hanko, { roles: () => roles })
    const refused = await openStream(yoga, 'subscription { role }')
    expect(await refused.text).toContain('"code":"FORBIDDEN"')
    expect(ran).toEqual([])
    roles = ['admin']
    const { text } = await openStream(yoga, 'subscription { role }')
    await expect.poll(feed.listening).toBe(1)
    feed.push(1)
    await expect.poll(() => ran).toContain('role 1')
    roles = []
    feed.push(2)
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await text).toContain(CODE)
    expect(ran).toEqual(['subscribe role', 'role 1'])
  })
})
