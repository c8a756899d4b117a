import { makeTokenClaims } from './session-claims.ts'
import type { StoredSession } from './state/sessions.ts'
import type { Tenant, World } from './state/tenant.ts'
import type { EmulatedUser } from './state/users.ts'
import { userData } from './user-bodies.ts'
import { toFraction } from './wire-format.ts'
import type { WebhookEvent } from './webhooks.ts'

export interface NewSession {
  by: 'flow' | 'admin'
  amr?: readonly string[]
  claims?: Record<string, unknown>
  userAgent?: string | null
  ipAddress?: string | null
}

export interface StartedSession {
  token: string
  payload: Record<string, unknown>
  session: StoredSession
}

/** Makes a session and its token; one more than the limit silently ends the oldest (validate.txt, "session limit 5"). */
export async function startSession(
  world: World,
  tenant: Tenant,
  user: EmulatedUser,
  input: NewSession,
): Promise<StartedSession> {
  const { settings, clock, webhooks } = world
  const now = clock.now()
  const session: StoredSession = {
    id: crypto.randomUUID(),
    userId: user.id,
    userAgent: input.userAgent ?? null,
    ipAddress: input.ipAddress ?? null,
    createdAt: now,
    updatedAt: now,
    expiresAt: now + settings.lifespan,
    lastUsed: now,
  }
  const payload = makeTokenClaims(settings, session, user, { amr: input.amr ?? [], claims: input.claims ?? {} })
  const token = await tenant.keys.sign(payload)
  await webhooks.announce(tenant.keys, `session.create.${input.by}`, sessionData(session))
  tenant.sessions.add(session)
  for (const oldest of tenant.sessions.active(user.id).slice(settings.sessionLimit)) {
    await endSession(world, tenant, oldest, 'session.delete.passive.limit')
  }
  return { token, payload, session }
}

export async function endSession(
  world: World,
  tenant: Tenant,
  session: StoredSession,
  why: WebhookEvent,
): Promise<void> {
  await world.webhooks.announce(tenant.keys, why, sessionData(session))
  tenant.sessions.remove(session.id)
}

/** Deletes a user and all sessions: one `user.delete` event, no session events (hanko.md). */
export async function deleteUser(world: World, tenant: Tenant, user: EmulatedUser): Promise<void> {
  await world.webhooks.announce(tenant.keys, 'user.delete', userData(user, tenant.id))
  tenant.users.remove(user.id)
  tenant.sessions.removeAllOf(user.id)
}

/** A session as the admin API and webhooks show it. */
export function sessionData(session: StoredSession): Record<string, unknown> {
  return {
    id: session.id,
    user_id: session.userId,
    user_agent: session.userAgent,
    ip_address: session.ipAddress,
    created_at: toFraction(session.createdAt),
    updated_at: toFraction(session.updatedAt),
    expires_at: toFraction(session.expiresAt),
    last_used: toFraction(session.lastUsed),
  }
}
