import type { SessionIdentity } from '../cache/tombstones.ts'
import type { Instant } from '../instant.ts'
import type { StoredAnswer, StoreReading } from '../shared-store.ts'

/** What the store says of a session, once it is judged by what its token says. */
export interface Reading {
  readonly now: number
  /** Before the call was sent. */
  readonly sent: Instant
  readonly answer: StoredAnswer | undefined
  /** It has ended, by itself or with others of its user. */
  readonly hasEnded: boolean
  readonly hasLease: boolean
}

/**
 * Checks what an adapter says, as it is somebody else's code, and lets revocations win.
 *
 * @throws {TypeError} for what is no reading at all
 */
export function readReading(given: StoreReading, { issuedAt }: SessionIdentity): Omit<Reading, 'sent'> {
  const { now, userRevoked: user, hasLease } = given
  if (!Number.isFinite(now)) throw new TypeError('no time')
  const isDoubtful = user !== undefined && !(issuedAt > user.askUntil)
  const hasEnded = given.hasEnded || (user !== undefined && issuedAt < user.refuseBefore)
  const answer = isAnswer(given.answer, now) ? given.answer : undefined
  const isLater = answer !== undefined && (!isDoubtful || answer.at > user.at)
  return { now, answer: isLater ? answer : undefined, hasEnded, hasLease }
}

/** An answer from the future would be young for longer than it is. */
function isAnswer(answer: StoredAnswer | undefined, now: number): answer is StoredAnswer {
  if (answer === undefined) return false
  const { at, touchedAt = at, idleExpiresAt = 0 } = answer
  return [at, touchedAt, idleExpiresAt].every((time) => Number.isFinite(time)) && at <= now && touchedAt <= now
}
