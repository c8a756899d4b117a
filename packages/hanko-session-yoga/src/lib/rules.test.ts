import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SignedIn } from 'hanko-session/testing'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import type { AuthOptions } from './auth-options.ts'

let test: TestHanko
let admin: SignedIn
let eve: SignedIn
let made: SignedIn
beforeAll(async () => {
  test = await startHanko()
  admin = await test.emulator.signIn({
    claims: { roles: ['admin'], scopes: ['read', 'write'] },
    amr: ['pwd', 'passkey'],
  })
  eve = await test.emulator.signIn({ claims: { roles: [], scopes: ['read'] } })
  made = await test.emulator.signIn({ claims: { roles: ['admin'], scopes: [] }, amr: [] })
})

const calls: string[] = []
beforeEach(() => {
  calls.length = 0
  test.asked()
})
const auth: AuthOptions = {
  roles(session) {
    calls.push('roles')
    return session.claims['roles'] as string[]
  },
  async scopes({ claims }) {
    calls.push('scopes')
    return claims['scopes'] as string[]
  },
  policies: {
    owner(session, { args }) {
      calls.push('owner')
      return args['of'] === session.userId
    },
    good(session) {
      calls.push('good')
      return session.claims['roles'] !== undefined
    },
    sloppy: () => 'yes' as unknown as boolean,
    broken() {
      throw new Error('internal: the database')
    },
  },
}

describe('a rule', () => {
  const sdl = /* GraphQL */ `
    type Query {
      open: Int
      role: Int @auth(roles: ["root", "admin"])
      one: Int @auth(scopes: [["write"], ["read"]])
      both: Int @auth(scopes: [["write", "read"]])
      none: Int @auth(scopes: [["Read"], ["read", "delete"]])
      mine(of: ID): Int @auth(policy: [["owner"]])
      either(of: ID): Int @auth(policy: [["owner", "good"], ["sloppy"]])
      sloppy: Int @auth(policy: "sloppy")
      broken: Int @auth(policy: "broken")
      recent: Int @auth(maxAge: "15m")
      strong: Int @auth(amr: ["passkey"], maxAge: "1h")
      all: T @auth(roles: "admin")
    }
    type T @auth(amr: "passkey") {
      x: Int
      y: Int @auth(scopes: "write")
    }
  `
  const resolvers = { Query: { all: () => ({}) } }

  it.each([
    ['role', [200], [403, 'forbidden']],
    ['one', [200], [200]],
    ['both', [200], [403, 'forbidden']],
    ['none', [403, 'forbidden'], [403, 'forbidden']],
    ['mine', [403, 'forbidden'], [403, 'forbidden']],
    ['sloppy', [403, 'forbidden'], [403, 'forbidden']],
    ['recent', [200], [200]],
    ['strong', [200], [403, 'step_up_required']],
    ['all { x }', [200], [403, 'forbidden']],
    ['all { y }', [200], [403, 'forbidden']],
  ])('on %s lets in whom it names, and nobody else', async (field, asAdmin, asEve) => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    expect(codeOf(await app.ask(`{ ${field} }`, admin))).toEqual(asAdmin)
    expect(codeOf(await app.ask(`{ open ${field} }`, eve))).toEqual(asEve)
    expect(app.ran).toHaveLength(asEve[0] === 200 ? 2 : 0)
    expect(codeOf(await app.ask(`{ open ${field} }`))).toEqual([401, 'no_token'])
    expect(app.ran).toEqual([])
  })

  it('says how the user must sign in, and asks nobody to who lacks a right besides', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    const { headers, errors } = await app.ask('{ strong }', eve)
    expect(headers.get('www-authenticate')).toBe('Bearer error="insufficient_user_authentication", max_age="3600"')
    expect(errors?.[0]?.extensions).toEqual({
      code: 'FORBIDDEN',
      auth: { reason: 'step_up_required', stepUp: { maxAge: 3_600, amr: ['passkey'] } },
    })
    expect(codeOf(await app.ask('{ strong role }', eve))).toEqual([403, 'forbidden'])
    const refused = await app.ask('{ role }', eve)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"')
    expect(refused.errors).toEqual([
      {
        message: 'This account may not do this.',
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'FORBIDDEN', auth: { reason: 'forbidden' } },
      },
    ])
  })

  it('on maxAge is not met by a session that nobody signed in to, unless that is allowed', async () => {
    const strict = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    expect(codeOf(await strict.ask('{ recent }', made))).toEqual([403, 'step_up_required'])
    const lenient = await createCountedApp(test.hanko, sdl, { auth: { ...auth, allowAdminSessions: true }, resolvers })
    expect(codeOf(await lenient.ask('{ recent }', made))).toEqual([200])
    expect(codeOf(await lenient.ask('{ strong }', made))).toEqual([403, 'step_up_required'])
  })

  it('is told the arguments that the resolver gets: literals, variables, defaults of variables', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth })
    expect(codeOf(await app.ask(`{ mine(of: "${eve.userId}") }`, eve))).toEqual([200])
    expect(codeOf(await app.ask('query ($of: ID) { mine(of: $of) }', eve, { of: eve.userId }))).toEqual([200])
    expect(codeOf(await app.ask('query ($of: ID) { mine(of: $of) }', eve, { of: admin.userId }))).toEqual([
      403,
      'forbidden',
    ])
    expect(codeOf(await app.ask(`query ($of: ID = "${eve.userId}") { mine(of: $of) }`, eve))).toEqual([200])
    const two = `{ mine(of: "${eve.userId}") other: mine(of: "${admin.userId}") }`
    expect([codeOf(await app.ask(two, eve)), app.ran]).toEqual([[403, 'forbidden'], []])
    expect(codeOf(await app.ask(`{ either(of: "${eve.userId}") }`, eve))).toEqual([200])
    expect(codeOf(await app.ask('{ either }', eve))).toEqual([403, 'forbidden'])
  })

  it('asks functions that do not look at arguments once per operation', async () => {
    const aliases = Array.from({ length: 100 }, (_, at) => `a${at}: role b${at}: both`).join(' ')
    const app = await createCountedApp(test.hanko, sdl, { auth })
    expect(codeOf(await app.ask(`{ ${aliases} }`, admin))).toEqual([200])
    expect([calls, app.ran.length, test.asked()]).toEqual([['roles', 'scopes'], 200, 1])
  })

  it('that cannot be judged lets nobody in, and shows nothing internal', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth })
    const { errors, data, ...answer } = await app.ask('{ open broken }', admin)
    expect([answer.status, data, errors?.map(({ message }) => message)]).toEqual([
      500,
      undefined,
      ['Unexpected error.'],
    ])
    expect(app.ran).toEqual([])
    const listless = { roles: () => 'admin' as unknown as string[] }
    const wrong = await createCountedApp(test.hanko, 'type Query { role: Int @auth(roles: "admin") }', {
      auth: listless,
    })
    expect([(await wrong.ask('{ role }', admin)).status, wrong.ran]).toEqual([500, []])
  })
})

