import { describe, expect, it } from 'vitest'
import { applyRevocation } from './apply-revocation.ts'
import { createTombstones } from './cache/tombstones.ts'
import type { Revocation } from './create-session-validator.ts'

const clock = { now: () => 1_700_000_000_500, monotonic: () => 0 }
const identity = { userId: 'u', sessionId: 's', issuedAt: 1_699_999_000, expiresAt: 1_700_100_000 }

function judge(revocation: unknown, changes: object = {}) {
  let order = 0
  const tombstones = createTombstones({
    clock,
    life: 60_000,
    userLife: 60_000,
    clockSkew: 5_000,
    capacity: 10,
    nextOrder: () => ++order,
  })
  applyRevocation(revocation as Revocation, { tombstones, fleet: undefined }, { clock, clockSkew: 5_000 })
  return tombstones.judge({ ...identity, ...changes })
}

describe('applyRevocation', () => {
  it('ends a session, or the sessions of a user that began before, less the skew', () => {
    expect(judge({ sessionId: 's' })).toBe('revoked')
    expect(judge({ sessionId: 'other' })).toEqual({ askedAfter: 0 })
    expect(judge({ userId: 'u' })).toBe('revoked')
    expect(judge({ userId: 'u', before: new Date(1_699_000_000_000) })).toEqual({ askedAfter: 0 })
    // Within the skew only Hanko can tell: it must have been asked after the revocation.
    expect(judge({ userId: 'u' }, { issuedAt: 1_700_000_000 })).toEqual({ askedAfter: 1 })
    expect(judge({ userId: 'u' }, { issuedAt: 1_700_000_006 })).toEqual({ askedAfter: 0 })
  })

  it("ends the sessions of a user by Hanko's clock, to the second and without a skew", () => {
    const ended = { userId: 'u', issuedBefore: 1_700_000_000 }
    expect(judge(ended, { issuedAt: 1_699_999_999 })).toBe('revoked')
    expect(judge(ended, { issuedAt: 1_700_000_000 })).toEqual({ askedAfter: 1 })
    expect(judge(ended, { issuedAt: 1_700_000_001 })).toEqual({ askedAfter: 0 })
  })

  it('forgets a session at its end, where nothing else limits what is kept', () => {
    const of = (expiresAt?: Date | number) => {
      const tombstones = createTombstones({
        clock,
        life: Infinity,
        userLife: 1,
        clockSkew: 5_000,
        capacity: 10,
        nextOrder: () => 1,
      })
      applyRevocation(
        { sessionId: 's', ...(expiresAt && { expiresAt }) },
        { tombstones, fleet: undefined },
        { clock, clockSkew: 5_000 },
      )
      return tombstones.judge(identity)
    }
    const now = clock.now()
    expect([of(), of(now + 1), of(new Date(now + 1))]).toEqual(['revoked', 'revoked', 'revoked'])
    expect([of(now), of(new Date(now))]).toEqual([{ askedAfter: 0 }, { askedAfter: 0 }])
  })

  it.each([
    [{ sessionId: 's', expiresAt: identity.expiresAt }, 'expiresAt must be in milliseconds'],
    [{ sessionId: 's', expiresAt: 0 }, 'expiresAt must be in milliseconds'],
    [{ userId: 'u', before: 1_700_000_000 }, 'before must be in milliseconds'],
    [{ userId: 'u', issuedBefore: clock.now() }, 'issuedBefore must be in seconds'],
  ])('refuses %j, whose unit is another', (revocation, message) => {
    expect(() => judge(revocation)).toThrow(TypeError)
    expect(() => judge(revocation)).toThrow(message)
  })

  it.each([
    {},
    { sessionId: undefined },
    { sessionId: '' },
    { userId: undefined },
    { userId: 7 },
    { sessionId: null, userId: 'u' },
    { userId: 'u', before: 'yesterday' },
    { userId: 'u', before: null },
    { userId: 'u', before: new Date('x') },
    { userId: 'u', issuedBefore: '1700000000' },
    { userId: 'u', issuedBefore: Number.NaN },
    { userId: 'u', issuedBefore: 1_700_000_000, before: 0 },
    { sessionId: 's', expiresAt: 'tomorrow' },
  ])('refuses %j instead of ending nothing', (revocation) => {
    expect(() => judge(revocation)).toThrow(TypeError)
  })
})
