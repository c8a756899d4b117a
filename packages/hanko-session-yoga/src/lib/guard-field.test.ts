import { execute, type ExecutionResult, type GraphQLResolveInfo, parse, subscribe } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp } from '../../test/test-app.ts'
import { authTypeDefs } from './auth-directive.ts'
import { withAuth } from './with-auth.ts'

let test: TestHanko
let app: ReturnType<typeof createTestApp>
beforeAll(async () => {
  test = await startHanko()
})
beforeEach(() => {
  app = createTestApp(test.hanko)
})

const authOf = (header?: string) =>
  test.hanko.forRequest(new Headers(header === undefined ? {} : { authorization: header }))
const run = async (query: string, contextValue: unknown): Promise<ExecutionResult> =>
  execute({ schema: app.schema, document: parse(query), contextValue })

describe('a guarded schema in an executor that knows nothing of sessions', () => {
  it.each([
    ['a field', '{ account { secret } }', 'secret'],
    ['a field that returns a protected type', '{ users { __typename } }', 'users'],
    ['a field reached through its interface', '{ nodes { secret } }', 'secret'],
    ['a mutation', 'mutation { touch }', 'touch'],
    ['a mutation that returns a protected type', 'mutation { rename(name: "x") { __typename } }', 'rename'],
  ])('refuses %s without a session, and runs nothing', async (_title, query, field) => {
    const { errors } = await run(query, { auth: authOf() })
    expect(errors?.map(({ extensions, path }) => [path?.at(-1), extensions])).toEqual([
      [field, { code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } }],
    ])
    expect(app.ran).toEqual([])
  })

  it('runs them with a session', async () => {
    const { data, errors } = await run('{ account { secret owner { id } } nodes { secret } }', {
      auth: authOf(test.ada.header),
    })
    expect(errors).toBeUndefined()
    expect(data).toEqual({ account: { secret: 'secret', owner: { id: '1' } }, nodes: [{ secret: 'secret' }] })
  })

  it('refuses to subscribe without a session', async () => {
    const document = parse('subscription { feed }')
    const result = await subscribe({ schema: app.schema, document, contextValue: { auth: authOf() } })
    expect(result).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect(app.ran).toEqual([])
  })

  it.each([
    ['no context', undefined],
    ['no auth', {}],
    ['an auth of its own', { auth: { state: async () => ({ status: 'authenticated', session: { userId: 'x' } }) } }],
    ['an auth that went through JSON', { auth: JSON.parse(JSON.stringify({ consulted: true })) as unknown }],
    ['a session or a user beside it', { session: { userId: 'x' }, user: { id: 'x' } }],
  ])('refuses everybody when the context has %s', async (_title, context) => {
    const { errors } = await run('{ extra }', context)
    expect(errors?.[0]?.message).toMatch(
      /^Query\.extra has @auth, but `auth` on the context is not what useHankoSession put there/,
    )
    expect(errors?.[0]?.extensions).toEqual({})
    expect(app.ran).toEqual([])
  })

  it('holds mutations to the origin rule, and queries not', async () => {
    const headers = { cookie: test.ada.cookie, 'sec-fetch-site': 'cross-site' }
    const context = { auth: test.hanko.forRequest(new Headers(headers)) }
    expect((await run('mutation { touch }', context)).errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
    expect(app.ran).toEqual([])
    expect((await run('{ extra }', context)).data).toEqual({ extra: 'extra' })
  })

  it('is not fooled by a copy of an auth with another answer', async () => {
    const auth = { ...authOf(), state: async () => ({ status: 'authenticated' }) }
    expect((await run('{ extra }', { auth })).errors).toHaveLength(1)
    expect(app.ran).toEqual([])
  })

  it('G24 guards a resolver that is called by hand', async () => {
    const { resolve } = app.schema.getQueryType()!.getFields()['extra']!
    const byHand = async (header: string | undefined, info: object): Promise<unknown> =>
      resolve!({}, {}, { auth: authOf(header) }, info as GraphQLResolveInfo)
    const info = { operation: { operation: 'query' } }
    await expect(byHand(undefined, info)).rejects.toThrow('Sign in to use this.')
    await expect(byHand(undefined, {})).rejects.toThrow(TypeError)
    expect(app.ran).toEqual([])
    await expect(byHand(test.ada.header, info)).resolves.toBe('extra')
  })
})

describe('withAuth', () => {
  it('gives the schema back, and adds nothing the second time', () => {
    const { resolve } = app.schema.getQueryType()!.getFields()['extra']!
    expect(withAuth(app.schema)).toBe(app.schema)
    expect(app.schema.getQueryType()!.getFields()['extra']!.resolve).toBe(resolve)
  })

  it('guards fields without a resolver of their own', async () => {
    const schema = withAuth(createSchema({ typeDefs: [authTypeDefs, 'type Query { hello: String @auth }'] }))
    const ask = async (header?: string): Promise<ExecutionResult> =>
      execute({
        schema,
        document: parse('{ hello }'),
        rootValue: { hello: 'hi' },
        contextValue: { auth: authOf(header) },
      })
    expect((await ask(test.ada.header)).data).toEqual({ hello: 'hi' })
    expect((await ask()).data).toEqual({ hello: null })
  })

  it('waits for a type that comes by a function with a `then`, as executors do', async () => {
    const typeDefs = 'type Query { u: U } union U = Open | Secret type Open { x: Int } type Secret @auth { x: Int }'
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tried
    const late = Object.assign(() => {}, { then: (resolve: (name: string) => void) => resolve('Secret') })
    const resolvers = { Query: { u: () => ({}) }, U: { __resolveType: () => late as never } }
    const schema = withAuth(createSchema({ typeDefs: [authTypeDefs, typeDefs], resolvers }))
    const { data, errors } = await execute({
      schema,
      document: parse('{ u { __typename } }'),
      contextValue: { auth: authOf() },
    })
    expect(data).toEqual({ u: null })
    expect(errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED')
  })

  it('refuses, when Yoga has no useHankoSession, with an error that only developers see', async () => {
    const logged: unknown[] = []
    const log = (...args: unknown[]): unknown => logged.push(...args)
    const yoga = createYoga({ schema: app.schema, logging: { debug() {}, info() {}, warn: log, error: log } })
    const response = await yoga.fetch('http://localhost/graphql?query={extra}', {
      headers: { authorization: test.ada.header },
    })
    expect(await response.json()).toMatchObject({ data: { extra: null }, errors: [{ message: 'Unexpected error.' }] })
    expect(String(logged[0])).toContain('Query.extra has @auth')
    expect(app.ran).toEqual([])
  })
})
