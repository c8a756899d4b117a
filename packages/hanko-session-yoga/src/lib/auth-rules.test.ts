import { buildSchema, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { createSessionValidator } from 'hanko-session'
import { describe, expect, it } from 'vitest'
import { authTypeDefs } from './auth-directive.ts'
import { readAuthRules } from './auth-rules.ts'
import { useHankoSession } from './use-hanko-session.ts'
import { withAuth } from './with-auth.ts'

const hanko = createSessionValidator({ apiUrl: 'http://localhost:1' })

/** As schema builders make it that do not validate what directives stand where. */
const build = (sdl: string): GraphQLSchema => buildSchema(sdl, { assumeValidSDL: true })

const REST = 'type Query { hello: String }'

describe('readAuthRules', () => {
  it.each([
    ['an interface', `interface Node @auth { id: ID } ${REST}`, '- Node: @auth on an interface'],
    ['a field of an interface', `interface Node { id: ID @auth } ${REST}`, '- Node.id: @auth on an interface field'],
    ['a union', `union U @auth = Query ${REST}`, '- U: @auth on a union'],
    ['an enum', `enum E @auth { A } ${REST}`, '- E: @auth on an enum is'],
    ['an enum value', `enum E { A @auth } ${REST}`, '- E.A: @auth on an enum value'],
    ['a scalar', `scalar S @auth ${REST}`, '- S: @auth on a scalar'],
    ['an argument', 'type Query { hello(name: String @auth): String }', '- Query.hello(name:): @auth on an argument'],
    [
      'an argument of an interface',
      `interface Node { id(a: Int @auth): ID } ${REST}`,
      '- Node.id(a:): @auth on an argument',
    ],
    ['an argument of a directive', `directive @d(a: Int @auth) on FIELD ${REST}`, '- @d(a:): @auth on an argument'],
    ['an input object', `input I @auth { a: Int } ${REST}`, '- I: @auth on an input object'],
    ['an input field', `input I { a: Int @auth } ${REST}`, '- I.a: @auth on an input field'],
    ['the schema', `schema @auth { query: Query } ${REST}`, '- schema: @auth on a schema'],
    [
      'an extension of the schema',
      `schema { query: Query } ${REST} extend schema @auth`,
      '- schema: @auth on a schema',
    ],
    [
      'an extension of an interface',
      `interface Node { id: ID } ${REST} extend interface Node @auth`,
      '- Node: @auth on an interface',
    ],
    ['an extension of an enum', `enum E { A } ${REST} extend enum E { B @auth }`, '- E.B: @auth on an enum value'],
    [
      'a type behind an interface',
      `interface Node { id: ID } type A implements Node @auth { id: ID } ${REST}`,
      '- A: @auth on a type that implements an interface (Node)',
    ],
    ['a member of a union', `type A @auth { id: ID } union U = A ${REST}`, '- A: @auth on a member of a union (U)'],
    [
      'a field, with arguments',
      'type Query { hello: String @auth(roles: ["x"]) }',
      '- Query.hello: arguments of @auth',
    ],
    ['a type, with arguments', 'type Query @auth(a: 1) { hello: String }', '- Query: arguments of @auth'],
    [
      'one of two uses, with arguments',
      'type Query @auth { hello: String } extend type Query @auth(a: 1)',
      '- Query: arguments of @auth',
    ],
  ])('G19 refuses @auth on %s', (_title, sdl, line) => {
    expect(() => withAuth(build(sdl))).toThrow(TypeError)
    expect(() => withAuth(build(sdl))).toThrow(line)
    expect(() => createYoga({ schema: build(sdl), plugins: [useHankoSession(hanko)] })).toThrow(line)
  })

  it.each([
    ['@Auth', 'type Query { hello: String @Auth }', '- Query.hello: @Auth is not @auth'],
    ['@AUTH', 'type Query @AUTH { hello: String }', '- Query: @AUTH is not @auth'],
    ['@Auth beside @auth', 'type Query { hello: String @auth @Auth }', '- Query.hello: @Auth is not @auth'],
    [
      '@auth under another name',
      `extend schema @link(url: "https://hanko.example", import: ["@key", { name: "@auth", as: "@secured" }]) ${REST}`,
      '- schema: @link renames @auth to @secured',
    ],
    [
      '@auth of somebody else, with arguments',
      `directive @auth(role: String = "admin") on OBJECT ${REST}`,
      '- @auth(role:): arguments of @auth',
    ],
  ])('G20 refuses %s', (_title, sdl, line) => {
    expect(() => withAuth(build(sdl))).toThrow(line)
  })

  it('names every place at once', () => {
    const sdl = `scalar S @auth enum E { A @auth } ${REST}`
    expect(() => withAuth(build(sdl))).toThrow(/- S: .*\n- E\.A: /)
  })

  it('leaves mistakes that graphql sees to graphql', () => {
    expect(() => createSchema({ typeDefs: [authTypeDefs, 'type Query { hello(a: Int @auth): String }'] })).toThrow(
      '@auth',
    )
    expect(() => createSchema({ typeDefs: [authTypeDefs, 'type Query { hello: String @Auth }'] })).toThrow('@Auth')
  })

  it('reads directives that code-first builders keep in extensions', () => {
    const hello = (directives: unknown): GraphQLSchema =>
      new GraphQLSchema({
        query: new GraphQLObjectType({
          name: 'Query',
          fields: { hello: { type: GraphQLString, extensions: { directives } } },
        }),
      })
    const isProtected = (schema: GraphQLSchema): boolean =>
      readAuthRules(schema).isProtectedField('Query', schema.getQueryType()!.getFields()['hello']!)
    expect(isProtected(hello({ auth: {} }))).toBe(true)
    expect(isProtected(hello({ auth: [{}] }))).toBe(true)
    expect(isProtected(hello([{ name: 'auth', args: {} }]))).toBe(true)
    expect(isProtected(hello({ other: {} }))).toBe(false)
    expect(() => readAuthRules(hello({ auth: { roles: ['x'] } }))).toThrow('- Query.hello: arguments')
    expect(() => readAuthRules(hello([{ name: 'Auth' }]))).toThrow('- Query.hello: @Auth')
  })
})

describe('a schema without its guards', () => {
  const sdl = [
    authTypeDefs,
    'type Query { hello: String @auth me: User } type User @auth { id: ID } type Subscription { feed: Int @auth }',
  ]
  const create = (schema: GraphQLSchema) => createYoga({ schema, plugins: [useHankoSession(hanko)], logging: false })

  it('is refused at start-up, by coordinate', () => {
    expect(() => create(createSchema({ typeDefs: sdl }))).toThrow(
      '@auth is not enforced on Query.hello, Query.me, User.id, Subscription.feed',
    )
  })

  it.each(['resolve', 'subscribe'] as const)('is refused when one %s was replaced later', (name) => {
    const schema = withAuth(createSchema({ typeDefs: sdl }))
    expect(() => create(schema)).not.toThrow()
    schema.getSubscriptionType()!.getFields()['feed']![name] = () => 1
    expect(() => create(schema)).toThrow('@auth is not enforced on Subscription.feed.')
  })

  it('is refused on each request when it comes later than start-up', async () => {
    const schema = createSchema({ typeDefs: sdl, resolvers: { Query: { hello: () => expect.fail('it ran') } } })
    const yoga = createYoga({ schema: async () => schema, plugins: [useHankoSession(hanko)], logging: false })
    for (const query of ['{hello}', '{__typename}']) {
      const response = await yoga.fetch(`http://localhost/graphql?query=${query}`, {
        headers: { accept: 'application/graphql-response+json' },
      })
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({ errors: [{ message: 'Unexpected error.' }] })
    }
  })
})
