import { describe, expect, it } from 'vitest'
import { type Duration, toMilliseconds } from './duration.ts'

describe('toMilliseconds', () => {
  it.each<[Duration, number]>([
    [2500, 2500],
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
  ])('takes %s', (value, expected) => {
    expect(toMilliseconds(value, 'deadline')).toBe(expected)
  })

  it.each([
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '0s',
    '-1s',
    '1.5s',
    '5',
    '5 m',
    '1d',
    'undefined',
    null,
    {},
    '9'.repeat(40) + 's',
  ])('refuses %s with an error that names the option', (value) => {
    expect(() => toMilliseconds(value as Duration, 'deadline')).toThrow(/^deadline must be/)
  })
})