describe('fresh', () => {
  const sdl =
    'type Query { lenient: Int @auth fresh: Int @auth(fresh: true) } type Mutation { pay: Int @auth(fresh: true) }'

  it('asks Hanko now, once for all that is asked for', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    expect(codeOf(await app.ask('{ lenient }', warm.ada))).toEqual([200])
    expect(warm.asked()).toBe(0)
    expect(codeOf(await app.ask('{ lenient a: fresh b: fresh }', warm.ada))).toEqual([200])
    expect(warm.asked()).toBe(1)
    await warm.emulator.endSession(warm.ada.sessionId)
    expect(codeOf(await app.ask('{ lenient fresh }', warm.ada))).toEqual([401, 'revoked'])
    expect(app.ran).toEqual([])
  })

  it('is asked for once by a whole batch, before anything of it runs', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    const send = async () => {
      const queries = ['{ lenient }', '{ fresh }', 'mutation { pay }']
      const response = await app.served.fetch(app.served.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: warm.ada.header },
        body: JSON.stringify(queries.map((query) => ({ query }))),
      })
      return ((await response.json()) as { errors?: unknown[] }[]).map(({ errors }) => errors === undefined)
    }
    expect([await send(), warm.asked()]).toEqual([[true, true, true], 1])
    await warm.emulator.endSession(warm.ada.sessionId)
    app.ran.length = 0
    expect(await send()).toEqual([false, false, false])
    expect(app.ran).toEqual([])
  })
})

