import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { isHttp, readRequestAuth, readRequestInput } from './hanko-context.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

describe('readRequestInput', () => {
  const headers = new Headers({ upgrade: 'h2c' })
  it('finds the request that Yoga puts on the context, whatever is beside it', () => {
    const request = new Request('http://localhost/graphql', { headers })
    expect(readRequestInput({ request, req: { headers: {} } })).toBe(request)
  })

  it('finds what the recipes of graphql-sse and graphql-ws put there', () => {
    const req = { headers: { cookie: 'a=b' }, method: 'POST' }
    expect(readRequestInput({ req })).toBe(req)
    expect(readRequestInput({ req, connectionParams: { a: 1 } })).toEqual({
      headers: req.headers,
      connectionParams: { a: 1 },
    })
    expect(readRequestInput({ extra: { request: req }, connectionParams: undefined })).toEqual({
      headers: req.headers,
      connectionParams: undefined,
    })
    expect(readRequestInput({ connectionParams: {} })).toEqual({ headers: {}, connectionParams: {} })
  })

  it.each([
    ['no context', undefined],
    ['no request', {}],
    ['null', { request: null, req: null, extra: null }],
    ['a request without headers', { request: {} }],
  ])('finds none in %s', (_title, context) => {
    expect(readRequestInput(context)).toBeUndefined()
  })
})

describe('isHttp', () => {
  const request = new Request('http://localhost/graphql')

  it('is so for what Yoga answers, by the request that it puts on the context', () => {
    expect(isHttp({ request, req: { headers: {} } })).toBe(true)
  })

  it.each([
    ['a WebSocket', { req: { headers: {} }, connectionParams: undefined }],
    ['a WebSocket whose handshake stands there as a request', { request, connectionParams: {} }],
    ['graphql-sse', { req: { headers: {} } }],
    ['no request', { request: null }],
    ['no context', undefined],
  ])('is not so for %s: nothing reads a status there', (_title, context) => {
    expect(isHttp(context)).toBe(false)
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
