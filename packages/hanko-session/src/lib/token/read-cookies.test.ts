import { describe, expect, it } from 'vitest'
import { readCookies } from './read-cookies.ts'

describe('readCookies', () => {
  it.each<[string, string[]]>([
    ['hanko=v', ['v']],
    ['a=1; hanko=v; b=2', ['v']],
    ['a=1;hanko=v', ['v']],
    ['hanko =v', ['v']],
    ['\thanko=v', ['v']],
    [' hanko= v ', ['v']],
    ['hanko=a=b', ['a=b']],
    ['hanko="v"', ['"v"']],
    ['hanko=%76', ['%76']],
    ['hanko=1; hanko=2; hanko=1', ['1', '2', '1']],
    ['x="a; hanko=evil; y="; hanko=good', ['evil', 'good']],
    ['__proto__=x; hanko=v', ['v']],
  ])('reads %j', (header, values) => {
    expect(readCookies(header, 'hanko')).toEqual(values)
  })

  it.each([
    undefined,
    '',
    ';;;',
    'hanko',
    '=v',
    'hanko=',
    'Hanko=v',
    'HANKO=v',
    'hanko2=v',
    'xhanko=v',
    'hanko.sig=v',
    'a=1, hanko=v',
    '\u00a0hanko=v',
  ])('finds nothing in %j', (header) => {
    expect(readCookies(header, 'hanko')).toEqual([])
  })
})
