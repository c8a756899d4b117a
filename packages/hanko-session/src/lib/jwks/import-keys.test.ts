import { describe, expect, inject, it, vi } from 'vitest'
import { type JsonObject, parseStrictJson } from '../token/strict-json.ts'
import { importKeys } from './import-keys.ts'

const [first, second, third] = inject('signingKeys').map(({ n }) => n as string) as [string, string, string]
const bytesOf = (n: string) => Buffer.from(n, 'base64url')
/** `n` with its bytes changed. */
const changed = (change: (bytes: Buffer) => Uint8Array) => Buffer.from(change(bytesOf(first))).toString('base64url')
/** An odd number of so many bits: good enough for an import, which looks for no factors. */
const ofBits = (bits: number) => (2n ** BigInt(bits) - 1n).toString(16)
const modulusOf = (bits: number) =>
  Buffer.from(ofBits(bits).padStart(Math.ceil(bits / 8) * 2, '0'), 'hex').toString('base64url')

const key = (changes: Record<string, unknown> = {}) => ({
  kty: 'RSA',
  kid: 'a',
  n: first,
  e: 'AQAB',
  use: 'sig',
  alg: 'RS256',
  ...changes,
})
/** As it comes off the wire. */
const body = (keys: unknown) => parseStrictJson(JSON.stringify({ keys })) as JsonObject
const idsOf = async (...keys: unknown[]) => [...(await importKeys(body(keys))).keys()]

