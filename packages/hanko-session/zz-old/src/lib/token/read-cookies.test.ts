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

  it('finds in one look what splitting the whole header finds', () => {
    const parts = ['hanko', 'hanko', '=', '=', ';', '; ', ' ', '\t', 'x', 'v', '', 'xhanko', 'hankox', 'a=hanko']
    const pick = (seed: number): string => parts[seed % parts.length] as string
    for (let seed = 0; seed < 20_000; seed++) {
      let state = seed * 2_654_435_761
      const header = Array.from({ length: 1 + (seed % 9) }, () =>
        pick((state = (state * 48_271) % 2_147_483_647)),
      ).join('')
      const values = header.split(';').flatMap((pair) => {
        const [name = '', ...rest] = pair.split('=')
        const value = rest.join('=').replaceAll(/^[ \t]+|[ \t]+$/g, '')
        return rest.length > 0 && name.replaceAll(/^[ \t]+|[ \t]+$/g, '') === 'hanko' && value !== '' ? [value] : []
      })
      expect(readCookies(header, 'hanko')).toEqual(values)
    }
  })
})
