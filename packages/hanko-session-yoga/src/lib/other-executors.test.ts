import { normalizedExecutor } from '@graphql-tools/executor'
import { execute, type ExecutionArgs, type ExecutionResult, parse } from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import type { Plugin } from 'graphql-yoga'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCountedApp } from '../../test/counted-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'

const SDL = /* GraphQL */ `
  type Query {
    hello: String
    secret: String @auth
    user: User
    any: Thing
    ruled: String @auth(roles: "admin")
  }
  type User @auth {
    name: String
  }
  union Thing = Plain | User
  type Plain {
    x: Int
  }
`
const resolvers = {
  Query: {
    hello: () => 'hello',
    secret: () => 'secret',
    user: () => ({ name: 'Ada' }),
    any: () => ({ __typename: 'User', name: 'Ada' }),
    ruled: () => 'ruled',
  },
}

type Execute = (args: ExecutionArgs) => unknown

const EXECUTORS: Record<string, Execute> = {
  graphql: execute,
  '@graphql-tools/executor': normalizedExecutor,
  'graphql-jit': ({ schema, document, operationName, rootValue, contextValue, variableValues }) => {
    const compiled = compileQuery(schema, document, operationName ?? undefined)
    return isCompiledQuery(compiled) ? compiled.query(rootValue, contextValue, variableValues ?? {}) : compiled
  },
}

const useExecutor = (run: Execute): Plugin => ({
  onExecute: ({ setExecuteFn }) => setExecuteFn(run as never),
})

describe.each(Object.entries(EXECUTORS))('%s as the executor', (_name, run) => {
  let test: TestHanko
  let app: Awaited<ReturnType<typeof createCountedApp>>
  beforeAll(async () => {
    // graphql-jit waits for no `resolveType`: it meets a session that memory knows by then.
    test = await startHanko({ maxStaleness: '30s' })
    app = await createCountedApp(test.hanko, SDL, {
      resolvers,
      auth: { roles: () => [] },
      yoga: { plugins: [useExecutor(run)] },
    })
  })

  it('runs what is public, and what the session of its caller allows', async () => {
    expect(await app.ask('{ hello }')).toMatchObject({ status: 200, data: { hello: 'hello' } })
    const data = { secret: 'secret', user: { name: 'Ada' }, any: { name: 'Ada' } }
    const all = '{ secret user { name } any { ... on User { name } } }'
    expect(await app.ask(all, test.ada)).toMatchObject({ status: 200, data })
  })

  it.each(['{ secret }', '{ user { __typename } }', '{ hello any { ... on User { name } } }'])(
    'runs nothing of %s that needs a session, for nobody',
    async (query) => {
      const answer = await app.ask(query)
      expect(answer.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED'])
      expect(app.ran.filter((field) => field !== 'Query.hello' && field !== 'Query.any')).toEqual([])
    },
  )

  it('meets the guards of the schema where Yoga has decided nothing', async () => {
    app.ran.length = 0
    const document = parse('{ hello secret user { name } }')
    const contextValue = { auth: test.hanko.forRequest(new Headers()) }
    const result = (await run({ schema: app.schema, document, contextValue })) as ExecutionResult
    expect(result.data).toMatchObject({ hello: 'hello', secret: null, user: null })
    expect(result.errors).toHaveLength(2)
    expect(app.ran).toEqual(['Query.hello'])
  })
})

describe('a live query', () => {
  /** Runs a query again whenever something has changed, as live query stores do. */
  const useLiveQueries = (hasChanged: () => boolean): Plugin => ({
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async function* (args: ExecutionArgs) {
        do yield await executeFn(args)
        while (hasChanged())
      } as never)
    },
  })

  const accept = { accept: 'text/event-stream', 'content-type': 'application/json' }

  /** Changes three times. */
  async function open(change: (count: number) => void, query: string, roles: () => string[] = () => []) {
    const test = await startHanko({ maxStaleness: '30s' })
    let count = 0
    const hasChanged = (): boolean => {
      change(++count)
      return count <= 3
    }
    const app = await createCountedApp(test.hanko, SDL, {
      resolvers,
      auth: { roles },
      yoga: { plugins: [useLiveQueries(hasChanged)] },
    })
    const ask = async (headers: Record<string, string> = {}): Promise<string> => {
      const body = JSON.stringify({ query })
      return (
        await app.yoga.fetch('http://localhost/graphql', { method: 'POST', headers: { ...accept, ...headers }, body })
      ).text()
    }
    return { test, app, ask }
  }

  it('is run again while its session lives', async () => {
    const { test, app, ask } = await open(() => {}, '{ secret }')
    const text = await ask({ authorization: test.ada.header })
    expect(text.split('"secret":"secret"')).toHaveLength(5)
    expect(app.ran).toHaveLength(4)
  })

  it('ends with its session: with the error, and nothing more', async () => {
    const live = await open((count) => {
      if (count === 2) live.test.hanko.revoke({ sessionId: live.test.ada.sessionId })
    }, '{ secret }')
    const text = await live.ask({ authorization: live.test.ada.header })
    expect(text.split('"secret":"secret"')).toHaveLength(3)
    expect(text).toContain('"reason":"revoked"')
    expect(live.app.ran).toHaveLength(2)
  })

  it('is judged by its rules each time', async () => {
    let roles = ['admin']
    const live = await open(
      (count) => {
        if (count === 2) roles = []
      },
      '{ ruled }',
      () => roles,
    )
    const text = await live.ask({ authorization: live.test.ada.header })
    expect(text.split('"ruled":"ruled"')).toHaveLength(3)
    expect(text.match(/"code":"FORBIDDEN"/g)).toHaveLength(2)
    expect(live.app.ran).toHaveLength(2)
  })

  it('does not begin without a session', async () => {
    const { app, ask } = await open(() => {}, '{ secret }')
    expect(await ask()).toContain('UNAUTHENTICATED')
    expect(app.ran).toEqual([])
  })

  it('that is public goes on, and what turns up in it is judged by the session of the moment', async () => {
    const live = await open((count) => {
      if (count === 2) live.test.hanko.revoke({ sessionId: live.test.ada.sessionId })
    }, '{ hello any { __typename } }')
    const text = await live.ask({ authorization: live.test.ada.header })
    expect(text.split('"hello":"hello"')).toHaveLength(5)
    expect(text.split('"__typename":"User"')).toHaveLength(3)
  })
})
