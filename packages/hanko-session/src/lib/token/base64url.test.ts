import { describe, expect, it } from 'vitest'
import { decodeBase64url, decodeText, isCanonicalBase64url, toBytes, toFlat } from './base64url.ts'

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

  it('holds of as many parts as are asked for if it holds of each', () => {
    const parts = ['', 'A', 'AA', 'AB', 'AAA', 'AAB', 'AAAA', 'A!AA', '_w', '-_-8', 'AA=', 'é', 'AAAAA']
    const isGood = (part: string) => part !== '' && encode(Buffer.from(part, 'base64url')) === part
    const texts = parts.flatMap((first) =>
      parts.flatMap((second) => parts.map((third) => [first, second, third] as const)),
    )
    const isWrong = (all: readonly string[]) => {
      const verdicts = [1, 2, 3, 4].map((count) => isCanonicalBase64url(all.join('.'), count))
      return verdicts.join() !== [false, false, all.every(isGood), false].join()
    }
    expect(texts.filter(isWrong)).toEqual([])
  })

  it('holds for no text with a character that is none of the alphabet, wherever it stands', () => {
    const taken: string[] = []
    for (const length of [2, 3, 4, 7, 8, 683])
      for (let at = 0; at < length; at++)
        for (const strange of ['!', '=', '+', '/', '.', ' ', '\0', '\x7f', 'é', 'Ā', '\ud800']) {
          const text = 'A'.repeat(at) + strange + 'A'.repeat(length - at - 1)
          if (isCanonicalBase64url(text)) taken.push(text)
        }
    expect(taken).toEqual([])
  })

  it('is not misled by what was in the buffer before', () => {
    for (const before of ['!'.repeat(8_192), '_'.repeat(8_192), '.'.repeat(8_192)]) {
      isCanonicalBase64url(before)
      expect(['AA', 'AAA', 'AAAA', 'AAA.AA'].map((text) => isCanonicalBase64url(text, text.split('.').length))).toEqual(
        [true, true, true, true],
      )
    }
  })

  it.each(['', 'A', 'AAAAA', 'AA==', 'A A', 'AA\n', 'AA%3D', 'AAé'])('does not hold for %j', (text) => {
    expect(isCanonicalBase64url(text)).toBe(false)
  })
})

describe('decodeBase64url', () => {
  it('gives the bytes back, whatever was in the buffer before', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(decodeBase64url(encode(bytes))).toEqual(bytes)
    for (const length of [0, 1, 2, 3, 4, 255]) {
      const part = bytes.subarray(0, length)
      for (const before of ['_'.repeat(400), '!'.repeat(400), 'A'.repeat(400)]) {
        decodeBase64url(before)
        expect(decodeBase64url(encode(part))).toEqual(part)
      }
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
  function orNothing(decode: () => string): string | undefined {
    try {
      return decode()
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

  it('gives what decoding and reading as UTF-8 gives, and throws where that does', () => {
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
    const plain = texts.map((text) => orNothing(() => utf8.decode(Buffer.from(text, 'base64url'))))
    const ours = texts.map((text) => orNothing(() => decodeText(text)))
    expect(texts.filter((_, at) => ours[at] !== plain[at])).toEqual([])
    expect(plain.filter((text) => text === undefined).length).toBeGreaterThan(1_000)
  })
})

describe('a text copied', () => {
  it('is the same text, and bytes that the next call leaves alone', () => {
    for (const text of ['', 'a', 'AZ09.-_', 'x'.repeat(8_192)]) {
      const bytes = toBytes(text)
      expect(toFlat(text)).toBe(text)
      expect(Buffer.from(bytes).toString('latin1')).toBe(text)
    }
    // What a webhook's signature is about has no such bound.
    expect(Buffer.from(toBytes('x'.repeat(60_000))).toString('latin1')).toBe('x'.repeat(60_000))
  })
})
