import { describe, expect, it } from 'vitest'
import { readConnectionParams } from './read-connection-params.ts'

describe('readConnectionParams', () => {
  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('reads the Bearer of %s', (name) => {
    expect(readConnectionParams({ [name]: 'Bearer t', other: 'x' })).toEqual({ token: 't' })
  })

  it.each([
    undefined,
    null,
    {},
    { token: 't' },
    { hanko: 't' },
    { headers: { authorization: 'Bearer t' } },
    { authorization: null },
    { authorization: 'Basic x' },
  ])('finds nothing in %j', (params) => {
    expect(readConnectionParams(params)).toBeUndefined()
  })

  it.each([
    ['x'],
    'Bearer t',
    7,
    { authorization: 7 },
    { authorization: ['Bearer t'] },
    { authorization: { a: 1 } },
    { authorization: 'Bearer t', Authorization: 'Bearer t' },
  ])('calls %j malformed', (params) => {
    expect(readConnectionParams(params)).toBe('malformed')
  })

  it('takes no name from a prototype', () => {
    expect(readConnectionParams(Object.create({ authorization: 'Bearer t' }))).toBeUndefined()
    expect(readConnectionParams(JSON.parse('{"__proto__":{"authorization":"Bearer t"}}'))).toBeUndefined()
  })
})
