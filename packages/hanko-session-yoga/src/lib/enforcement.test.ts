import { createYoga, type Plugin } from 'graphql-yoga'
import { describe, expect, it, vi } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { WAYS } from '../../test/serve.ts'
import { startHanko } from '../../test/start-hanko.ts'
import { openSocket, serveWebSocket } from '../../test/web-socket.ts'
import { createEnforcement, createOperationState } from './enforcement.ts'
import { createRequirements, SESSION } from './requirement.ts'
import { useHankoSession } from './use-hanko-session.ts'

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

  it.each([
    ['first', ['{ fresh }', '{ lenient }']],
    ['last', ['{ lenient }', '{ fresh }']],
  ])(
    'is asked for by a batch of two of which the %s is so, also where the last begins some turns later',
    async (_, queries) => {
      const warm = await startHanko({ maxStaleness: 30_000 })
      const context = async ({ params }: { params: { query?: string } }): Promise<object> => {
        for (let turn = 0; turn < 10 && params.query === queries[1]; turn++) await Promise.resolve()
        return {}
      }
      const app = await createCountedApp(warm.hanko, sdl, { yoga: { context } })
      await warm.emulator.endSession(warm.ada.sessionId)
      const response = await app.served.fetch(app.served.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: warm.ada.header },
        body: JSON.stringify(queries.map((query) => ({ query }))),
      })
      expect(await response.json()).toMatchObject([{ errors: [{}] }, { errors: [{}] }])
      expect(app.ran).toEqual([])
    },
  )

  it('asks Hanko now behind an interface, though the operation was let in for a session', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(
      warm.hanko,
      `type Query { lenient: Int @auth node: Node } interface Node { x: Int } type A implements Node { x: Int @auth(fresh: true) }
       type B implements Node { x: Int }`,
      { resolvers: { Query: { node: () => ({ __typename: 'A', x: 1 }) } } },
    )
    await warm.emulator.endSession(warm.ada.sessionId)
    expect(codeOf(await app.ask('{ lenient node { x } }', warm.ada))).toEqual([200, 'revoked'])
    expect(app.ran).toEqual(['Query.lenient', 'Query.node'])
  })

  it('asks Hanko once for an operation over a WebSocket', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    const server = await serveWebSocket(app.yoga)
    const client = await openSocket(server.url)
    await client.init({ authorization: warm.ada.header })
    expect(await client.ask('1', '{ fresh again: fresh }')).toMatchObject({ data: {} })
    expect([warm.asked(), app.ran]).toEqual([1, ['Query.fresh', 'Query.fresh']])
    client.socket.terminate()
    await server.close()
  })

  it('asks Hanko once for a stream over a WebSocket in which it turns up', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const node = { subscribe: events, resolve: (event: object) => event }
    const app = await createCountedApp(
      warm.hanko,
      `type Query { x: Int } type Subscription { node: Node @auth } interface Node { x: Int }
       type A implements Node { x: Int @auth(fresh: true) } type B implements Node { x: Int }`,
      { resolvers: { Subscription: { node } } },
    )
    async function* events(): AsyncGenerator<object> {
      for (const x of [1, 2, 3]) yield { __typename: 'A', x }
    }
    const server = await serveWebSocket(app.yoga)
    const client = await openSocket(server.url)
    await client.init({ authorization: warm.ada.header })
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { node { x } }' } })
    for (const x of [1, 2, 3]) expect(await client.read()).toMatchObject({ payload: { data: { node: { x } } } })
    expect(warm.asked()).toBe(1)
    client.socket.terminate()
    await server.close()
  })

  it('waits for no timer, where an operation came alone', async () => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      expect(codeOf(await app.ask('{ fresh }', warm.ada))).toEqual([200])
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['', 'at the start'],
    [', where the schema is found for each request', 'for each request'],
    [', where the schema took the place of one without', 'later'],
    [', where it did so before Yoga began', 'at once'],
  ])('is asked for once by a whole batch, before anything of it runs%s', async (_, given) => {
    const warm = await startHanko({ maxStaleness: 30_000 })
    const app = await createCountedApp(warm.hanko, sdl)
    const { schema: lenient } = await createCountedApp(warm.hanko, 'type Query { lenient: Int @auth }')
    // A new server each time: the first request of one is no exception.
    const send = async () => {
      const isReplaced = given === 'later' || given === 'at once'
      const schema = given === 'for each request' ? () => app.schema : isReplaced ? lenient : app.schema
      let replaceSchema: ((schema: object) => void) | undefined
      const useLater: Plugin = { onPluginInit: ({ setSchema }) => void (replaceSchema = setSchema) }
      const useAtOnce: Plugin = { onSchemaChange: ({ replaceSchema: replace }) => replace(app.schema) }
      const plugins = [useHankoSession(warm.hanko), given === 'at once' ? useAtOnce : useLater]
      const served = await WAYS['yoga.fetch'](createYoga({ schema, plugins, batching: true, logging: false }))
      if (given === 'later') replaceSchema?.(app.schema)
      const queries = ['{ lenient }', '{ fresh }', 'mutation { pay }']
      const response = await served.fetch(served.url, {
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

describe('a rule that was met', () => {
  it('is met at once for what comes later in the operation: a list has a field a thousand times', async () => {
    const { hanko, ada } = await startHanko({ maxStaleness: 30_000 })
    const enforcement = createEnforcement({ roles: () => ['admin'] })
    const check = { kind: 'roles', anyOf: [['admin']], key: 'roles: admin' } as const
    const requirement = createRequirements().of([SESSION, check])!
    const caller = {
      auth: hanko.forRequest(new Headers({ authorization: ada.header })),
      context: {},
      changesState: false,
      operation: createOperationState(undefined),
    }
    const wants = [{ requirement, place: 'User.name', args: {} }]
    expect(await enforcement.decide(caller, wants)).toBeUndefined()
    expect(enforcement.decide(caller, wants)).toBeUndefined()
  })
})