describe('what is given', () => {
  const sdl = /* GraphQL */ `
    type Query {
      f(plain: Int, secret: Int @auth, input: [In!], mode: Mode, byDefault: In): Int
    }
    input In {
      a: Int
      b: Int @auth(roles: "admin")
      deeper: In
      within: Int = 1 @auth
    }
    enum Mode @auth {
      ON
    }
    type Mutation {
      set(flag: Boolean = false @auth): Int
    }
  `
  it.each([
    ['nothing', '{ f }', undefined, [200]],
    ['what is open', '{ f(plain: 1, input: [{ a: 1, deeper: { a: 2 } }]) }', undefined, [200]],
    ['an argument', '{ f(secret: 1) }', undefined, [401, 'no_token']],
    ['null', '{ f(secret: null) }', undefined, [401, 'no_token']],
    ['a variable', 'query ($v: Int) { f(secret: $v) }', { v: 1 }, [401, 'no_token']],
    ['a variable that is not given', 'query ($v: Int) { f(secret: $v) }', {}, [200]],
    ['a default of a variable', 'query ($v: Int = 1) { f(secret: $v) }', {}, [401, 'no_token']],
    ['a field in a list of objects', '{ f(input: [{ a: 1 }, { deeper: { b: 1 } }]) }', undefined, [401, 'no_token']],
    ['a field of one that stands for a list', '{ f(input: { b: 1 }) }', undefined, [401, 'no_token']],
    [
      'a field in a variable',
      'query ($v: [In!]) { f(input: $v) }',
      { v: [{ deeper: { b: null } }] },
      [401, 'no_token'],
    ],
    ['a field through a variable', 'query ($v: Int) { f(input: { b: $v }) }', { v: 2 }, [401, 'no_token']],
    ['an enum', '{ f(mode: ON) }', undefined, [401, 'no_token']],
    ['a default of the schema', 'mutation { set }', undefined, [200]],
    ['what a default hides', 'mutation { set(flag: true) }', undefined, [401, 'no_token']],
    ['a default in an object', '{ f(byDefault: { a: 1 }) }', undefined, [200]],
    ['what a default in an object hides', '{ f(byDefault: { within: 2 }) }', undefined, [401, 'no_token']],
    ['it behind @skip', '{ f(secret: 1) @skip(if: true) g: f }', undefined, [200]],
    ['it in a fragment', '{ ...A } fragment A on Query { f(secret: 1) }', undefined, [401, 'no_token']],
  ] as const)('needs what %s needs', async (_title, query, variables, expected) => {
    const app = await createCountedApp(test.hanko, sdl, { auth })
    expect(codeOf(await app.ask(query, undefined, variables))).toEqual(expected)
    expect(app.ran.length > 0).toBe(expected[0] === 200)
    const partial = await createCountedApp(test.hanko, sdl, { auth, session: { partial: true } })
    expect(codeOf(await partial.ask(query, undefined, variables)).slice(1)).toEqual(expected.slice(1))
    expect(partial.ran.length > 0).toBe(expected[0] === 200)
    expect(codeOf(await app.ask(query, admin, variables))).toEqual([200])
  })

  it('is judged by its rule', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth })
    expect(codeOf(await app.ask('{ f(input: { b: 1 }) }', eve))).toEqual([403, 'forbidden'])
    expect(codeOf(await app.ask('{ f(input: { b: "no" }) }')).at(0)).toBe(400)
  })
})

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

