import { unauthenticated } from '../auth-state.ts'
import type { SessionMemory } from '../cache/session-memory.ts'
import { nowOf } from '../instant.ts'
import type { Clock } from '../options.ts'
import type { Subject } from './flights.ts'
import { type Finding, REVOKED } from './finding.ts'
import type { LedgerParts } from './fly.ts'

/** With no bound, signature and `exp` alone decide; `undefined` if a revocation came in between. */
export async function acceptLocally(
  subject: Subject,
  clock: Clock,
  memory: Pick<SessionMemory, 'remember'>,
  { tombstones, nextOrder, fleet }: LedgerParts,
): Promise<Finding | undefined> {
  const state = await subject.toState()
  if (state === undefined) return { state: unauthenticated('claims_invalid'), source: 'keys' }
  const readAt = nextOrder()
  if (fleet !== undefined && (await fleet.hasEnded(subject.identity))) {
    tombstones.endSession(subject.identity.sessionId, subject.identity.expiresAt)
    return REVOKED
  }
  const since = tombstones.judge(subject.identity)
  if (since === 'revoked' || since.askedAfter !== 0) return undefined
  const { text, identity, key } = subject
  const [sentAt, order, forever] = [nowOf(clock), 0, Number.POSITIVE_INFINITY]
  // It may have ended while its keys were on their way.
  if (sentAt.wall >= identity.expiresAt * 1_000) return { state: unauthenticated('expired'), source: 'keys' }
  await memory.remember(text, {
    identity,
    state,
    key,
    sentAt,
    order,
    readAt,
    idleExpiresAt: forever,
    touchedAt: sentAt,
  })
  return { state, source: 'keys', basis: { subject, order, sentAt, idlesAfter: forever } }
}
