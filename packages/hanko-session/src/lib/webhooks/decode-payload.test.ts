import { describe, expect, it } from 'vitest'
import { decodePayload } from './decode-payload.ts'

const encode = (text: string) => Buffer.from(text).toString('base64url')

describe('decodePayload', () => {
  it('gives the object, frozen all the way down and without prototypes', () => {
    const payload = decodePayload(encode('{"a":{"é":[{"b":1}]},"__proto__":{"c":1}}')) as { a: { é: [{ b: number }] } }
    expect(payload).toEqual({ a: { é: [{ b: 1 }] } })
    for (const each of [payload, payload.a, payload.a.é[0]])
      expect([Object.getPrototypeOf(each), Object.isFrozen(each)]).toEqual([null, true])
    expect(Object.isFrozen(payload.a.é)).toBe(true)
  })

  it('reads what a user can write into it: nested as deep as there is room for, and names that come twice', () => {
    const deep = decodePayload(encode(`{"data":${'['.repeat(20_000)}${']'.repeat(20_000)},"sub":"s"}`))
    expect(deep?.['sub']).toBe('s')
    expect(decodePayload(encode('{"data":{"unsafe":{"a":1,"a":2}}}'))).toEqual({ data: { unsafe: { a: 2 } } })
  })

  it.each([
    ['', 'nothing'],
    [encode('[]'), 'a list'],
    [encode('null'), 'null'],
    [encode('{'), 'no JSON'],
    [encode('\ufeff{}'), 'a byte order mark'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url'), 'not UTF-8'],
    [`${encode('{}')}=`, 'padding'],
    [`${encode('{ }').slice(0, -1)}+`, 'another alphabet'],
    ['e31', 'unused bits'],
    ['e30\n', 'white space'],
    ['e', 'a length that nothing has'],
  ])('gives nothing for %j: %s', (part) => {
    expect(decodePayload(part)).toBeUndefined()
  })
})
