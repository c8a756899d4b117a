import { afterEach, describe, expect, it } from 'vitest'
import { changesState } from '../check-origin.ts'
import { quickCookie } from './quick-cookie.ts'
import { readCredential } from './read-candidates.ts'
import { toRequestFacts } from './request-facts.ts'

const settings = { tokenSources: ['bearer', 'connectionParams', 'cookie'], cookieName: 'hanko' } as const

/** The one cookie that may be used without a look at where it came from, found the whole way. */
function findSlowly(request: unknown, changes: boolean | undefined): string | undefined {
  const facts = toRequestFacts(request)
  if (facts === undefined || facts.isWebSocket || (changes ?? changesState(facts))) return undefined
  const { source, texts } = readCredential(facts, settings)
  return source === 'cookie' && typeof texts !== 'string' && texts.length === 1 ? texts[0] : undefined
}

const pick = <T>(list: readonly T[], seed: number): T => list[seed % list.length] as T

const HEADERS = [
  {},
  { cookie: 'hanko=v' },
  { cookie: 'a=1; hanko=v; b=2' },
  { Cookie: 'hanko=v' },
  { cookie: 'hanko=v', Cookie: 'hanko=w' },
  { cookie: ['a=1', 'hanko=v'] },
  { cookie: 'hanko=v; hanko=w' },
  { cookie: 'xhanko=v' },
  { cookie: 'hanko=' },
  new Headers({ cookie: 'hanko=v' }),
  new Headers({ cookie: 'a=1; hanko=v; b=2' }),
  new Headers({ cookie: 'hanko=v', authorization: 'Bearer t' }),
  new Headers({ cookie: 'hanko=v', authorization: '' }),
  new Headers({ cookie: 'hanko=v', upgrade: 'websocket' }),
  new Headers([
    ['cookie', 'hanko=v'],
    ['cookie', 'hanko=w'],
  ]),
  new Headers(),
  null,
  ['cookie'],
  'cookie',
]
const MORE = [
  {},
  { authorization: 'Bearer t' },
  { AUTHORIZATION: '' },
  { authorization: 'Basic x' },
  { Upgrade: 'websocket' },
]
const BESIDE = [
  {},
  { connectionParams: null },
  { connectionParams: { authorization: 'Bearer t' } },
  { requestContext: { http: { method: 'GET' } }, cookies: ['hanko=w'] },
]
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'CONNECT', 'get', undefined]
const CHANGES = [undefined, false, true]

describe('quickCookie', () => {
  afterEach(() => {
    for (const name of ['headers', 'method', 'cookie']) Reflect.deleteProperty(Object.prototype, name)
  })

  it('says what the whole way says, or nothing', () => {
    let found = 0
    const all = HEADERS.length * MORE.length * BESIDE.length * METHODS.length * CHANGES.length
    for (let seed = 0; seed < all; seed++) {
      let rest = seed
      const next = <T>(list: readonly T[]): T => {
        const item = pick(list, rest)
        rest = Math.floor(rest / list.length)
        return item
      }
      const headers = next(HEADERS)
      const more = next(MORE)
      const merged =
        headers === null || typeof headers !== 'object' || headers instanceof Headers || Array.isArray(headers)
      const request = { headers: merged ? headers : { ...headers, ...more }, ...next(BESIDE), method: next(METHODS) }
      const changes = next(CHANGES)
      const quick = quickCookie(request, 'hanko', changes)
      if (quick === undefined) continue
      found++
      expect([request, changes, quick]).toEqual([request, changes, findSlowly(request, changes)])
    }
    expect(found).toBeGreaterThan(20)
  })

  it('finds the cookie of a plain GET', () => {
    expect(quickCookie({ method: 'GET', headers: { host: 'a', cookie: 'a=1; hanko=v' } }, 'hanko', undefined)).toBe('v')
  })

  it('finds the cookie of a plain Request', () => {
    const request = new Request('https://app.example/', { headers: { cookie: 'a=1; hanko=v' } })
    expect(quickCookie(request, 'hanko', undefined)).toBe('v')
    expect(quickCookie(new Request(request, { method: 'POST' }), 'hanko', undefined)).toBeUndefined()
  })

  it.each([undefined, null, 7, 'x', {}, new Request('https://app.example/')])('says nothing of %s', (request) => {
    expect(quickCookie(request, 'hanko', false)).toBeUndefined()
  })

  it('says nothing where a member throws, or where code has put one on every object', () => {
    const throwing = {
      method: 'GET',
      get headers(): object {
        throw new Error('no')
      },
    }
    expect(quickCookie(throwing, 'hanko', undefined)).toBeUndefined()
    Object.assign(Object.prototype, { method: 'GET' })
    expect(quickCookie({ headers: { cookie: 'hanko=v' } }, 'hanko', undefined)).toBeUndefined()
  })
})
