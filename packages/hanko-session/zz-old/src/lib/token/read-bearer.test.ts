import { describe, expect, it } from 'vitest'
import { readBearer } from './read-bearer.ts'

describe('readBearer', () => {
  it.each(['Bearer t', 'bearer t', 'BEARER t', 'BeArEr t', 'Bearer   t', ' Bearer t ', '\tBearer t\t'])(
    'reads the token of %j',
    (value) => {
      expect(readBearer(value)).toEqual({ token: 't' })
    },
  )

  it.each([
    'Bearer',
    'Bearer ',
    'Bearert',
    'Bearer:t',
    'Bearer\tt',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer t, realm=x',
    'Bearer ,',
    'bearers t',
  ])('calls %j malformed', (value) => {
    expect(readBearer(value)).toBe('malformed')
  })

  it.each([undefined, '', 'Basic dTpw', 'DPoP t', 'Token t', 'JWT t', 'Basic x, Bearer t'])(
    'leaves %j to the next source',
    (value) => {
      expect(readBearer(value)).toBeUndefined()
    },
  )

  it('leaves a line break in the token, where its shape fails', () => {
    expect(readBearer('Bearer a\nb')).toEqual({ token: 'a\nb' })
  })
})
