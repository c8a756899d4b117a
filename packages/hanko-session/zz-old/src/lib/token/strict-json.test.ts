import { describe, expect, it } from 'vitest'
import { parseStrictJson } from './strict-json.ts'

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
