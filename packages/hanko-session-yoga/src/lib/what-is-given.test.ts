import { describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startRulesHanko } from '../../test/rules-hanko.ts'

const test = await startRulesHanko()
const { admin, eve, auth } = test

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
    ['a variable that every object has, not given', 'query ($constructor: Int) { f(secret: $constructor) }', {}, [200]],
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

  it('is what a variable gives by default, whatever it is called', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth })
    expect(codeOf(await app.ask('query ($__proto__: [In!] = { b: 1 }) { f(input: $__proto__) }'))).toEqual([
      401,
      'no_token',
    ])
  })

  it('is judged by its rule', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth })
    expect(codeOf(await app.ask('{ f(input: { b: 1 }) }', eve))).toEqual([403, 'forbidden'])
    expect(codeOf(await app.ask('{ f(input: { b: "no" }) }')).at(0)).toBe(400)
  })
})
