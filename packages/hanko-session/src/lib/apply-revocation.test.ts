import { describe, expect, it } from 'vitest'
import { applyRevocation } from './apply-revocation.ts'
import { createTombstones } from './cache/tombstones.ts'
import type { Revocation } from './create-session-validator.ts'

const clock = { now: () => 1_700_000_000_500, monotonic: () => 0 }
const identity = { userId: 'u', sessionId: 's', issuedAt: 1_699_999_000, expiresAt: 1_700_100_000 }

function judge(revocation: unknown, changes: object = {}) {
  let order = 0
  const tombstones = createTombstones({ clock, life: 60_000, userLife: 60_000, capacity: 10, nextOrder: () => ++order })
  applyRevocation(revocation as Revocation, tombstones, { clock, clockSkew: 5_000 })
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

  it.each([
    {},
    { sessionId: undefined },
    { sessionId: '' },
    { userId: undefined },
    { userId: 7 },
    { sessionId: null, userId: 'u' },
    { userId: 'u', before: 'yesterday' },
  ])('refuses %j instead of ending nothing', (revocation) => {
    expect(() => judge(revocation)).toThrow(TypeError)
  })
})
