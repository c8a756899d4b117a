import { normalizedExecutor } from '@graphql-tools/executor'
import { buildSchema, type ExecutionResult, experimentalExecuteIncrementally, GraphQLError, parse } from 'graphql'
import { HankoAuthError } from 'hanko-session'
import { beforeAll, describe, expect, it } from 'vitest'
import { GRAPHQL_RESPONSE, post, type Served, WAYS } from '../../test/serve.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp } from '../../test/test-app.ts'
import { surfaceAuthErrors } from './surface-auth-errors.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

const serve = (options: Parameters<typeof createTestApp>[1]): Promise<Served> =>
  WAYS['yoga.fetch'](createTestApp(test.hanko, options).yoga)
const NO_TOKEN = { code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } }

describe.each([true, false])('G44 with maskedErrors: %s', (maskedErrors) => {
  it('a refused operation keeps its code and status', async () => {
    const { status, errors } = await post(await serve({ maskedErrors }), '{ extra }')
    expect([status, errors?.[0]?.extensions]).toEqual([401, NO_TOKEN])
  })

  it('a refused field keeps its code', async () => {
    const { status, data, errors } = await post(await serve({ maskedErrors }), '{ nodes { secret } }')
    expect([status, data, errors?.[0]?.extensions]).toEqual([200, { nodes: [{ secret: null }] }, NO_TOKEN])
  })

  it('a resolver that asks for a session refuses its field', async () => {
    const { status, data, errors } = await post(await serve({ maskedErrors }), '{ hello insists }')
    expect([status, data]).toEqual([200, { hello: 'hello', insists: null }])
    expect(errors).toEqual([
      { message: 'Sign in to use this.', locations: [{ line: 1, column: 9 }], path: ['insists'], extensions: NO_TOKEN },
    ])
  })

  it('a context that asks for a session refuses the operation', async () => {
    const context = async (initial: object): Promise<object> => {
      await (initial as { auth: { requireSession(): Promise<unknown> } }).auth.requireSession()
      return {}
    }
    const { status, headers, data, errors } = await post(await serve({ maskedErrors, context }), '{ hello }')
    expect([status, data, errors?.[0]?.extensions]).toEqual([401, undefined, NO_TOKEN])
    expect(headers.get('www-authenticate')).toBe('Bearer')
  })

  it('a stream that asks for a session ends with the error', async () => {
    const served = await serve({ maskedErrors })
    const url = `${served.url}?query=${encodeURIComponent('subscription { breaks }')}`
    const text = await (await served.fetch(url, { headers: { accept: 'text/event-stream' } })).text()
    expect(text).toContain('data: {"data":{"breaks":1}}')
    expect(text).toContain(JSON.stringify(NO_TOKEN))
    expect(text).not.toContain('"breaks":2')
  })
})

