import type { Tombstones } from './cache/tombstones.ts'
import type { Revocation } from './create-session-validator.ts'
import type { Settings } from './options.ts'

/** Ends what a revocation names, in one Hanko's tombstones. */
export function applyRevocation(
  revocation: Revocation,
  tombstones: Tombstones,
  { clock, clockSkew }: Pick<Settings, 'clock' | 'clockSkew'>,
): void {
  if ('sessionId' in revocation) return tombstones.endSession(revocation.sessionId)
  const time = Number(revocation.before ?? clock.now())
  if (!Number.isFinite(time)) throw new TypeError('before must be a Date or a number of milliseconds')
  // Hanko's clock may be behind ours or ahead: between the two times only Hanko can tell.
  const [from, to] = [time - clockSkew, time + clockSkew].map((moment) => Math.floor(moment / 1_000))
  return tombstones.endUser(revocation.userId, from as number, to as number)
}
