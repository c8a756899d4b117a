import { describe, expect, it, vi } from 'vitest'
import { type AuthState, unauthenticated, unavailable } from '../auth-state.ts'
import type { Session } from '../session.ts'
import { settleCandidates } from './settle-candidates.ts'

const live = (userId: string, issuedAt: number): AuthState<unknown> => ({
  status: 'authenticated',
  session: {
    userId,
    sessionId: `${userId}-${issuedAt}`,
    issuedAt,
    expiresAt: 9e12,
    audience: [],
    amr: [],
    claims: {},
  } satisfies Session,
})

const settle = (...states: AuthState<unknown>[]) => {
  const onSeveral = vi.fn<() => void>()
  return { state: settleCandidates(states, onSeveral), warned: onSeveral.mock.calls.length }
}

describe('settleCandidates', () => {
  it('takes the one live session, wherever it stands', () => {
    const good = live('a', 1)
    expect(settle(unauthenticated('expired'), good)).toEqual({ state: good, warned: 0 })
    expect(settle(good, unauthenticated('revoked'))).toEqual({ state: good, warned: 0 })
  })

  it('takes the newest of several sessions of one user, and warns', () => {
    expect(settle(live('a', 1), live('a', 3), live('a', 2))).toEqual({ state: live('a', 3), warned: 1 })
  })

  it('refuses to choose between users', () => {
    expect(settle(live('a', 1), live('b', 2)).state).toEqual(unauthenticated('ambiguous_credentials'))
  })

  it("lets an outage of any decide all: the one that could not be settled may be another user's", () => {
    expect(settle(live('a', 1), unavailable('upstream_timeout')).state).toEqual(unavailable('upstream_timeout'))
  })

  it('gives the first reason when none lives', () => {
    expect(settle(unauthenticated('expired'), unauthenticated('revoked')).state).toEqual(unauthenticated('expired'))
  })
})
