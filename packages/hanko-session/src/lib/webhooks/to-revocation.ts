import type { Revocation } from '../create-session-validator.ts'
import { type ChangeName, isOf } from './webhook-events.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value)

/** What is read of an event that Hanko signed. */
export interface SignedEvent {
  readonly name: string
  readonly id: string
  readonly data: { readonly expires_at?: unknown }
  /** Seconds of Hanko's clock. */
  readonly issuedAt: number
}

/**
 * Whose sessions an event ends. Nothing here brings one back: news come in any order, and more than once, so
 * `session.create` means nothing.
 *
 * @param endOn changes of a user that end all that began before
 */
export function toRevocation(event: SignedEvent, endOn: readonly ChangeName[]): Revocation | undefined {
  const { name, id, data, issuedAt } = event
  if (isOf(name, 'session.delete')) {
    const expiresAt = typeof data.expires_at === 'string' ? Date.parse(data.expires_at) : Number.NaN
    return Number.isNaN(expiresAt) ? { sessionId: id } : { sessionId: id, expiresAt }
  }
  const endsAll = isOf(name, 'user.delete') || endOn.some((change) => isOf(name, change))
  return endsAll ? { userId: id, issuedBefore: issuedAt } : undefined
}
