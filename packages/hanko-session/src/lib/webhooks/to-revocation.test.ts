import { describe, expect, it } from 'vitest'
import { toRevocation } from './to-revocation.ts'
import type { ChangeName } from './webhook-events.ts'

const ID = '7f1b2c3d-0000-4000-8000-000000000001'

const revocationOf = (name: string, endOn: readonly ChangeName[] = [], data: object = {}) =>
  toRevocation({ name, id: ID, data, issuedAt: 1_700_000_000 }, endOn)

describe('toRevocation', () => {
  it.each([
    'session.delete',
    'session.delete.explicit.logout',
    'session.delete.explicit.revoke',
    'session.delete.admin.revoke',
    'session.delete.passive.expire',
    'session.delete.passive.limit',
    'session.delete.of.another.day',
  ])('ends the session of %s', (name) => {
    expect(revocationOf(name)).toEqual({ sessionId: ID })
  })

  it('knows when that session would have ended, if Hanko says so in a way that can be read', () => {
    const at = '2026-11-23T12:00:00.5Z'
    expect(revocationOf('session.delete', [], { expires_at: at })).toEqual({ sessionId: ID, expiresAt: Date.parse(at) })
    for (const odd of [7, null, 'tomorrow'])
      expect(revocationOf('session.delete', [], { expires_at: odd })).toEqual({ sessionId: ID })
  })

  it("ends all sessions of a user that was deleted, by Hanko's clock", () => {
    expect(revocationOf('user.delete')).toEqual({ userId: ID, issuedBefore: 1_700_000_000 })
  })

  it('ends them after a change only when told to, by its name or one that stands for it', () => {
    const ended = { userId: ID, issuedBefore: 1_700_000_000 }
    expect(revocationOf('user.update.password.update')).toBeUndefined()
    expect(revocationOf('user.update.password.update', ['user.update.password'])).toEqual(ended)
    expect(revocationOf('user.update.email.primary', ['user.update.password', 'user.update'])).toEqual(ended)
    expect(revocationOf('user.update.email.create', ['user.update.email.primary'])).toBeUndefined()
    expect(revocationOf('user.update', ['user.update.email'])).toBeUndefined()
  })

  it.each([
    'session.create.flow',
    'session',
    'session.deleteX',
    'session.deletes.x',
    'user',
    'user.deleteX',
    'user.login',
  ])('ends nothing for %s', (name) => {
    expect(revocationOf(name, ['user.update'])).toBeUndefined()
  })
})