describe('partial: true', () => {
  const sdl = /* GraphQL */ `
    type Query {
      open: Int
      secret: Int @auth
      role: Int @auth(roles: "admin")
      must: Int! @auth
      box: Box
    }
    type Box {
      x: Int
      must: Int! @auth
    }
    type Mutation {
      make: Box
      wipe: User
    }
    type User @auth {
      x: Int
    }
  `
  const resolvers = { Query: { box: () => ({ x: 1 }), open: () => 1, role: () => 2 } }

  it('G27 answers what may be answered, and lets null go up to what may be null, with 200', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers, session: { partial: true } })
    const answer = await app.ask('{ open secret role box { x must } }')
    expect([answer.status, answer.data]).toEqual([200, { open: 1, secret: null, role: null, box: null }])
    expect(answer.errors?.map(({ path }) => path)).toEqual([['secret'], ['role'], ['box', 'must']])
    expect(answer.headers.get('www-authenticate')).toBeNull()
    expect(app.ran).toEqual(['Query.open', 'Query.box', 'Box.x'])
    const none = await app.ask('{ open must }')
    expect([none.status, none.data, none.errors?.length]).toEqual([200, null, 1])
  })

  it('asks Hanko once, and refuses by rule', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers, session: { partial: true } })
    const { data, errors } = await app.ask('{ open a: role b: role secret }', eve)
    expect([data, errors?.length, test.asked(), calls]).toEqual([
      { open: 1, a: null, b: null, secret: null },
      2,
      1,
      ['roles'],
    ])
  })

  it('G06 runs no side effect for what may not be shown', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, session: { partial: true } })
    expect((await app.ask('mutation { wipe { __typename } }')).data).toEqual({ wipe: null })
    expect(app.ran).toEqual([])
  })
})

describe('reportOnly: true', () => {
  const sdl = /* GraphQL */ `
    type Query {
      secret: Int @auth
      role: Int @auth(roles: "admin")
      strong: Int @auth(amr: "passkey", fresh: true)
      us: [U]
    }
    union U = Open | Admin
    type Open {
      x: Int
    }
    type Admin @auth(roles: "admin", scopes: "write") {
      x: Int
    }
  `
  it('says so when it starts, and logs what it would refuse instead of refusing it', async () => {
    const logged: string[] = []
    const log = (message: unknown): number => logged.push(String(message))
    const app = await createCountedApp(test.hanko, sdl, {
      auth,
      resolvers: { Query: { us: () => [{ __typename: 'Admin' }, { __typename: 'Admin' }, { __typename: 'Open' }] } },
      session: { reportOnly: true },
      yoga: { logging: { debug() {}, info() {}, warn: log, error: log } },
    })
    expect(logged.splice(0)).toEqual([expect.stringContaining('reportOnly is on')])
    expect(codeOf(await app.ask('{ a: role b: role strong us { __typename } }', eve))).toEqual([200])
    expect(logged.splice(0).map((line) => line.split('reportOnly: ')[1])).toEqual([
      'role would be refused to a session, by its rule roles: admin',
      'strong would be refused to a session, by its rule amr: passkey',
      'U as Admin would be refused to a session, by its rule scopes: write',
    ])
    expect(codeOf(await app.ask('{ role strong us { __typename } }', admin))).toEqual([200])
    expect(logged).toEqual([])
  })

  it('lets nobody by without a session, before or while it runs', async () => {
    const app = await createCountedApp(test.hanko, sdl, {
      auth,
      resolvers: { Query: { us: () => [{ __typename: 'Admin' }] } },
      session: { reportOnly: true },
      yoga: { logging: false },
    })
    expect(codeOf(await app.ask('{ role }'))).toEqual([401, 'no_token'])
    expect((await app.ask('{ us { __typename } }')).data).toEqual({ us: [null] })
    const gone = await test.emulator.signIn()
    await test.emulator.endSession(gone.sessionId)
    expect(codeOf(await app.ask('{ strong }', gone))).toEqual([401, 'revoked'])
  })
})

describe("default: 'protected'", () => {
  const sdl = /* GraphQL */ `
    type Query {
      plain: Int
      open: Int @public
      page: Page @public
      openPage: OpenPage @public
    }
    type Page {
      title: String
    }
    type OpenPage @public {
      title: String
      secret: Int @auth
    }
  `
  const resolvers = { Query: { page: () => ({}), openPage: () => ({ title: 't' }) } }

  it('closes what says nothing, and leaves introspection open', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth: { default: 'protected' }, resolvers })
    for (const query of ['{ plain }', '{ page { title } }', '{ openPage { title secret } }'])
      expect([codeOf(await app.ask(query)), app.ran]).toEqual([[401, 'no_token'], []])
    for (const query of [
      '{ open }',
      '{ page { __typename } }',
      '{ openPage { title } }',
      '{ __schema { types { name } } }',
    ])
      expect(codeOf(await app.ask(query))).toEqual([200])
    expect(codeOf(await app.ask('{ plain page { title } }', eve))).toEqual([200])
  })
})

describe('withAuth and useHankoSession', () => {
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
