import { afterEach, describe, expect, it } from 'vitest'
import { ownMember, parseStrictJson, parseWithPrototypes } from './strict-json.ts'
import { createRandom, type Random } from '../../../test/create-random.ts'

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

describe('parseWithPrototypes', () => {
  afterEach(() => Reflect.deleteProperty(Object.prototype, 'admin'))

  it('counts no member that code has put on every object, and reads none', () => {
    Object.assign(Object.prototype, { admin: true })
    const value = parseWithPrototypes('{"a":{"b":[{}]},"__proto__":{"x":1}}') as object
    expect(value).toBeDefined()
    expect(['a', 'admin', 'toString', '__proto__'].map((name) => typeof ownMember(value, name))).toEqual([
      'object',
      'undefined',
      'undefined',
      'object',
    ])
    expect(parseWithPrototypes('{"a":1,"admin":2,"admin":3}')).toBeUndefined()
  })

  it('counts as many names as the text has, whatever its strings hold', () => {
    const text = String.raw`{"é:\u0022🙂" : "\\\":{","\ud800":[":","\\"],"b":{"c":1e999},"d":"\\\\:","":":"}`
    expect(parseWithPrototypes(text)).toEqual(JSON.parse(text))
  })

  it('reads strings as long as any answer, whatever they hold', () => {
    for (const part of ['\\\\', '\\"', 'x', '\\":', ':'])
      expect(parseWithPrototypes(`{"a":"${part.repeat(120_000)}"}`)).toBeDefined()
  })

  it('refuses exactly those texts in which an object has a name twice', () => {
    const random = createRandom(1)
    let refused = 0
    for (let count = 0; count < 20_000; count++) {
      const { text, hasDuplicate } = writeObject(random, 3)
      expect([text, parseWithPrototypes(text) === undefined]).toEqual([text, hasDuplicate])
      if (hasDuplicate) refused++
    }
    expect(refused).toBeGreaterThan(2_000)
    expect(refused).toBeLessThan(18_000)
  })
})

/** Spellings of strings that look like what stands between strings. */
const STRINGS = ['', ':', 'a', '\\u0061', '\\":', '\\":\\"', '\\u003a', '{', '}', 'é', '__proto__', 'b', 'c'].map(
  (text) => `"${text}"`,
)
/** As values only: once V8 (13.6) has seen a name that begins with a backslash, it takes others that are escaped for it. */
const BACKSLASHES = ['"\\\\"', '"\\\\\\""', '"\\\\:"']

const VALUES = [...STRINGS, ...BACKSLASHES, '1', 'null']

interface Written {
  readonly text: string
  readonly hasDuplicate: boolean
}

function writeObject(random: Random, levels: number): Written {
  const gap = (): string => [' ', '\n\t', '', '', ''][random(5)] as string
  const names: string[] = []
  const members: string[] = []
  let hasDuplicate = false
  for (let count = random(4); count > 0; count--) {
    const name = STRINGS[random(STRINGS.length)] as string
    const value = writeValue(random, levels - 1)
    names.push(JSON.parse(name) as string)
    members.push(`${gap()}${name}${gap()}:${gap()}${value.text}${gap()}`)
    hasDuplicate ||= value.hasDuplicate
  }
  return { text: `{${members.join(',')}}`, hasDuplicate: hasDuplicate || new Set(names).size < names.length }
}

function writeValue(random: Random, levels: number): Written {
  const kind = levels === 0 ? 0 : random(4)
  if (kind === 1) return writeObject(random, levels)
  if (kind !== 2) return { text: VALUES[random(VALUES.length)] as string, hasDuplicate: false }
  const items = Array.from({ length: random(3) }, () => writeValue(random, levels - 1))
  return { text: `[${items.map(({ text }) => text).join(',')}]`, hasDuplicate: items.some((item) => item.hasDuplicate) }
}
