import { beforeEach, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startRulesHanko } from '../../test/rules-hanko.ts'

const test = await startRulesHanko()
const { admin, eve, made, auth, calls } = test
beforeEach(test.reset)

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
      auth: {
        reason: 'step_up_required',
        stepUp: { maxAge: 3_600, amr: ['passkey'] },
        resend: expect.stringMatching(/^[\w-]{22}$/),
      },
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

  it('says of several which came first', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers })
    const { errors } = await app.ask('{ strong all { x } recent }', made)
    expect(errors).toMatchObject([{ locations: [{ column: 3 }], extensions: { auth: { stepUp: { maxAge: 3_600 } } } }])
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
