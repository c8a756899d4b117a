import { execute, type ExecutionResult, parse, subscribe } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { openSocket, serveWebSocket } from '../../test/web-socket.ts'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from '../index.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko({ maxStaleness: 30_000 })
})

/** A gateway whose `feed` says nothing of a session, and hands on to a schema whose `feed` needs one. */
function createGateway(typeDefs: string, events: readonly Promise<void>[]) {
  const ran: number[] = []
  async function* listen() {
    for (const [at, event] of events.entries()) {
      await event
      yield at
    }
  }
  const behind = createSchema<HankoContext>({
    typeDefs: [authTypeDefs, 'type Query { a: Int } type Subscription { feed: Int @auth }'],
    resolvers: { Subscription: { feed: { subscribe: listen, resolve: (at: number) => void ran.push(at) } } },
  })
  withAuth(behind)
  const schema = createSchema<HankoContext>({
    typeDefs: [authTypeDefs, typeDefs],
    resolvers: {
      Subscription: {
        feed: {
          subscribe: (_root, _args, contextValue) =>
            subscribe({ schema: behind, document: parse('subscription { feed }'), contextValue }) as never,
          resolve({ data, errors }: ExecutionResult) {
            if (errors?.[0] !== undefined) throw errors[0]
            return data?.['feed']
          },
        },
      },
    },
  })
  const yoga = createYoga({ schema: withAuth(schema), plugins: [useHankoSession(test.hanko)], logging: false })
  return { yoga, ran }
}

describe('a subscription that is delegated to another schema', () => {
  it.each([
    ['needs a session elsewhere', 'type Query { me: Int @auth } type Subscription { feed: Int }'],
    ['needs none anywhere', 'type Query { hello: Int } type Subscription { feed: Int }'],
  ])('sees the end of its session there, where the gateway %s', async (_where, typeDefs) => {
    const eve = await test.emulator.signIn()
    let goOn = (): void => {}
    const later = new Promise<void>((resolve) => (goOn = resolve))
    const { yoga, ran } = createGateway(typeDefs, [Promise.resolve(), later, later])
    const response = await yoga.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: eve.header },
      body: JSON.stringify({ query: 'subscription { feed }' }),
    })
    const text = response.text()
    await expect.poll(() => ran).toEqual([0])
    test.hanko.revoke({ sessionId: eve.sessionId })
    goOn()
    expect((await text).match(/"reason":"revoked"/g)).toHaveLength(2)
    expect(ran).toEqual([0])
    await expect.poll(() => test.hanko.stats().watched).toBe(0)
  })
})

describe('a field that is delegated for each event, and fresh there', () => {
  it('has Hanko asked once for the stream, however many events and fields there are', async () => {
    const behind = createSchema<HankoContext>({
      typeDefs: [authTypeDefs, 'type Query { a: Int @auth(fresh: true) b: Int @auth(fresh: true) }'],
      resolvers: { Query: { a: () => 1, b: () => 2 } },
    })
    withAuth(behind)
    async function* listen() {
      yield* [0, 1, 2]
    }
    async function resolve(_event: unknown, _args: unknown, contextValue: unknown) {
      const { data, errors } = await execute({ schema: behind, document: parse('{ a b }'), contextValue })
      if (errors?.[0] !== undefined) throw errors[0]
      return data?.['b']
    }
    const schema = createSchema<HankoContext>({
      typeDefs: [authTypeDefs, 'type Query { me: Int @auth } type Subscription { feed: Int @auth }'],
      resolvers: { Subscription: { feed: { subscribe: listen, resolve } } },
    })
    const yoga = createYoga({ schema: withAuth(schema), plugins: [useHankoSession(test.hanko)], logging: false })
    const server = await serveWebSocket(yoga)
    const client = await openSocket(server.url)
    await client.init({ authorization: test.ada.header })
    test.asked()
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { feed }' } })
    for (let event = 0; event < 3; event++)
      expect(await client.read()).toMatchObject({ type: 'next', payload: { data: { feed: 2 } } })
    expect(test.asked()).toBe(1)
    client.socket.terminate()
    await server.close()
  })
})
