import { describe, expect, it } from 'vitest'
import type { Limits } from './limits.ts'
import { DEFAULT_LIMITS, toLimits } from './to-limits.ts'

const DEADLINE = 2_500
// As JavaScript callers may write them.
const settle = (given: object) => toLimits(given, DEADLINE)

const NAMES = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]
const SHARES: readonly (keyof Limits)[] = ['retryShare', 'failureShare', 'backgroundShare']

/** The bounds that are promised, written out: what is promised does not change with the code. */
const PROMISED: Limits = {
  attemptTimeout: 1_000,
  attempts: 2,
  minRetryDelay: 50,
  maxRetryDelay: 250,
  retryShare: 0.1,
  retriesPerMinute: 10,
  maxRetryAfter: 30_000,
  failuresInARow: 5,
  failureShare: 0.5,
  minCalls: 20,
  breakerWindow: 10_000,
  openFor: 1_000,
  maxOpenFor: 30_000,
  maxInFlight: 64,
  maxWaiting: 1_024,
  backgroundShare: 0.5,
  maxAnswerBytes: 64 * 1_024,
  maxKeysBytes: 256 * 1_024,
  refreshKeysAfter: 10 * 60_000,
  keepKeysFor: 24 * 3_600_000,
  maxKeys: 64,
  minKeyBits: 2_048,
  maxKeyBits: 8_192,
  keyFetchBurst: 3,
  keyFetchInterval: 5_000,
  maxTombstones: 100_000,
  tombstoneMargin: 60_000,
  userTombstoneLife: 30 * 24 * 3_600_000,
  storeTimeout: 50,
}

describe('toLimits', () => {
  it('has the promised bounds by default', () => {
    expect(toLimits({}, DEADLINE)).toEqual(PROMISED)
  })

  it('fills in what is not given, and freezes', () => {
    const limits = settle({ attempts: 3 })
    expect(limits).toEqual({ ...DEFAULT_LIMITS, attempts: 3 })
    expect(Object.isFrozen(limits)).toBe(true)
  })

  it('gives one attempt no more time than the whole has', () => {
    expect(toLimits({}, 300).attemptTimeout).toBe(300)
  })

  it.each(NAMES)('refuses %s that is no number in its range', (name) => {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', null, undefined, true]) {
      expect(() => settle({ [name]: value })).toThrow(TypeError)
      expect(() => settle({ [name]: value })).toThrow(`limits.${name} must be`)
    }
  })

  it.each(SHARES)('takes a part of one for %s', (name) => {
    expect(settle({ [name]: 0.75 })[name]).toBe(0.75)
  })

  it.each(NAMES.filter((name) => !SHARES.includes(name)))('takes whole numbers only for %s', (name) => {
    const value = DEFAULT_LIMITS[name] + 0.25
    expect(() => settle({ [name]: value })).toThrow(`limits.${name} must be a whole number`)
  })

  it.each([
    ['attempts', 0],
    ['attempts', 11],
    ['attempts', 1_000],
    ['attemptTimeout', 0],
    ['attemptTimeout', DEADLINE + 1],
    ['attemptTimeout', 2 ** 31],
    ['retryShare', 1.5],
    ['failureShare', 1.5],
    ['failuresInARow', 0],
    ['maxInFlight', 0],
    ['maxKeys', 0],
    ['minKeyBits', 2_047],
    ['maxKeyBits', 1_024],
    ['maxKeyBits', 20_000],
    ['minRetryDelay', 300],
    ['openFor', 60_000],
    ['refreshKeysAfter', 90_000_000],
    ['minKeyBits', 9_000],
    ['attempt', 3],
    ['__proto__x', 3],
    ['toString', 3],
  ])('refuses %s: %j with a TypeError that names it', (name, value) => {
    expect(() => settle({ [name]: value })).toThrow(TypeError)
    expect(() => settle({ [name]: value })).toThrow(`limits.${name} `)
  })
})