describe('importKeys', () => {
  it('gives a frozen key that can only verify RS256 and cannot be exported', async () => {
    const [imported] = [...(await importKeys(body([key()]))).values()]
    expect(Object.isFrozen(imported)).toBe(true)
    expect(imported).toMatchObject({ kid: 'a', modulus: first })
    const { algorithm, extractable, type, usages } = imported!.cryptoKey
    expect({ algorithm, extractable, type, usages }).toMatchObject({
      algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, modulusLength: 4096 },
      extractable: false,
      type: 'public',
      usages: ['verify'],
    })
  })

  it.each([
    ['without use, alg and key_ops', { use: undefined, alg: undefined }],
    ['with key_ops that hold verify', { key_ops: ['sign', 'verify'] }],
    ['of 2,048 bits', { n: modulusOf(2_048) }],
    ['of 8,192 bits', { n: modulusOf(8_192) }],
    ['with an id of 512 characters', { kid: 'k'.repeat(512) }],
  ])('takes a key %s', async (_, changes) => {
    expect(await idsOf(key(changes))).toHaveLength(1)
  })

  it.each([
    ['of another type', { kty: 'EC' }],
    ['without a type', { kty: undefined }],
    ['of 2,047 bits', { n: modulusOf(2_047) }],
    ['of 8,193 bits', { n: modulusOf(8_193) }],
    ['of 65,536 bits', { n: modulusOf(65_536) }],
    ['with a leading zero byte', { n: changed((bytes) => Buffer.concat([Buffer.alloc(1), bytes])) }],
    [
      'with an even modulus',
      { n: changed((bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! & 0xfe)])) },
    ],
    ['with an empty modulus', { n: '' }],
    ['whose modulus is no text', { n: 7 }],
    ['with a padded modulus', { n: `${first}=` }],
    [
      'with unused bits set in its modulus',
      { n: `${first.slice(0, -1)}${String.fromCharCode(first.codePointAt(682)! + 1)}` },
    ],
    ['with white space in its modulus', { n: `${first} ` }],
    ['in standard base64', { n: `+/${first.slice(2)}` }],
    ['with e = 1', { e: 'AQ' }],
    ['with e = 3', { e: 'Aw' }],
    ['with e = 65537 spelt with a leading zero', { e: 'AAEAAQ' }],
    ['with a padded e', { e: 'AQAB=' }],
    ['whose e is a number', { e: 65_537 }],
    ['for encryption', { use: 'enc' }],
    ['whose use is null', { use: null }],
    ['for another algorithm', { alg: 'RS512' }],
    ['whose alg is null', { alg: null }],
    ['whose key_ops lack verify', { key_ops: ['sign'] }],
    ['whose key_ops are a text', { key_ops: 'verify' }],
    ['whose key_ops hold more than texts', { key_ops: ['verify', 1] }],
    ['without an id', { kid: undefined }],
    ['with an empty id', { kid: '' }],
    ['with an id of 513 characters', { kid: 'k'.repeat(513) }],
    ['whose id is no text', { kid: ['a'] }],
  ])('skips a key %s, and keeps the others', async (_, changes) => {
    expect(await idsOf(key(changes), key({ kid: 'good', n: second }))).toEqual(['good'])
  })

  it('does not even decode a modulus that is too long', async () => {
    const decode = vi.spyOn(globalThis, 'atob')
    expect(await idsOf(key({ n: modulusOf(8_200) }), key({ n: 'A'.repeat(200_000) }))).toEqual([])
    expect(decode).not.toHaveBeenCalled()
    decode.mockRestore()
  })

  it('skips __proto__ as an id', async () => {
    const text = JSON.stringify({ keys: [key({ kid: '__proto__' }), key({ kid: 'good', n: second })] })
    expect([...(await importKeys(parseStrictJson(text)!)).keys()]).toEqual(['good'])
  })

  it.each([[null], ['x'], [[key()]], [7], [{}], [[]]])('skips the entry %j', async (entry) => {
    expect(await idsOf(entry, key({ kid: 'good' }), entry)).toEqual(['good'])
  })

  it.each([[[]], [{}], [null], ['x'], [undefined], [[null]], [key()]])('finds nothing in %j', async (keys) => {
    expect((await importKeys(body(keys))).size).toBe(0)
  })

  it('keeps neither of two different keys of one id, however often they come', async () => {
    const [a, b] = [key(), key({ n: second })]
    expect(await idsOf(a, b, key({ kid: 'good', n: third }))).toEqual(['good'])
    expect(await idsOf(a, b, a)).toEqual([])
    expect(await idsOf(a, a, b, b)).toEqual([])
  })

  it('keeps one of two equal keys, and a good one beside a bad one of its id', async () => {
    expect(await idsOf(key(), key())).toEqual(['a'])
    expect(await idsOf(key(), key({ kty: 'EC' }), key({ use: 'enc', n: second }))).toEqual(['a'])
  })

  it('takes the last 64 usable keys', async () => {
    const many = Array.from({ length: 69 }, (_, at) => key({ kid: `k${at}` }))
    const ids = await idsOf(key({ kid: 'oldest', n: second }), ...many, key({ kid: 'k3' }), {}, null)
    expect(ids).toEqual([...many.slice(6).map(({ kid }) => kid), 'k3'])
  })

  it('takes over the keys that did not change, and no others', async () => {
    const before = await importKeys(body([key(), key({ kid: 'b', n: second })]))
    const after = await importKeys(body([key(), key({ kid: 'b', n: third }), key({ kid: 'c', n: second })]), {
      previous: before,
    })
    expect(after.get('a')).toBe(before.get('a'))
    expect(after.get('b')).not.toBe(before.get('b'))
    expect(after.get('b')?.modulus).toBe(third)
    expect(after.size).toBe(3)
  })

  it('takes the public part of a private key and says so', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    const onPrivateKey = vi.fn<() => void>()
    const keys = await importKeys(body([{ ...inject('signingKeys')[0], ...key({ key_ops: undefined }) }]), {
      onPrivateKey,
    })
    expect([...keys.keys()]).toEqual(['a'])
    expect(onPrivateKey).toHaveBeenCalledTimes(1)
    expect(importKey.mock.calls.map(([, jwk]) => Object.keys(jwk))).toEqual([['kty', 'n', 'e', 'alg']])
    importKey.mockRestore()
  })

  it('skips a key that the runtime refuses', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValueOnce(new Error('no'))
    expect(await idsOf(key(), key({ kid: 'good', n: second }))).toEqual(['good'])
    importKey.mockRestore()
  })
})
