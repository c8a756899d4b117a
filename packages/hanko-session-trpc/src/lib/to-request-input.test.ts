import { describe, expect, it } from 'vitest'
import { type AuthOptions, toRequestInput } from './to-request-input.ts'

const read = (options: unknown): ReturnType<typeof toRequestInput> => toRequestInput(options as AuthOptions)
const socket = { readyState: 1, send() {}, close() {} }
const connectionParams = { authorization: 'Bearer x' }

describe('toRequestInput', () => {
  it('takes connectionParams from a WebSocket only: told by its res, not by an Upgrade header', () => {
    const req = { headers: { upgrade: 'websocket', connection: 'Upgrade' }, method: 'GET' }
    expect(read({ req, res: socket, info: { connectionParams } })).toHaveProperty('connectionParams', connectionParams)
    for (const res of [undefined, {}, { send() {} }, { readyState: 1 }, { end() {}, close() {}, send() {} }]) {
      expect(read({ req, res, info: { connectionParams } })).toBe(req)
    }
  })

  it('marks a WebSocket without connection params as one, too', () => {
    expect(read({ req: { headers: {} }, res: socket, info: { connectionParams: null } })).toHaveProperty(
      'connectionParams',
      null,
    )
    expect(read({ req: { headers: {} }, res: socket })).toHaveProperty('connectionParams', undefined)
  })

  it('drops connectionParams that stand anywhere else', () => {
    for (const options of [
      { headers: {}, connectionParams },
      { req: { headers: {}, connectionParams } },
      { event: { headers: {}, connectionParams } },
    ]) {
      expect(read(options)).not.toHaveProperty('connectionParams')
    }
  })

  it("reads Fastify's raw request, which shows every Authorization line", () => {
    const raw = { headers: { authorization: 'Bearer a' }, headersDistinct: { authorization: ['Bearer a', 'Bearer b'] } }
    expect(read({ req: { headers: raw.headers, raw }, res: {} })).toBe(raw)
  })

  it('passes a Request, Headers, { headers } and a Lambda event of format 2.0 as they are', () => {
    const event = { version: '2.0', headers: {}, cookies: ['hanko=x'], requestContext: { http: { method: 'GET' } } }
    const request = new Request('http://localhost')
    expect(read({ event, context: {} })).toBe(event)
    expect(read({ req: request, resHeaders: new Headers() })).toBe(request)
    for (const options of [request, request.headers, { headers: request.headers }]) expect(read(options)).toBe(options)
  })

  it('reads method and every value of a header from a Lambda event of format 1.0', () => {
    const event = { httpMethod: 'POST', headers: { Cookie: 'b=2' }, multiValueHeaders: { Cookie: ['a=1', 'b=2'] } }
    expect(read({ event })).toEqual({ method: 'POST', headers: { Cookie: ['a=1', 'b=2'] } })
    expect(read({ event: { httpMethod: 'GET', headers: null } })).toEqual({ method: 'GET', headers: {} })
  })

  it('is not led astray by headers of the names req, event or raw', () => {
    const headers = { req: 'x', event: 'y', authorization: 'Bearer a' }
    expect(read(headers)).toBe(headers)
    const request = { headers, raw: 'z' }
    expect(read({ req: request })).toBe(request)
  })
})
