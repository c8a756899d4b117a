import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type RequestFacts, toRequestFacts } from './request-facts.ts'

const values = { authorization: 'Bearer t', cookie: 'a=1; hanko=v', host: 'app.example', origin: 'https://app.example' }
const url = 'https://app.example/api/me?hanko=x'

function nodeRequest(rawHeaders: Record<string, string | string[]>, method = 'POST'): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.method = method
  request.url = '/api/me'
  for (const [name, value] of Object.entries(rawHeaders)) {
    for (const item of [value].flat()) {
      request.rawHeaders.push(name, item)
      // What Node does for a name that may come once: the first line stays.
      request.headers[name.toLowerCase()] ??= item
      request.headersDistinct[name.toLowerCase()] = [...(request.headersDistinct[name.toLowerCase()] ?? []), item]
    }
  }
  return request
}

const containers: [string, unknown, string | undefined][] = [
  ['a Request', new Request(url, { method: 'POST', headers: values }), 'POST'],
  ['Headers', new Headers(values), undefined],
  ['a Node request', nodeRequest(values), 'POST'],
  ['a plain record', values, undefined],
  [
    'a record with other case',
    { Authorization: values.authorization, COOKIE: values.cookie, Host: values.host, Origin: values.origin },
    undefined,
  ],
  ['a record with lists', { ...values, cookie: ['a=1', 'hanko=v'], authorization: [values.authorization] }, undefined],
  ['a record without a prototype', Object.assign(Object.create(null) as object, values), undefined],
  ['an object with Headers', { headers: new Headers(values) }, undefined],
  [
    'a Lambda event',
    {
      version: '2.0',
      headers: { authorization: 'Bearer t', host: 'app.example', origin: values.origin },
      cookies: ['a=1', 'hanko=v'],
      requestContext: { http: { method: 'POST' } },
    },
    'POST',
  ],
  ['a WebSocket', { headers: values, connectionParams: null }, undefined],
]

describe('toRequestFacts', () => {
  it.each(containers)('reads the same from %s', (_, input, method) => {
    const facts = toRequestFacts(input) as RequestFacts
    expect(Object.fromEntries(Object.keys(values).map((name) => [name, facts.header(name)]))).toEqual(values)
    expect(facts.header('sec-fetch-site')).toBeUndefined()
    expect(facts.method).toBe(method)
  })

  it('knows the host: of the header, of HTTP/2, of a whole URL', () => {
    expect(toRequestFacts(new Request(url, { headers: { host: 'proxy.example' } }))?.host()).toBe('proxy.example')
    expect(toRequestFacts(nodeRequest({ ':authority': 'h2.example' }))?.host()).toBe('h2.example')
    expect(toRequestFacts(new Request(url))?.host()).toBe('app.example')
    expect(toRequestFacts(nodeRequest({}))?.host()).toBeUndefined()
  })

  it('takes for a WebSocket what brings connection params, be they null', () => {
    expect(toRequestFacts({ headers: {}, connectionParams: null })?.isWebSocket).toBe(true)
    expect(toRequestFacts({ headers: {} })?.isWebSocket).toBe(false)
  })

  it('takes for a WebSocket what asks for an upgrade to one', () => {
    for (const headers of [{ upgrade: 'websocket' }, { Upgrade: 'WebSocket' }]) {
      expect(toRequestFacts(headers)?.isWebSocket).toBe(true)
      expect(toRequestFacts({ headers, method: 'GET' })?.isWebSocket).toBe(true)
    }
    expect(toRequestFacts({ headers: {}, method: 'CONNECT' })?.isWebSocket).toBe(true) // HTTP/2
    expect(toRequestFacts({ upgrade: 'h2c' })?.isWebSocket).toBe(false)
  })

  it('L05 reads nothing that code has put on every object', () => {
    const pollution = {
      method: 'GET',
      connectionParams: { authorization: 'Bearer t' },
      requestContext: { http: { method: 'GET' } },
      url: 'https://evil.example',
    }
    Object.assign(Object.prototype, pollution)
    try {
      const facts = toRequestFacts({ headers: {} })
      expect([facts?.method, facts?.isWebSocket, facts?.connectionParams, facts?.host()]).toEqual([
        undefined,
        false,
        undefined,
        undefined,
      ])
    } finally {
      for (const name of Object.keys(pollution)) delete (Object.prototype as Record<string, unknown>)[name]
    }
  })

  it('X23 shows two Authorization lines as fetch does, in Node too', () => {
    const joined = 'Bearer a, Bearer b'
    const headers = new Headers({ authorization: 'Bearer a' })
    headers.append('authorization', 'Bearer b')
    expect(toRequestFacts(headers)?.header('authorization')).toBe(joined)
    expect(toRequestFacts(nodeRequest({ Authorization: ['Bearer a', 'Bearer b'] }))?.header('authorization')).toBe(
      joined,
    )
    expect(toRequestFacts({ authorization: 'Bearer a', Authorization: 'Bearer b' })?.header('authorization')).toBe(
      joined,
    )
  })

  it.each([undefined, null, 'x', 7, true, Symbol('x')])('reads nothing from %s', (input) => {
    expect(toRequestFacts(input)).toBeUndefined()
  })
})