describe('G30 a context function', () => {
  const throwing = (): never => {
    throw new Error('internal: db password')
  }
  it.each([
    ['that throws', throwing],
    ['that rejects', async () => throwing()],
  ])('%s is the app’s own 500, and runs nothing', async (_title, context) => {
    const app = createTestApp(test.hanko, { context })
    const served = await WAYS['yoga.fetch'](app.yoga)
    const { status, ...body } = await post(served, '{ extra }', { headers: { authorization: test.ada.header } })
    expect(status).toBe(500)
    expect(body).toMatchObject({ errors: [{ message: 'Unexpected error.' }] })
    expect(JSON.stringify(body)).not.toContain('password')
    expect(app.ran).toEqual([])
  })

  it('that hangs runs nothing', async () => {
    let enter = (): void => {}
    const entered = new Promise<void>((resolve) => (enter = resolve))
    let release: (context: object) => void = () => {}
    const released = new Promise<object>((resolve) => (release = resolve))
    const context = (): Promise<object> => {
      enter()
      return released
    }
    const app = createTestApp(test.hanko, { context })
    const answer = app.yoga.fetch('http://localhost/graphql?query={extra}', {
      headers: { authorization: test.ada.header },
    })
    await entered
    expect(app.ran).toEqual([])
    release({})
    expect(await (await answer).json()).toEqual({ data: { extra: 'extra' } })
  })

  it('that replaces `auth` is refused where a session is needed, with an error for developers', async () => {
    const forged = { state: async () => ({ status: 'authenticated', session: {} }) }
    const app = createTestApp(test.hanko, { context: () => ({ auth: forged }) })
    const served = await WAYS['yoga.fetch'](app.yoga)
    const { status, data, errors } = await post(served, '{ extra }', { headers: { authorization: test.ada.header } })
    expect([status, data, errors?.[0]?.message]).toEqual([500, undefined, 'Unexpected error.'])
    expect((await post(served, '{ hello }')).data).toEqual({ hello: 'hello' })
    expect(app.ran).toEqual([])
  })

  it('sees the same `auth` as the resolvers, for one call to Hanko', async () => {
    const seen: unknown[] = []
    const context = async (initial: object): Promise<object> => {
      seen.push(
        await (initial as { auth: { state(): Promise<{ status: string }> } }).auth.state().then(({ status }) => status),
      )
      return {}
    }
    const served = await serve({ context })
    test.asked()
    const { data } = await post(served, '{ extra }', {
      headers: { authorization: test.ada.header, accept: GRAPHQL_RESPONSE },
    })
    expect([data, seen, test.asked()]).toEqual([{ extra: 'extra' }, ['authenticated'], 1])
  })
})

describe('surfaceAuthErrors', () => {
  it('reaches the parts of a deferred or streamed result, and leaves other errors alone', () => {
    // oxlint-disable typescript/no-deprecated -- as executors make it, for graphql 16 too
    const ours = (): GraphQLError =>
      new GraphQLError('x', { originalError: new HankoAuthError({ reason: 'upstream_timeout' }), path: ['a'] })
    const other = new GraphQLError('x', { originalError: new Error('y') })
    // oxlint-enable typescript/no-deprecated
    const plain = { data: {}, errors: [other] }
    expect(surfaceAuthErrors(plain)).toBe(plain)
    const result = surfaceAuthErrors({
      errors: [other, ours()],
      incremental: [{ data: {}, errors: [ours()] }],
      completed: [{ errors: [ours()] }],
    } as object) as { errors: unknown[]; incremental: unknown[]; completed: unknown[] }
    const error = { path: ['a'], extensions: { code: 'GATEWAY_TIMEOUT', auth: { reason: 'upstream_timeout' } } }
    expect(result).toMatchObject({
      errors: [{}, error],
      incremental: [{ data: {}, errors: [error] }],
      completed: [{ errors: [error] }],
    })
    expect(result.errors[0]).toBe(other)
  })
  it.each([
    ['@graphql-tools/executor', normalizedExecutor, 'incremental'],
    ['graphql 17', experimentalExecuteIncrementally, 'completed'],
  ] as const)('reaches the one error that %s delivers late', async (_name, run, place) => {
    const schema = buildSchema('directive @defer on INLINE_FRAGMENT type Query { a: Int late: Int! }')
    const late = async (): Promise<never> => {
      await new Promise(setImmediate)
      throw new HankoAuthError({ reason: 'no_token' })
    }
    const document = parse('{ a ... @defer { late } }')
    const result: unknown = await run({ schema, document, rootValue: { a: 1, late } })
    const parts = 'subsequentResults' in (result as object) ? (result as Incremental).subsequentResults : result
    const found: unknown[] = []
    for await (const part of parts as AsyncIterable<ExecutionResult>) {
      const surfaced = surfaceAuthErrors(part) as { [place]?: { errors?: GraphQLError[] }[] }
      for (const { errors = [] } of surfaced[place] ?? []) found.push(...errors.map(({ extensions }) => extensions))
    }
    expect(found).toEqual([NO_TOKEN])
  })
})

interface Incremental {
  readonly subsequentResults: AsyncIterable<ExecutionResult>
}
