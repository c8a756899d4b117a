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

  it.each(['', 'A', 'AAAAA', 'AA==', 'A A', 'AA\n', 'AA%3D', 'AAé'])('does not hold for %j', (text) => {
    expect(isCanonicalBase64url(text)).toBe(false)
  })
})

describe('decodeBase64url', () => {
  it('gives the bytes back', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(decodeBase64url(encode(bytes))).toEqual(bytes)
  })
})
