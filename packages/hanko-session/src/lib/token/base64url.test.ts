import { describe, expect, it } from 'vitest'
import { decodeBase64url, isCanonicalBase64url } from './base64url.ts'

const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

describe('isCanonicalBase64url', () => {
  it('holds for exactly those texts that decode and encode to themselves', () => {
    // Every text of two and of three characters that ends in any character of either alphabet.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.'
    for (const prefix of ['A', '-_', 'Zz9']) {
      for (const last of alphabet) {
        const text = prefix + last
        expect([text, isCanonicalBase64url(text)]).toEqual([text, encode(Buffer.from(text, 'base64url')) === text])
      }
    }
  })

  it('judges a part by itself', () => {
    expect(isCanonicalBase64url('!AA!', 1, 3)).toBe(true)
    expect(isCanonicalBase64url('AAB', 0, 2)).toBe(true)
    expect(isCanonicalBase64url('AB', 1, 1)).toBe(false)
    expect(isCanonicalBase64url('\ud800\u00e9AA', 0, 2)).toBe(false)
  })

  it.each(['', 'A', 'AAAAA', 'AA==', 'A A', 'AA\n', 'AA%3D', 'AAé'])('does not hold for %j', (text) => {
    expect(isCanonicalBase64url(text)).toBe(false)
  })
})

describe('decodeBase64url', () => {
  it('gives the bytes back', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(decodeBase64url(encode(bytes))).toEqual(bytes)
    for (const length of [0, 1, 2, 3, 4, 255]) {
      const part = bytes.subarray(0, length)
      expect(decodeBase64url(encode(part))).toEqual(part)
      expect(decodeBase64url(`-_.${encode(part)}.zz`, 3, 3 + encode(part).length)).toEqual(part)
    }
  })

  it('gives bytes that the next call leaves alone', () => {
    const first = decodeBase64url('AAAA')
    decodeBase64url('____')
    expect([...first]).toEqual([0, 0, 0])
  })

  it('decodes no part of what is too long, or of other characters', () => {
    expect(decodeBase64url('A'.repeat(8_192)).length).toBe(6_144)
    for (const text of ['A'.repeat(8_193), 'AAé', '\ud800AAA']) expect(() => decodeBase64url(text)).toThrow(RangeError)
  })
})
