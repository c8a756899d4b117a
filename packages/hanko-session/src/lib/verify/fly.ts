import { type AuthState, unauthenticated, unavailable } from '../auth-state.ts'
import type { SessionMemory } from '../cache/session-memory.ts'
import type { Tombstones } from '../cache/tombstones.ts'
import { startDeadline, untilAborted } from '../http/deadline.ts'
import type { Settings } from '../options.ts'
import type { Fly, Landed, Landing, Subject } from './flights.ts'
import { type AskHanko, ENDED } from './remote.ts'

/**
 * Steps 9 to 12: asks, checks the claims, lets tombstones win, and remembers.
 *
 * @param onConfirmed told of every session that Hanko says lives
 */
export function createFly(
  { clock, deadline: limit }: Settings,
  askHanko: AskHanko,
  memory: SessionMemory,
  tombstones: Tombstones,
  nextOrder: () => number,
  onConfirmed: (subject: Subject, landed: Landed) => void,
): Fly {
  return async (subject, { background, onSent }) => {
    const { text, identity, key } = subject
    let order = 0
    const sent = (): void => {
      order = nextOrder()
      onSent(order)
    }
    const landing = (state: AuthState<unknown>, isLineFull = false): Landing => ({
      state,
      order,
      sentAt: undefined,
      idlesAfter: Number.POSITIVE_INFINITY,
      isLineFull,
    })

    const deadline = startDeadline(limit)
    try {
      const verdict = await askHanko(text, identity, { deadline, background, onSent: sent })
      if (verdict === ENDED) {
        tombstones.endSession(identity.sessionId, identity.expiresAt)
        return landing(unauthenticated('revoked'))
      }
      if (verdict.status === 'unavailable') {
        return landing(unavailable(verdict.reason, verdict.retryAfter), verdict.isLineFull)
      }
      // It may have ended while the answer was on its way.
      if (clock.now() >= identity.expiresAt * 1_000) return landing(unauthenticated('expired'))
      const state = await untilAborted(subject.toState(), deadline.signal)
      if (state === undefined) return landing(unauthenticated('claims_invalid'))

      const judgement = tombstones.judge(identity)
      if (judgement === 'revoked') return landing(unauthenticated('revoked'))
      const { sentAt, idleExpiresAt, isUse } = verdict
      const idlesAfter = idleExpiresAt - sentAt.wall
      if (order > judgement.askedAfter) {
        onConfirmed(subject, { order, sentAt, idlesAfter })
        await memory.remember(text, { identity, state, key, sentAt, order, idleExpiresAt, isUse })
      }
      return { state, order, sentAt, idlesAfter, isLineFull: false }
    } catch {
      return landing(unavailable('upstream_timeout')) // a schema that waits for something is held to the deadline too
    } finally {
      deadline.clear()
    }
  }
}
