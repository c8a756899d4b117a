import { makeExecutableSchema, mergeSchemas } from '@graphql-tools/schema'
import { stitchSchemas } from '@graphql-tools/stitch'
import type { GraphQLSchema } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { codeOf } from '../../test/counted-app.ts'
import { post, WAYS } from '../../test/serve.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { authTypeDefs, useHankoSession, withAuth } from '../index.ts'
import { authSurface } from '../surface.ts'

const ran: string[] = []
const run = (name: string, value: unknown) => (): unknown => {
  ran.push(name)
  return value
}

/** Two parts of an app that know nothing of each other, but that both have users. */
const createUsers = (): GraphQLSchema =>
  makeExecutableSchema({
    typeDefs: [
      authTypeDefs,
      `type Query { hello: String user(id: ID!): User secret: Int @auth }
       type User { id: ID! email: String @auth }`,
    ],
    resolvers: {
      Query: {
        hello: run('hello', 'hello'),
        user: run('user', { id: '1', email: 'ada@example.com' }),
        secret: run('secret', 1),
      },
      User: { email: run('email', 'ada@example.com') },
    },
  })
const createOrders = (): GraphQLSchema =>
  makeExecutableSchema({
    typeDefs: [
      authTypeDefs,
      `type Query { orderUser(id: ID!): User }
       type User { id: ID! orders: [Order!] }
       type Order @auth { id: ID! }`,
    ],
    resolvers: {
      Query: { orderUser: run('orderUser', { id: '1', orders: [{ id: '7' }] }) },
      User: { orders: run('orders', [{ id: '7' }]) },
    },
  })

const stitch = (users: GraphQLSchema, orders: GraphQLSchema, mergeDirectives: boolean): GraphQLSchema =>
  stitchSchemas({
    mergeDirectives,
    subschemas: [
      {
        schema: users,
        merge: { User: { selectionSet: '{ id }', fieldName: 'user', args: ({ id }: { id: string }) => ({ id }) } },
      },
      {
        schema: orders,
        merge: { User: { selectionSet: '{ id }', fieldName: 'orderUser', args: ({ id }: { id: string }) => ({ id }) } },
      },
    ],
  })

const COMPOSED: Record<string, () => GraphQLSchema> = {
  'merged, with the rules of its parts': () => withAuth(mergeSchemas({ schemas: [createUsers(), createOrders()] })),
  'stitched, with the rules of its parts': () => withAuth(stitch(createUsers(), createOrders(), true)),
  'stitched without directives, with the rules of its parts': () =>
    withAuth(stitch(createUsers(), createOrders(), false)),
  'stitched from guarded parts': () => stitch(withAuth(createUsers()), withAuth(createOrders()), false),
}

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})
beforeEach(() => {
  ran.length = 0
})

describe.each(Object.entries(COMPOSED))('a schema that is %s', (_name, compose) => {
  const serve = async () =>
    WAYS['yoga.fetch'](createYoga({ schema: compose(), plugins: [useHankoSession(test.hanko)], logging: false }))

  it('answers everybody what is public, and a session all it asks for', async () => {
    const served = await serve()
    expect(await post(served, '{ hello user(id: 1) { id } }')).toMatchObject({
      status: 200,
      data: { hello: 'hello', user: { id: '1' } },
    })
    const all = await post(served, '{ secret user(id: 1) { email orders { id } } }', {
      headers: { authorization: test.ada.header },
    })
    expect(all.errors).toBeUndefined()
    expect(all.data).toEqual({ secret: 1, user: { email: 'ada@example.com', orders: [{ id: '7' }] } })
  })

  it.each(['{ secret }', '{ user(id: 1) { email } }', '{ user(id: 1) { orders { __typename } } }'])(
    'runs nothing of %s that needs a session, for nobody',
    async (query) => {
      const answer = await post(await serve(), query)
      expect(answer.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED'])
      expect(ran.filter((name) => ['secret', 'email', 'orders'].includes(name))).toEqual([])
    },
  )
})

it.each(Object.keys(COMPOSED).filter((name) => name.endsWith('with the rules of its parts')))(
  'a schema that is %s is refused as a whole, and its surface says what it protects',
  async (name) => {
    const schema = COMPOSED[name]?.() as GraphQLSchema
    const served = await WAYS['yoga.fetch'](
      createYoga({ schema, plugins: [useHankoSession(test.hanko)], logging: false }),
    )
    expect(codeOf(await post(served, '{ hello user(id: 1) { email } }'))).toEqual([401, 'no_token'])
    expect(ran).toEqual([])
    expect(authSurface(schema).coordinates).toMatchObject({
      'Query.hello': 'public',
      'Query.secret': 'session',
      'User.email': 'session',
      'User.orders': 'session',
    })
  },
)

it('a stitched schema whose parts have rules is refused without its guards, though it has no directives', () => {
  const schema = stitch(createUsers(), createOrders(), false)
  expect(() => createYoga({ schema, plugins: [useHankoSession(test.hanko)], logging: false })).toThrow(
    /@auth is not enforced on .*Query\.secret/,
  )
})

it('a stitched part that is elsewhere sees to its own rules, where its directives are left out', () => {
  const schema = stitchSchemas({
    mergeDirectives: false,
    subschemas: [{ schema: createUsers(), executor: () => expect.fail('nobody asks') }],
  })
  expect(() => createYoga({ schema, plugins: [useHankoSession(test.hanko)], logging: false })).not.toThrow()
})
