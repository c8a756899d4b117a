import { afterEach, describe, expect, it } from 'vitest'
import { ownMember, parseStrictBytes, parseStrictJson } from './strict-json.ts'

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads', () => {
    const text = '{"a":[1,2.5,-3e2,true,null,"x:{\\"y\\":1}\\\\"],"b":{"":{}},"\\u0061b":"\\u003a"}'
    expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  })

  it.each([
    '',
    '{',
    '{}x',
    '{} {}',
    '[]',
    'null',
    '"{}"',
    '1',
    'true',
    "{'a':1}",
    '{"a":1,}',
    '\uFEFF{}',
    '{"a":NaN}',
    '{"a":01}',
  ])('refuses %j', (text) => {
    expect(parseStrictJson(text)).toBeUndefined()
  })

  it.each([
    ['at the top', '{"a":1,"a":1}'],
    ['spelt differently', '{"a":1,"\\u0061":2}'],
    ['within an object', '{"a":{"b":1,"b":2}}'],
    ['within a list', '{"a":[{"b":1},{"b":1,"c":2,"b":3}]}'],
    ['named __proto__', '{"__proto__":1,"__proto__":2}'],
    ['hidden in an object that a later one replaces', '{"a":{"x":1},"a":{"x":1}}'],
  ])('refuses a name that comes twice %s', (_, text) => {
    expect(parseStrictJson(text)).toBeUndefined()
  })

  it('allows 32 levels and refuses more', () => {
    const nested = (levels: number) => '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1)
    expect(parseStrictJson(nested(32))).toBeDefined()
    expect(parseStrictJson(nested(33))).toBeUndefined()
    expect(parseStrictJson(nested(5_000))).toBeUndefined()
    expect(parseStrictJson(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)).toBeUndefined()
  })

  it('gives objects without a prototype, at every level', () => {
    const value = parseStrictJson('{"__proto__":{"admin":true},"list":[{}]}')
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(value?.['admin']).toBeUndefined()
    const [inner] = (value as { list: object[] }).list
    expect(Object.getPrototypeOf(inner)).toBeNull()
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})

describe('parseStrictBytes', () => {
  afterEach(() => Reflect.deleteProperty(Object.prototype, 'admin'))

  const bytes = (text: string) => new TextEncoder().encode(text)

  it('counts no member that code has put on every object, and reads none', () => {
    Object.assign(Object.prototype, { admin: true })
    const value = parseStrictBytes(bytes('{"a":{"b":[{}]},"__proto__":{"x":1}}')) as object
    expect(value).toBeDefined()
    expect(['a', 'admin', 'toString', '__proto__'].map((name) => typeof ownMember(value, name))).toEqual([
      'object',
      'undefined',
      'undefined',
      'object',
    ])
    expect(parseStrictBytes(bytes('{"a":1,"admin":2,"admin":3}'))).toBeUndefined()
  })

  it('refuses what is no UTF-8, and a BOM', () => {
    for (const text of [[0xff], [0xc3], [0xc0, 0xa2], [0xed, 0xa0, 0x80]])
      expect(parseStrictBytes(Uint8Array.from([...bytes('{"a":"'), ...text, ...bytes('"}')]))).toBeUndefined()
    expect(parseStrictBytes(Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes('{}')]))).toBeUndefined()
  })

  it('counts as many colons as the text has, whatever its strings hold', () => {
    const text = String.raw`{"é:\u0022🙂":"\\\":{","\ud800":[":","\\"],"b":{"c":1e999}}`
    expect(parseStrictBytes(bytes(text))).toEqual(JSON.parse(text))
  })
})
