import { execute, type ExecutionArgs, type GraphQLResolveInfo, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { admit, isAdmitted } from './admission.ts'
import { readRequestAuth } from './hanko-context.ts'

const sdl = /* GraphQL */ `
  type Query {
    secret: Int @auth
    outer: Int @auth
    open: Int
  }
  type Mutation {
    touch: Int @auth
    pay: Int @auth(fresh: true)
  }
`

let test: TestHanko
beforeAll(async () => {
  test = await startHanko({ maxStaleness: 30_000 })
})

/** An app in which `outer` does what a test says, with its own context. */
async function createOuterApp(
  outer: (context: object, info: GraphQLResolveInfo) => unknown,
  plugins: Plugin[] = [],
  { hanko } = test,
) {
  const run = (_: unknown, _args: object, context: object, info: GraphQLResolveInfo): unknown => outer(context, info)
  const resolvers = {
    Query: { secret: () => 1, outer: run, open: run },
    Mutation: { touch: () => 1, pay: () => 1 },
  }
  return createCountedApp(hanko, sdl, { resolvers, yoga: { plugins } })
}

const [operation, other] = parse('query A { secret } query B { secret }').definitions as never[]
const auth = () => readRequestAuth({ auth: test.hanko.forRequest(new Headers()) })!

describe('an operation whose caller was let in', () => {
  it.each([
    ['memory knows', '30s', 'outer', 'touch'],
    ['is first asked about there', 0, 'open', 'touch'],
    ['Hanko is asked about now', '30s', 'outer', 'pay'],
  ] as const)(
    'lets in no other operation with its context: a foreign site writes nothing by a session that %s',
    async (_, maxStaleness, query, field) => {
      const own = await startHanko({ maxStaleness })
      let errors: unknown
      const inner = async (contextValue: object): Promise<void> => {
        const result = await execute({ schema: app.schema, document: parse(`mutation { ${field} }`), contextValue })
        errors = result.errors?.map(({ extensions }) => extensions['code'])
      }
      const app = await createOuterApp(inner, [], own)
      const headers = { cookie: own.ada.cookie, 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }
      const body = JSON.stringify({ query: `{ ${query} }` })
      await app.served.fetch(app.served.url, { method: 'POST', headers, body })
      expect([app.ran, errors]).toEqual([[`Query.${query}`], ['FORBIDDEN']])
    },
  )

  it('lets in nobody else who is put in its place', async () => {
    const app = await createOuterApp((context, info) => {
      const others = [{ ...context, auth: test.hanko.forRequest(new Headers()) }, { ...context, auth: undefined }, null]
      const { resolve } = app.schema.getQueryType()!.getFields()['secret']!
      for (const each of others)
        expect(() => resolve!({}, {}, each, info)).toThrow(/^Sign in to use this|has @auth, but/)
    })
    expect(codeOf(await app.ask('{ outer }', test.ada))).toEqual([200])
    expect(app.ran).toEqual(['Query.outer'])
  })

  it('lets in nobody who gives, behind an interface, what asks for more', async () => {
    const behind = /* GraphQL */ `
      type Query {
        secret: Int @auth
        node: Node
      }
      interface Node {
        at(x: Int): Int
      }
      type A implements Node {
        at(x: Int @auth(roles: "admin")): Int @auth
      }
      type B implements Node {
        at(x: Int): Int
      }
    `
    const resolvers = { Query: { node: () => ({ __typename: 'A', at: 1 }) } }
    const app = await createCountedApp(test.hanko, behind, { resolvers, auth: { roles: () => [] } })
    expect(codeOf(await app.ask('{ secret node { at } }', test.ada))).toEqual([200])
    expect(codeOf(await app.ask('{ secret node { at(x: 1) } }', test.ada))).toEqual([200, 'forbidden'])
    expect(app.ran).toEqual(['Query.secret', 'Query.node'])
  })

  it('needs no room on its context: one that takes nothing more has each field ask', async () => {
    const useSealed: Plugin = { onContextBuilding: ({ context }) => void Object.preventExtensions(context) }
    const app = await createOuterApp(() => 1, [useSealed])
    expect(codeOf(await app.ask('{ outer secret }', test.ada))).toEqual([200])
    expect(codeOf(await app.ask('{ outer secret }'))).toEqual([401, 'no_token'])
    const refusing = new Proxy({}, { set: () => false })
    expect(isAdmitted(refusing, admit(refusing, auth(), operation!).operation)).toBe(false)
  })

  it('is judged anew by each event of what goes on', async () => {
    const eve = await test.emulator.signIn()
    await test.hanko.validate(eve.token)
    const useLive: Plugin = {
      onExecute({ executeFn, setExecuteFn }) {
        setExecuteFn(async function* (args: ExecutionArgs) {
          yield await executeFn(args)
          test.hanko.revoke({ sessionId: eve.sessionId })
          yield await executeFn(args)
        } as never)
      },
    }
    const app = await createOuterApp(() => 1, [useLive])
    const response = await app.served.fetch(app.served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: eve.header },
      body: JSON.stringify({ query: '{ secret }' }),
    })
    expect(await response.text()).toContain('revoked')
    expect(app.ran).toEqual(['Query.secret'])
  })
})

describe('isAdmitted', () => {
  it('is so for the operation and the auth that were admitted, until that ends', () => {
    const context = { auth: auth() }
    expect(isAdmitted(context, operation!)).toBe(false)
    const admission = admit(context, context.auth, operation!)
    expect([isAdmitted(context, operation!), isAdmitted({ ...context }, operation!)]).toEqual([true, true])
    expect([isAdmitted(context, other!), isAdmitted({ ...context, auth: auth() }, operation!)]).toEqual([false, false])
    admission.auth = undefined
    const empty = { ...context, auth: undefined }
    expect([isAdmitted(context, operation!), isAdmitted(empty, operation!)]).toEqual([false, false])
  })
})
