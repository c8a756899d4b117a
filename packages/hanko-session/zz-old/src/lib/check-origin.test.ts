import { describe, expect, it } from 'vitest'
import { changesState, isCrossSite } from './check-origin.ts'
import { type RequestFacts, toRequestFacts } from './token/request-facts.ts'

const trustedOrigins = new Set(['https://app.example.com'])
const factsOf = (input: unknown) => toRequestFacts(input) as RequestFacts
const verdict = (headers: Record<string, string>) => isCrossSite(factsOf(headers), { trustedOrigins })

describe('isCrossSite', () => {
  it.each([
    [
      'an origin that is trusted',
      { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site', host: 'api.example' },
    ],
    ['same-origin', { 'sec-fetch-site': 'same-origin', origin: 'https://other.example', host: 'api.example' }],
    ['none: the user typed it', { 'sec-fetch-site': 'none' }],
    ['no Origin and no Sec-Fetch-Site: not a browser', {}],
    ['an old browser on the own host', { origin: 'https://api.example', host: 'api.example' }],
    ['a default port that only one writes', { origin: 'https://api.example', host: 'api.example:443' }],
    ['another port, written by both', { origin: 'http://localhost:3001', host: 'localhost:3001' }],
    ['HTTP/2, where the host is :authority', { origin: 'https://api.example', ':authority': 'api.example' }],
  ])('passes %s', (_, headers) => {
    expect(verdict(headers)).toBe(false)
  })

  it.each([
    ['cross-site', { 'sec-fetch-site': 'cross-site' }],
    [
      "same-site: a sibling may be anybody's",
      { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com', host: 'api.example.com' },
    ],
    ['a value nobody knows', { 'sec-fetch-site': 'friendly' }],
    ['same-origin sent twice', { 'sec-fetch-site': 'same-origin, cross-site' }],
    ['Origin: null', { origin: 'null', host: 'api.example' }],
    ['another host', { origin: 'https://evil.example', host: 'api.example' }],
    ['another port', { origin: 'http://localhost:3000', host: 'localhost:3001' }],
    ['a host that only begins alike', { origin: 'https://api.example.evil.example', host: 'api.example' }],
    ['a Host with more than a host', { origin: 'https://evil.example', host: 'evil.example/@api.example' }],
    ['no Host at all', { origin: 'https://api.example' }],
    ['a trusted origin with more behind it', { origin: 'https://app.example.com.evil.example', host: 'api.example' }],
    ['another scheme', { origin: 'chrome-extension://api.example', host: 'api.example' }],
    ['an origin with more than an origin', { origin: 'http://evil@api.example', host: 'api.example' }],
    ['an origin with a path', { origin: 'http://api.example/evil', host: 'api.example' }],
    ['two origins', { origin: 'https://app.example.com, https://evil.example', host: 'api.example' }],
  ])('refuses %s', (_, headers) => {
    expect(verdict(headers)).toBe(true)
  })

  it('falls back to the host of the URL', () => {
    const request = new Request('https://api.example/x', { method: 'POST', headers: { origin: 'https://api.example' } })
    expect(isCrossSite(factsOf(request), { trustedOrigins })).toBe(false)
    const foreign = new Request('https://api.example/x', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    })
    expect(isCrossSite(factsOf(foreign), { trustedOrigins })).toBe(true)
  })
})

describe('changesState', () => {
  it.each([
    ['GET', false],
    ['HEAD', false],
    ['OPTIONS', false],
    ['POST', true],
    ['DELETE', true],
    ['get', true],
  ])('is told by the method: %s', (method, expected) => {
    expect(changesState(factsOf({ headers: {}, method }))).toBe(expected)
  })

  it('is assumed of bare headers', () => {
    expect(changesState(factsOf({}))).toBe(true)
  })
})
