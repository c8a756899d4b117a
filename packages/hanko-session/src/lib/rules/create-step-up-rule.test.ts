import { describe, expect, it } from 'vitest'
import { createStepUpRule } from './create-step-up-rule.ts'

const NOW = 1_800_000_000_000
const minutesAgo = (minutes: number, ...amr: string[]) => ({ issuedAt: NOW - minutes * 60_000, amr })

describe('createStepUpRule', () => {
  it('takes a sign-in as old as maxAge, and none that is older', () => {
    const rule = createStepUpRule({ maxAge: '15m' })
    expect(rule.isMetBy(minutesAgo(15, 'pwd'), NOW)).toBe(true)
    expect(rule.isMetBy(minutesAgo(15, 'pwd'), NOW + 1)).toBe(false)
  })

  it('takes a session from a clock that is ahead for one of now', () => {
    expect(createStepUpRule({ maxAge: '1s' }).isMetBy(minutesAgo(-0.05, 'pwd'), NOW)).toBe(true)
  })

  it('does not take a young session that nobody signed in to, unless told so', () => {
    expect(createStepUpRule({ maxAge: '15m' }).isMetBy(minutesAgo(1), NOW)).toBe(false)
    const lenient = createStepUpRule({ maxAge: '15m', allowAdminSessions: true })
    expect([lenient.isMetBy(minutesAgo(1), NOW), lenient.isMetBy(minutesAgo(16), NOW)]).toEqual([true, false])
  })

  it('takes any of the ways to sign in, to the letter', () => {
    const rule = createStepUpRule({ amr: ['passkey', 'totp'] })
    expect(rule.isMetBy(minutesAgo(999, 'pwd', 'totp'), NOW)).toBe(true)
    for (const amr of [[], ['pwd'], ['Passkey'], ['passkey ']])
      expect(rule.isMetBy(minutesAgo(0, ...amr), NOW)).toBe(false)
  })

  it('asks for both when both are given, whatever is allowed to admin sessions', () => {
    const rule = createStepUpRule({ amr: 'passkey', maxAge: '1m', allowAdminSessions: true })
    expect(rule.isMetBy(minutesAgo(1, 'passkey'), NOW)).toBe(true)
    expect(rule.isMetBy(minutesAgo(2, 'passkey'), NOW)).toBe(false)
    expect(rule.isMetBy(minutesAgo(0, 'pwd'), NOW)).toBe(false)
    expect(rule.isMetBy(minutesAgo(0), NOW)).toBe(false)
  })

  it('says what is needed, in seconds, and cannot be changed afterwards', () => {
    const { needs } = createStepUpRule({ amr: 'passkey', maxAge: 1_500 })
    expect(needs).toEqual({ maxAge: 2, amr: ['passkey'] })
    expect([Object.isFrozen(needs), Object.isFrozen(needs.amr)]).toEqual([true, true])
  })

  it.each([
    [{}, 'amr or maxAge'],
    [{ allowAdminSessions: true }, 'amr or maxAge'],
    [{ amr: [] }, 'amr'],
    [{ amr: '' }, 'amr'],
    [{ amr: ['pwd', 1] }, 'amr'],
    [{ amr: null }, 'amr'],
    [{ maxAge: 0 }, 'maxAge'],
    [{ maxAge: Number.NaN }, 'maxAge'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'maxAge'],
    [{ maxAge: '15 minutes' }, 'maxAge'],
    [{ maxAge: null }, 'maxAge'],
    [{ maxAge: 900 }, "maxAge must be at least '1s': a number is milliseconds"],
    [{ maxAge: '999ms' }, 'maxAge'],
    [{ maxAge: '1s', allowAdminSessions: 1 }, 'allowAdminSessions'],
    [{ amr: 'passkey', maxage: '1s' }, 'maxage'],
    [Object.assign(Object.create({ maxAge: '1s' }) as object, { amr: 'passkey' }), 'plain object'],
  ] as [object, string][])('refuses %j', (options, named) => {
    expect(() => createStepUpRule(options)).toThrow(TypeError)
    expect(() => createStepUpRule(options)).toThrow(named)
  })

  it('takes nothing from Object.prototype', () => {
    Object.assign(Object.prototype, { allowAdminSessions: true })
    try {
      expect(createStepUpRule({ maxAge: '15m' }).isMetBy(minutesAgo(1), NOW)).toBe(false)
    } finally {
      delete (Object.prototype as { allowAdminSessions?: boolean }).allowAdminSessions
    }
  })
})
