import { MapperKind, mapSchema } from '@graphql-tools/utils'
import { buildSchema, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { createSessionValidator } from 'hanko-session'
import { describe, expect, it } from 'vitest'
import { authTypeDefs } from './auth-directive.ts'
import { authSurface } from './auth-surface.ts'
import type { AuthOptions } from './auth-options.ts'
import { readAuthRules } from './auth-rules.ts'
import { useHankoSession } from './use-hanko-session.ts'
import { withAuth } from './with-auth.ts'

const hanko = createSessionValidator({ apiUrl: 'http://localhost:1' })

/** As schema builders make it that do not validate what directives stand where. */
const build = (sdl: string): GraphQLSchema => buildSchema(sdl, { assumeValidSDL: true })

const REST = 'type Query { hello: String }'

/** Of a field with these extensions, as code-first builders make it. */
function rulesOf(extensions: Record<string, unknown>) {
  const fields = { hello: { type: GraphQLString, extensions } }
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) })
  return readAuthRules(schema).ofField(schema.getQueryType()!, 'hello')
}

const needed = (extensions: Record<string, unknown>): string | undefined => rulesOf(extensions)?.key

describe('readAuthRules', () => {
  it.each([
    ['an enum value', `enum E { A @auth } ${REST}`, '- E.A: @auth protects nothing here'],
    [
      'an argument of a directive',
      `directive @d(a: Int @auth) on FIELD ${REST}`,
      '- @d(a:): @auth protects nothing here',
    ],
    [
      'an enum that documents give to a directive',
      `enum E @auth { A } directive @d(e: [E!]) on FIELD ${REST}`,
      '- E: @auth protects nothing where documents give it to @d',
    ],
    [
      'an enum that is given to fields, too',
      'enum E @auth { A } directive @d(e: E) on OBJECT | FIELD type Query { hello(e: E): String }',
      '- E: @auth protects nothing where documents give it to @d',
    ],
    [
      'a field of an input that documents give to a directive',
      `input O { i: I } input I { s: Int @auth } directive @d(o: O) on QUERY ${REST}`,
      '- I.s: @auth protects nothing where documents give it to @d',
    ],
    ['an input object', `input I @auth { a: Int } ${REST}`, '- I: @auth protects nothing here'],
    ['the schema', `schema @auth { query: Query } ${REST}`, '- schema: @auth protects nothing here'],
    [
      'an extension of the schema',
      `schema { query: Query } ${REST} extend schema @auth`,
      '- schema: @auth protects nothing here',
    ],
    ['an extension of an enum', `enum E { A } ${REST} extend enum E { B @auth }`, '- E.B: @auth protects nothing here'],
    [
      'a field, with an argument of its own',
      'type Query { hello: String @auth(a: 1) }',
      '- Query.hello: @auth has no argument a',
    ],
    [
      'one of two uses, with an argument of its own',
      'type Query @auth { hello: String } extend type Query @auth(a: 1)',
      '- Query: @auth has no argument a',
    ],
    ['an empty list of roles', 'type Query { hello: String @auth(roles: []) }', '- Query.hello: roles must be names'],
    [
      'an empty list of scopes',
      'type Query { hello: String @auth(scopes: []) }',
      '- Query.hello: scopes must be lists of names',
    ],
    [
      'an empty list in scopes',
      'type Query { hello: String @auth(scopes: [["a"], []]) }',
      '- Query.hello: scopes must be lists of names',
    ],
    [
      'a flat list of scopes, of which GraphQL would make "one of them"',
      'type Query { hello: String @auth(scopes: ["a", "b"]) }',
      '- Query.hello: scopes must be lists of names: [["a"], ["b"]] asks for one of them, [["a", "b"]] for both',
    ],
    [
      'a list of scopes that is half flat',
      'type Query { hello: String @requiresScopes(scopes: [["a"], "b"]) }',
      '- Query.hello: scopes must be lists of names',
    ],
    [
      'a flat list of policies',
      'type Query { hello: String @policy(policies: ["a", "b"]) }',
      '- Query.hello: policies must be lists of names',
    ],
    [
      'an empty list in policy',
      'type Query { hello: String @auth(policy: [[]]) }',
      '- Query.hello: policy must be lists of names',
    ],
    [
      'an empty name',
      'type Query { hello: String @auth(scopes: [[""]]) }',
      '- Query.hello: scopes must be lists of names',
    ],
    ['nothing as roles', 'type Query { hello: String @auth(roles: null) }', '- Query.hello: roles must be names'],
    [
      'an empty amr',
      'type Query { hello: String @auth(amr: []) }',
      '- Query.hello: amr must be a non-empty string or a non-empty list of them',
    ],
    [
      'a maxAge in seconds, without its unit',
      'type Query { hello: String @auth(maxAge: 900) }',
      "- Query.hello: maxAge must be at least '1s': a number is milliseconds",
    ],
    ['a bad maxAge', 'type Query { hello: String @auth(maxAge: "soon") }', '- Query.hello: maxAge must be'],
    [
      'nothing as fresh',
      'type Query { hello: String @auth(fresh: null) }',
      '- Query.hello: fresh must be true or false',
    ],
    [
      'an unknown policy',
      'type Query { hello: String @auth(policy: [["owner", "ownr"]]) }',
      '- Query.hello: withAuth has no function policies.ownr',
      { policies: { owner: () => true } },
    ],
    [
      'a policy that every object has',
      'type Query { hello: String @auth(policy: [["constructor"]]) }',
      'withAuth has no function policies.constructor',
    ],
    [
      'roles without a function',
      'type Query { hello: String @auth(roles: ["a"]) }',
      '- Query.hello: withAuth has no function roles',
    ],
    [
      'roles with a function that is undefined',
      'type Query { hello: String @auth(roles: ["a"]) }',
      '- Query.hello: withAuth has no function roles',
      { roles: undefined },
    ],
    [
      'names that are deeper than lists of lists',
      'type Query { hello: String @auth(scopes: [[["a"]]]) }',
      '- Query.hello: scopes must be lists of names',
    ],
    [
      'lists of roles, of which nobody could tell what they ask for',
      'type Query { hello: String @auth(roles: [["a", "b"]]) }',
      '- Query.hello: roles must be names',
    ],
    [
      'scopes without a function',
      'type Query { hello(a: Int @auth(scopes: "a")): String }',
      '- Query.hello(a:): withAuth has no function scopes',
    ],
    [
      "Apollo's, with an empty list",
      'type Query { hello: String @policy(policies: []) }',
      '- Query.hello: policies must be lists of names',
    ],
    [
      "Apollo's, without scopes",
      'type Query { hello: String @requiresScopes }',
      '- Query.hello: scopes must be lists of names',
    ],
    [
      "Apollo's, without policies",
      'type Query { hello: String @policy }',
      '- Query.hello: policies must be lists of names',
    ],
    [
      "Apollo's, with arguments",
      'type Query { hello: String @authenticated(scopes: "a") }',
      '- Query.hello: @authenticated has no argument scopes',
    ],
    ['@public beside it', 'type Query { hello: String @auth @public }', '- Query.hello: @public beside a rule'],
  ] as [string, string, string, AuthOptions?][])('G19 refuses %s', (_title, sdl, line, options) => {
    expect(() => withAuth(build(sdl), options)).toThrow(TypeError)
    expect(() => withAuth(build(sdl), options)).toThrow(line)
    // Yoga knows of no function: what it can tell, it refuses as well.
    const known = line.includes('withAuth has') ? '@auth is not enforced on' : line
    expect(() => createYoga({ schema: build(sdl), plugins: [useHankoSession(hanko)] })).toThrow(known)
  })

  it.each([
    ['an interface', `interface I @public { a: Int } ${REST}`, '- I: @public opens object types and their fields only'],
    [
      'a field of an interface',
      `interface I { a: Int @public } ${REST}`,
      '- I.a: @public opens object types and their fields only',
    ],
    [
      'an argument',
      'type Query { hello(a: Int @public): String }',
      '- Query.hello(a:): @public opens object types and their fields only',
    ],
    ['a union', `union U @public = Query ${REST}`, '- U: @public opens object types and their fields only'],
  ])('G19 refuses @public on %s', (_title, sdl, line) => {
    expect(() => withAuth(build(sdl))).toThrow(line)
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
      "Apollo's under another name",
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: [{ name: "@requiresScopes", as: "@scoped" }]) ${REST}`,
      '- schema: @link renames @requiresScopes to @scoped',
    ],
    [
      "Apollo's under its namespace",
      'type Query { hello: String @federation__authenticated }',
      '- Query.hello: @federation__authenticated is not @authenticated',
    ],
    ['@Public', 'type Query { hello: String @Public }', '- Query.hello: @Public is not @public'],
    [
      'a default in the definition',
      `directive @auth(roles: [String!] = ["admin"]) on OBJECT ${REST}`,
      '- @auth(roles:): the arguments of @auth are scopes, roles, policy, amr, maxAge, fresh, without defaults',
    ],
    [
      '@auth of somebody else, with arguments that nobody reads',
      `directive @auth(role: String) on OBJECT ${REST}`,
      '- @auth(role:): the arguments of @auth are scopes, roles',
    ],
    [
      '@auth of somebody else, with arguments',
      `directive @auth(role: String = "admin") on OBJECT ${REST}`,
      '- @auth(role:): the arguments of @auth are scopes, roles',
    ],
  ])('G20 refuses %s', (_title, sdl, line) => {
    expect(() => withAuth(build(sdl))).toThrow(line)
  })

  it('names every place at once', () => {
    const sdl = `input S @auth { a: Int } enum E { A @auth } scalar C @auth directive @d(c: C) on FIELD ${REST}`
    expect(() => withAuth(build(sdl))).toThrow(/- S: .*\n- E\.A: .*\n- C: /)
  })

  it.each([
    'QUERY',
    'MUTATION',
    'SUBSCRIPTION',
    'FIELD',
    'FRAGMENT_DEFINITION',
    'FRAGMENT_SPREAD',
    'INLINE_FRAGMENT',
    'VARIABLE_DEFINITION',
  ])('refuses what a directive is given on %s', (location) => {
    const schema = build(`enum E @auth { A } directive @d(e: E) on OBJECT | ${location} ${REST}`)
    expect(() => withAuth(schema)).toThrow('- E: @auth protects nothing where documents give it to @d')
  })

  it('leaves alone what only the schema itself gives to a directive', () => {
    const locations = 'SCHEMA | SCALAR | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION'
    const schema = build(
      `enum E @auth { A } directive @d(e: E) on ${locations} type Query @d(e: A) { hello(e: E): Int }`,
    )
    expect(authSurface(withAuth(schema)).coordinates).toEqual({ 'Query.hello': 'public', E: 'session' })
  })

  it('leaves mistakes that graphql sees to graphql', () => {
    expect(() => createSchema({ typeDefs: [authTypeDefs, 'enum E { A @auth } type Query { hello: E }'] })).toThrow(
      '@auth',
    )
    expect(() => createSchema({ typeDefs: [authTypeDefs, 'type Query { hello: String @Auth }'] })).toThrow('@Auth')
  })

  it('G21 reads rules that code-first builders keep in extensions, in the form of directives or of rules', () => {
    const directives = (kept: unknown) => needed({ directives: kept })
    const bare = [{ auth: {} }, { auth: [{}] }, [{ name: 'auth', args: {} }], { auth: null }, [{ name: 'auth' }]]
    expect(bare.map(directives)).toEqual(bare.map(() => 'session'))
    expect(directives({ other: {} })).toBeUndefined()
    expect(directives({ auth: { roles: ['x', 'y'] } })).toBe('session, roles: x | y')
    expect(directives({ auth: [{ roles: ['x'] }, { fresh: true }] })).toBe('session, roles: x, fresh')
    expect(needed({ auth: true })).toBe('session')
    expect(needed({ auth: { maxAge: '5m', amr: 'passkey' } })).toBe('session, amr: passkey and maxAge: 5m')
    expect(needed({ auth: { roles: undefined, amr: undefined, maxAge: '5m' } })).toBe('session, maxAge: 5m')
    expect(needed({ auth: [{ scopes: [['a', 'b'], ['c']] }, { policy: 'p' }] })).toBe(
      'session, scopes: a & b | c, policy: p',
    )
    expect(needed({ auth: 'public' })).toBeUndefined()
    for (const bad of [false, null, 'yes', 1, [], [[{}]], [undefined]])
      expect(() => needed({ auth: bad })).toThrow('- Query.hello: extensions.auth')
    expect(() => needed({ auth: { role: 'x' } })).toThrow('- Query.hello: @auth has no argument role')
    expect(() => directives([{ name: 'Auth' }])).toThrow('- Query.hello: @Auth')
  })

  it('takes no rule of which it would not see all: what it inherits would not be asked for', () => {
    class Admins {
      get roles() {
        return ['admin']
      }
    }
    const heir = Object.assign(Object.create({ roles: 'admin' }) as object, { maxAge: '5m' })
    for (const rule of [new Admins(), heir, new Map([['roles', 'admin']])]) {
      const all = [{ auth: rule }, { directives: { auth: rule } }, { directives: [{ name: 'auth', args: rule }] }]
      for (const extensions of all)
        expect(() => needed(extensions)).toThrow('- Query.hello: @auth must be a plain object')
    }
    expect(needed({ directives: { other: new Admins() } })).toBeUndefined()
    expect(needed({ auth: Object.assign(Object.create(null) as object, { roles: 'x' }) })).toBe('session, roles: x')
  })

  it('keeps what a rule says: lists that change afterwards, and gaps in them, let nobody in', () => {
    const list = ['admin']
    const rules = rulesOf({ auth: { scopes: [list, ['b']] } })
    list.length = 0
    expect(rules?.requirement?.checks).toMatchObject([{ anyOf: [['admin'], ['b']] }])
    expect(() => needed({ auth: { scopes: [Array(1), ['b']] } })).toThrow('- Query.hello: scopes must be lists')
  })

  it('takes no name for several: equal words are equal rules', () => {
    expect(needed({ auth: { roles: ['a | b'] } })).toBe('session, roles: "a | b"')
    expect(needed({ auth: { roles: ['a', 'b'] } })).toBe('session, roles: a | b')
    expect(needed({ auth: { scopes: [['a & b', 'c, fresh']] } })).toBe('session, scopes: "a & b" & "c, fresh"')
  })

  it.each([
    ['the field', 'type Query { a: Int @auth }', 'session'],
    ['its type', 'type Query @auth { a: Int }', 'session'],
    ['an extension of its type', 'type Query { a: Int } extend type Query @auth', 'session'],
    ['the type it returns', 'type Query { a: [[T!]!]! } type T @auth { x: Int }', 'session'],
    ['the enum it returns', 'type Query { a: [E] } enum E @auth { A }', 'session'],
    ['the scalar it returns', 'type Query { a: S! } scalar S @auth', 'session'],
    ['the union it returns', 'type Query { a: U } union U @auth = T type T { x: Int }', 'session'],
    [
      'the interface it returns',
      'type Query { a: I } interface I @auth { x: Int } type T implements I { x: Int }',
      'session',
    ],
    [
      'the interface of the type it returns',
      'type Query { a: T } interface I @auth { x: Int } type T implements I { x: Int }',
      'session',
    ],
    ['the interface of its type', 'type Query implements I { a: Int } interface I @auth { a: Int }', 'session'],
    ['the same field of an interface', 'type Query implements I { a: Int } interface I { a: Int @auth }', 'session'],
    [
      'all members of the union it returns, as far as they agree',
      'type Query { a: U } union U = T | V type T @auth(roles: "x") { x: Int } type V @auth(fresh: true) { x: Int }',
      'session',
    ],
    [
      'one member of the union it returns: only what turns up tells',
      'type Query { a: U } union U = T | V type T @auth { x: Int } type V { x: Int }',
      undefined,
    ],
    [
      'the union of the type it returns: that says nothing of the type',
      'type Query { a: T } union U @auth = T type T { x: Int }',
      undefined,
    ],
    [
      'all of it together',
      `type Query @auth(roles: ["r"]) { a: T @auth(maxAge: "1m") } type T implements I @auth(scopes: [["s", "t"]]) { x: Int } interface I @auth(fresh: true) { x: Int }`,
      'session, roles: r, scopes: s & t, maxAge: 1m, fresh',
    ],
    [
      "Apollo's together",
      'type Query @authenticated { a: Int @requiresScopes(scopes: [["a"], ["b", "c"]]) @policy(policies: [["p"]]) }',
      'session, scopes: a | b & c, policy: p',
    ],
    [
      'the same lists twice, in another order',
      'type Query { a: Int @auth(scopes: [["b", "a"], ["c"], ["a", "b", "a"]]) } extend type Query @auth(scopes: [["c"], ["a", "b"]])',
      'session, scopes: a & b | c',
    ],
    ['its argument, when given', 'type Query { a(x: Int @auth): Int }', 'public; Query.a(x:) session'],
    [
      'a field of what it is given',
      'type Query { a(x: [I!]): Int } input I { y: Int @auth(roles: "x") z: I }',
      'public; I.y session, roles: x',
    ],
    [
      'an input within what it is given, where types hold each other',
      'type Query { a(x: O): Int } input O { i: [I!] } input I { y: Int @auth o: O }',
      'public; I.y session',
    ],
    ['the scalar it is given', 'type Query { a(x: S): Int } scalar S @auth', 'public; S session'],
    [
      'the argument of an interface',
      'type Query implements N { a(x: Int): Int } interface N { a(x: Int @auth): Int }',
      'public; N.a(x:) session',
    ],
  ])('asks for what is said by %s', (_title, sdl, key) => {
    const schema = build(sdl)
    expect(readAuthRules(schema).ofField(schema.getQueryType()!, 'a')?.key).toBe(key)
  })

  it('asks for a session by default, where that is protected, and @public opens nothing that has a rule', () => {
    const schema = build(`type Query { a: Int b: Int @public c: T @public d: O e: P @public } type T { x: Int }
      type O @public { x: Int y: P } type P @auth { x: Int @public }`)
    const rules = readAuthRules(schema, { default: 'protected' })
    const keyOf = (coordinate: string): string | undefined => {
      const [type = '', field = ''] = coordinate.split('.')
      return rules.ofField(schema.getType(type) as GraphQLObjectType, field)?.key
    }
    const open = ['Query.b', 'Query.c', 'O.x']
    const closed = ['Query.a', 'T.x', 'Query.d', 'O.y', 'Query.e', 'P.x']
    expect(open.map(keyOf)).toEqual(open.map(() => undefined))
    expect(closed.map(keyOf)).toEqual(closed.map(() => 'session'))
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

  it('is refused when it was copied without its rules, too', () => {
    const rules =
      'type Query { a: Int @auth(fresh: true) b: U } union U = T | V type T @auth { x: Int } type V { x: Int }'
    const guarded = withAuth(buildSchema(authTypeDefs + rules))
    const copy = mapSchema(guarded, {
      [MapperKind.OBJECT_FIELD]: ({ type }) => ({ type, resolve: () => 1 }),
      [MapperKind.OBJECT_TYPE]: (type) => new GraphQLObjectType({ ...type.toConfig(), astNode: undefined }),
    })
    expect(() => create(copy)).toThrow('@auth is not enforced on Query.a, T.x.')
    expect(authSurface(copy).open).toEqual(['Query.a', 'T.x, by Query.b > T > x'])
    // Another call of withAuth finds them again, and what the copy has left out is nobody's to be asked for.
    expect(() => create(withAuth(copy))).not.toThrow()
    expect(authSurface(copy).coordinates).toMatchObject({ 'Query.a': 'session, fresh', 'T.x': 'session' })
    const less = mapSchema(guarded, { [MapperKind.OBJECT_FIELD]: (_, name) => (name === 'a' ? null : undefined) })
    expect(() => create(less)).not.toThrow()
  })

  it('needs what it needed before it was copied with less', () => {
    const guarded = withAuth(buildSchema(authTypeDefs + 'type Query { a: Int @auth(fresh: true) }'))
    const copy = mapSchema(guarded, {
      [MapperKind.OBJECT_FIELD]: ({ type }) => ({ type, resolve: () => 1, extensions: { auth: { maxAge: '1h' } } }),
    })
    expect(() => create(copy)).toThrow('@auth is not enforced on Query.a.')
    expect(authSurface(withAuth(copy)).coordinates).toEqual({ 'Query.a': 'session, maxAge: 1h, fresh' })
  })

  it('is guarded by the last call of withAuth that says something', () => {
    const schema = withAuth(buildSchema('type Query { a: Int }'), { default: 'public' })
    expect(authSurface(withAuth(schema, { default: 'protected' }))).toMatchObject({
      coordinates: { 'Query.a': 'session' },
      open: [],
    })
    expect(authSurface(withAuth(schema)).coordinates).toEqual({ 'Query.a': 'session' })
  })

  it('is refused when a guard that asks for less stands in the place of another', () => {
    const schema = withAuth(
      createSchema({ typeDefs: [authTypeDefs, 'type Query { a: Int @auth b: Int @auth(fresh: true) }'] }),
    )
    const { a, b } = schema.getQueryType()!.getFields()
    b!.resolve = a!.resolve!
    expect(() => create(schema)).toThrow('@auth is not enforced on Query.b.')
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
