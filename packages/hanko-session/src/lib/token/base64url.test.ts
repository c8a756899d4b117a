import { describe, expect, it } from 'vitest'
import { decodeBase64url, decodeText, isCanonicalBase64url } from './base64url.ts'

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
  it('gives the bytes back, and those before the start as they are', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(decodeBase64url(encode(bytes))).toEqual(bytes)
    for (const length of [0, 1, 2, 3, 4, 255]) {
      const part = bytes.subarray(0, length)
      expect(decodeBase64url(encode(part))).toEqual(part)
      expect(decodeBase64url(`-_.z.${encode(part)}`, 5)).toEqual(new Uint8Array([...Buffer.from('-_.z.'), ...part]))
    }
  })

  it('gives bytes that the next call leaves alone', () => {
    const first = decodeBase64url('AAAA')
    decodeBase64url('____')
    expect([...first]).toEqual([0, 0, 0])
  })

  it('decodes no part of what is too long, or of other characters', () => {
    const longest = Uint8Array.from({ length: 6_144 }, (_, index) => index * 7)
    for (const bytes of [longest, longest.subarray(1), longest.subarray(2)])
      expect(decodeBase64url(encode(bytes))).toEqual(bytes)
    for (const text of ['A'.repeat(8_193), 'AAé', '\ud800AAA']) expect(() => decodeBase64url(text)).toThrow(RangeError)
  })
})

describe('decodeText', () => {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** Another decoder's word, for bytes of any kind. */
  function decodePlainly(text: string): string | undefined {
    try {
      return utf8.decode(Buffer.from(text, 'base64url'))
    } catch {
      return undefined
    }
  }

  it.each(['', '{}', '{"a":"?>~"}', '\u007f\u0080', 'é', '>é', '日本', '🙂', '\ufeff{}', '\0', 'x'.repeat(6_000)])(
    'gives %j back',
    (text) => {
      expect(decodeText(encode(Buffer.from(text)))).toBe(text)
    },
  )

  it('gives what decoding and reading as UTF-8 gives, or nothing where that refuses', () => {
    const edges = [
      0, 0x22, 0x3e, 0x3f, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xff,
    ]
    const all = Array.from({ length: 256 }, (_, byte) =>
      edges.flatMap((edge) => [
        [byte, edge],
        [edge, byte],
        [0xe2, byte, edge],
        [byte, edge, 0x80, 0x62],
      ]),
    ).flat()
    const texts = all.map((bytes) => encode(Uint8Array.from(bytes)))
    const plain = texts.map(decodePlainly)
    expect(texts.filter((text, at) => decodeText(text) !== plain[at])).toEqual([])
    expect(plain.filter((text) => text === undefined).length).toBeGreaterThan(1_000)
  })
})
