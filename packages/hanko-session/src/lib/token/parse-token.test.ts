import { afterEach, describe, expect, it, vi } from 'vitest'
import { hasTokenShape, parseToken } from './parse-token.ts'

afterEach(() => void vi.restoreAllMocks())

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const tokenOf = (header: object, payload: object = {}) => `${part(header)}.${part(payload)}.AAAA`

describe('hasTokenShape', () => {
  it('takes at most 8,192 bytes', () => {
    const ofLength = (length: number) => `AAAA.AAAA.${'A'.repeat(length - 10)}`
    // A length that is one more than a multiple of four is that of no base64url.
    expect([8_190, 8_192, 8_194, 8_196].map((length) => hasTokenShape(ofLength(length)))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('refuses what is too long by its length, before anything of it is copied or decoded', () => {
    const copied = vi.spyOn(TextEncoder.prototype, 'encodeInto')
    const text = `AAAA.AAAA.${'A'.repeat(10 * 1_024 * 1_024)}`
    expect(hasTokenShape(text)).toBe(false)
    expect(copied).not.toHaveBeenCalled()
    expect(hasTokenShape('AAAA.AAAA.AAAA')).toBe(true)
    expect(copied).toHaveBeenCalled()
  })
})

describe('parseToken', () => {
  it.each([
    { alg: 'RS256', kid: 'k' },
    { alg: 'RS256', kid: 'k', typ: 'JWT' },
    { alg: 'RS256', kid: 'k'.repeat(512), typ: 'JWT', cty: 'x' },
  ])('takes the header %j', (header) => {
    expect(parseToken(tokenOf(header))).toMatchObject({ keyId: header.kid, payload: {} })
  })

  it.each([
    { alg: 'RS256', kid: 'k', typ: 'jwt' },
    { alg: 'RS256', kid: 'k', typ: null },
    { alg: 'RS256', kid: 'k', typ: 'at+jwt' },
    { alg: 'RS256', kid: 'k'.repeat(513) },
    { alg: 'RS256', kid: '' },
    { alg: 'RS256', kid: 7 },
    { alg: 'RS256' },
    { alg: 'rs256', kid: 'k' },
    ...['crit', 'b64', 'zip', 'jku', 'jwk', 'x5u', 'x5c'].map((name) => ({ alg: 'RS256', kid: 'k', [name]: null })),
  ])('refuses the header %j as unsupported', (header) => {
    expect(parseToken(tokenOf(header))).toBe('unsupported_token')
  })
})
