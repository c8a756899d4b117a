import { describe, expect, it } from 'vitest'
import { readWebhookToken } from './read-webhook-token.ts'

const NOW = 1_700_000_000
const SIGNATURE = 'AAAA'
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const header = { alg: 'RS256', kid: 'k', typ: 'JWT' }
const payload = {
  aud: ['localhost'],
  data: { id: 'x' },
  evt: 'user.create',
  exp: NOW + 300,
  iat: NOW,
  sub: 'hanko webhooks',
}

function read(changes: object = {}, options: { audience?: string[]; now?: number; header?: object } = {}) {
  const text = `${encode({ ...header, ...options.header })}.${encode({ ...payload, ...changes })}.${SIGNATURE}`
  return readWebhookToken(text, {
    audience: options.audience,
    clockSkew: 5_000,
    clock: { now: () => (options.now ?? NOW) * 1_000, monotonic: () => 0 },
  })
}

describe('readWebhookToken', () => {
  it('reads what Hanko signs, however long its data are', () => {
    expect(read()).toMatchObject({ keyId: 'k', issuedAt: NOW, expiresAt: NOW + 300, event: 'user.create' })
    expect(read({ data: { id: 'x', body: 'b'.repeat(40_000) } })).toBeDefined()
  })

  it('lives from its iat to its exp, with the clock skew on both sides', () => {
    const livesAt = (now: number) => read({}, { now }) !== undefined
    expect([NOW - 6, NOW - 5, NOW + 304.999, NOW + 305].map(livesAt)).toEqual([false, true, true, false])
    expect([read({ nbf: NOW + 5 }), read({ nbf: NOW + 6 }), read({ nbf: 'x' })].map(Boolean)).toEqual([
      true,
      false,
      false,
    ])
  })

  it.each([
    ['another subject', { sub: 'hanko webhook' }],
    ['a user', { sub: '7f1b2c3d-0000-4000-8000-000000000001' }],
    ['no subject', { sub: undefined }],
    ['a session', { session_id: '7f1b2c3d-0000-4000-8000-000000000001' }],
    ['a session id of any kind', { session_id: null }],
    ['a longer life', { exp: NOW + 301 }],
    ['an end before its beginning', { exp: NOW - 1 }],
    ['no end', { exp: undefined }],
    ['an end that is no number', { exp: String(NOW + 300) }],
    ['no beginning', { iat: undefined }],
    ['a list of anything as its audience', { aud: ['localhost', 7] }],
    ['an object as its audience', { aud: {} }],
  ])('takes no token with %s', (_, changes) => {
    expect(read(changes)).toBeUndefined()
  })

  it('holds the header to what that of a session is held to', () => {
    for (const change of [{ alg: 'none' }, { kid: undefined }, { crit: ['x'] }, { jwk: {} }, { typ: 'JWE' }])
      expect(read({}, { header: change })).toBeUndefined()
  })

  it('is for one of the audiences that were set', () => {
    expect([read({}, { audience: ['x', 'localhost'] }), read({ aud: 'x' }, { audience: ['x'] })]).not.toContain(
      undefined,
    )
    for (const aud of ['localhosts', ['other'], [], undefined])
      expect(read({ aud }, { audience: ['localhost'] })).toBeUndefined()
  })

  it.each([
    '',
    '..',
    'a.b',
    'a.b.c.d',
    `${encode(header)}.${encode(payload)}.`,
    `${encode(header)}.${encode(payload)}`,
  ])('takes no %j', (text) => {
    const clock = { now: () => NOW * 1_000, monotonic: () => 0 }
    expect(readWebhookToken(text, { audience: undefined, clockSkew: 5_000, clock })).toBeUndefined()
  })

  it('is not moved by what code has put on every object', () => {
    Object.assign(Object.prototype, { session_id: 'x', nbf: 9e9 })
    try {
      expect(read()).toBeDefined()
    } finally {
      for (const name of ['session_id', 'nbf']) Reflect.deleteProperty(Object.prototype, name)
    }
  })
})
