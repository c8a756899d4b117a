import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from './retry-after.ts'

const now = Date.parse('2026-11-22T04:30:00Z')

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['3', 3_000],
    ['31', 30_000],
    ['1000000000', 30_000],
    ['Sun, 22 Nov 2026 04:30:07 GMT', 7_000],
    ['Sun, 22 Nov 2026 05:30:00 GMT', 30_000],
    ['Sun, 22 Nov 2026 04:29:00 GMT', 0],
  ])('reads %j as %d ms', (value, expected) => {
    expect(parseRetryAfter(value, now, 30_000)).toBe(expected)
  })

  it.each([null, '', '-1', '1.5', 'soon', '1e9', '2026-11-22', 'Sun, 99 Nov 2026 04:30:00 GMT'])(
    'ignores %j',
    (value) => {
      expect(parseRetryAfter(value, now, 30_000)).toBeUndefined()
    },
  )
})
