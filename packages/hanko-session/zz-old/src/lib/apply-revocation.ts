import type { Tombstones } from './cache/tombstones.ts'
import type { Revocation } from './create-session-validator.ts'
import type { Settings } from './options.ts'

/**
 * Ends what a revocation names, in one Hanko's tombstones.
 *
 * @throws {TypeError} when it names nothing: a sign-out that ends no session must not pass for one
 */
export function applyRevocation(
  revocation: Revocation,
  tombstones: Tombstones,
  { clock, clockSkew }: Pick<Settings, 'clock' | 'clockSkew'>,
): void {
  const { sessionId, userId } = revocation as { sessionId?: unknown; userId?: unknown }
  if (sessionId !== undefined) return tombstones.endSession(toId(sessionId, 'sessionId'))
  const id = toId(userId, 'sessionId or userId')
  const time = Number((revocation as { before?: Date | number }).before ?? clock.now())
  if (!Number.isFinite(time)) throw new TypeError('before must be a Date or a number of milliseconds')
  // Hanko's clock may be behind ours or ahead: between the two times only Hanko can tell.
  const [from, to] = [time - clockSkew, time + clockSkew].map((moment) => Math.floor(moment / 1_000))
  return tombstones.endUser(id, from as number, to as number)
}

function toId(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new TypeError(`revoke needs ${name}, a non-empty string`)
}
