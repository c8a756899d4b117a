import { describe, expect, it } from 'vitest'
import { HankoAuthError, isHankoAuthError } from './errors.ts'

describe('isHankoAuthError', () => {
  it('goes by name and code, so that another copy of the package is recognised', () => {
    expect(isHankoAuthError(new HankoAuthError('revoked'))).toBe(true)
    expect(isHankoAuthError(Object.assign(new Error('x'), { name: 'HankoAuthError', code: 'revoked' }))).toBe(true)
    expect(isHankoAuthError(Object.assign(new Error('x'), { name: 'HankoAuthError', code: 'toString' }))).toBe(false)
    expect(isHankoAuthError({ name: 'HankoAuthError', code: 'revoked' })).toBe(false)
  })
})
