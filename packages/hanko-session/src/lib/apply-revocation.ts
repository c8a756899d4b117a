import type { Revocation } from './create-session-validator.ts'
import type { Ledger } from './ledger.ts'
import type { Settings } from './options.ts'

/**
 * Ends what a revocation names: in the tombstones of one Hanko at once, in the rest of the fleet as soon as it hears.
 *
 * @throws {TypeError} when it names nothing: a sign-out that ends no session must not pass for one
 */
export function applyRevocation(
  revocation: Revocation,
  { tombstones, fleet }: Pick<Ledger, 'tombstones' | 'fleet'>,
  { clock, clockSkew }: Pick<Settings, 'clock' | 'clockSkew'>,
): void {
  const { sessionId, expiresAt, userId, before, issuedBefore } = revocation as Partial<Record<Name, unknown>>
  if (sessionId !== undefined) {
    const seconds = expiresAt === undefined ? undefined : toTime(expiresAt, 'expiresAt') / 1_000
    const id = toId(sessionId, 'sessionId')
    tombstones.endSession(id, seconds)
    return fleet?.announce({ sessionId: id, expiresAt: seconds })
  }
  const id = toId(userId, 'sessionId or userId')
  const endUser = (refuseBefore: number, askUntil: number): void => {
    tombstones.endUser(id, refuseBefore, askUntil)
    fleet?.announce({ userId: id, refuseBefore, askUntil })
  }
  if (issuedBefore !== undefined) {
    if (before !== undefined) throw new TypeError('revoke takes before or issuedBefore, not both')
    const seconds = Math.floor(toTime(issuedBefore, 'issuedBefore'))
    // A session of the same second began before or after: only Hanko can tell.
    return endUser(seconds, seconds)
  }
  const time = before === undefined ? clock.now() : toTime(before, 'before')
  // Hanko's clock may be behind ours or ahead: between the two times only Hanko can tell.
  const [from, to] = [time - clockSkew, time + clockSkew].map((moment) => Math.floor(moment / 1_000))
  return endUser(from as number, to as number)
}

type Name = 'sessionId' | 'expiresAt' | 'userId' | 'before' | 'issuedBefore'

function toTime(value: unknown, name: string): number {
  const time = value instanceof Date || typeof value === 'number' ? Number(value) : Number.NaN
  if (!Number.isFinite(time)) throw new TypeError(`${name} must be a Date or a number`)
  return time
}

function toId(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new TypeError(`revoke needs ${name}, a non-empty string`)
}
