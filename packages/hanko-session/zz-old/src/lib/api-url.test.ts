import { describe, expect, it } from 'vitest'
import { toApiUrl } from './api-url.ts'

describe('toApiUrl', () => {
  it.each([
    ['https://abc.hanko.io', 'https://abc.hanko.io'],
    ['https://abc.hanko.io/', 'https://abc.hanko.io'],
    ['https://auth.example.com:8443/hanko/', 'https://auth.example.com:8443/hanko'],
    [
      'https://h.example/7d3b261c-f6ea-4d93-b533-850db9ae501f',
      'https://h.example/7d3b261c-f6ea-4d93-b533-850db9ae501f',
    ],
    ['http://localhost:8000', 'http://localhost:8000'],
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['http://127.9.9.9', 'http://127.9.9.9'],
    ['http://[::1]:8000', 'http://[::1]:8000'],
  ])('takes %s', (value, expected) => {
    expect(toApiUrl(value, false)).toBe(expected)
  })

  it('names the environment variable when there is no URL', () => {
    expect(() => toApiUrl(undefined, false)).toThrow('HANKO_API_URL')
  })

  it('names the option that allows plain http to another machine', () => {
    expect(() => toApiUrl('http://hanko.internal', false)).toThrow('allowPlainHttp: true')
    expect(toApiUrl('http://hanko.internal', true)).toBe('http://hanko.internal')
  })

  it.each(['http://localhost.evil.example', 'http://127.0.0.1.evil.example', 'http://127.evil.example'])(
    'takes %s for another machine',
    (value) => {
      expect(() => toApiUrl(value, false)).toThrow('plain http')
    },
  )

  it.each([
    '',
    ' ',
    'undefined',
    'null',
    '/hanko',
    'abc.hanko.io',
    'ftp://abc.hanko.io',
    'file:///etc/passwd',
    'javascript:1',
    'https://user:secret@abc.hanko.io',
    'https://secret@abc.hanko.io',
    'https://abc.hanko.io/?a=secret',
    'https://abc.hanko.io/#secret',
    'https://abc.hanko.io/?',
    'https://abc.hanko.io/a/../b',
    'https://abc.hanko.io/..',
    'https://abc.hanko.io/%2e%2e/x',
    'https://abc.hanko.io//x',
    'https:\\\\abc.hanko.io',
    'https://abc.hanko.io/a\nb',
    'https://häko.example',
    'https://',
    'https:abc',
  ])('refuses %j, and does not repeat it', (value) => {
    expect(() => toApiUrl(value, true)).toThrow(/^apiUrl \(or HANKO_API_URL\) must/)
    expect(() => toApiUrl(value, true)).not.toThrow('secret')
  })
})
