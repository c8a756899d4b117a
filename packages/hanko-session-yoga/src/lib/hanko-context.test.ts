import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createTestApp } from '../../test/test-app.ts'
import { readHttpRequest, readRequestAuth } from './hanko-context.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

describe('readHttpRequest', () => {
  it('finds the request that Yoga puts on the context', () => {
    const request = new Request('http://localhost/graphql', { headers: { upgrade: 'h2c' } })
    expect(readHttpRequest({ request })).toBe(request)
  })

  it.each([
    ['no context', undefined],
    ['no request', {}],
    ['null', { request: null }],
    ['a handshake in the form of Node', { request: { headers: { upgrade: 'websocket' } } }],
    ['a handshake', { request: { headers: new Headers({ upgrade: 'WebSocket' }) } }],
    ['connection params', { request: new Request('http://localhost'), connectionParams: {} }],
  ])('finds none in %s', (_title, context) => {
    expect(readHttpRequest(context)).toBeUndefined()
  })
})

describe('an operation over a WebSocket', () => {
  it('finds what is protected closed, because no session can be looked up for it yet', async () => {
    const { yoga, ran } = createTestApp(test.hanko)
    // As the recipe of graphql-ws with Yoga does it.
    const run = async (query: string): Promise<unknown> => {
      const { schema, execute, contextFactory, parse } = yoga.getEnveloped({
        connectionParams: { authorization: test.ada.header },
      })
      return execute({ schema, document: parse(query), contextValue: await contextFactory() })
    }
    expect(await run('{ hello }')).toEqual({ data: { hello: 'hello' } })
    await expect(run('{ extra }')).rejects.toThrow('(WebSocket) are not supported yet')
    expect(ran).toEqual([])
  })
})

describe('readRequestAuth', () => {
  it('finds what a validator made, for the request or for one of its operations', () => {
    const auth = test.hanko.forRequest(new Request('http://localhost'))
    const view = auth.forOperation({ changesState: true })
    expect(readRequestAuth({ auth })).toBe(auth)
    expect(readRequestAuth({ auth: view })).toBe(view)
  })

  it('finds nothing else', () => {
    const auth = test.hanko.forRequest(new Request('http://localhost'))
    for (const context of [
      undefined,
      null,
      {},
      { auth: { ...auth } },
      { auth: Object.create(auth) as unknown },
      { session: auth },
    ]) {
      expect(readRequestAuth(context)).toBeUndefined()
    }
  })
})
