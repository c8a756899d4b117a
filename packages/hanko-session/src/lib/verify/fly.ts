import { type AuthState, unauthenticated, unavailable } from '../auth-state.ts'
import type { SessionMemory } from '../cache/session-memory.ts'
import { type Fleet, FLEET_ENDED, type FleetAnswer, type Turn } from '../fleet/create-fleet.ts'
import type { Tombstones } from '../cache/tombstones.ts'
import { type Deadline, startDeadline, untilAborted } from '../http/deadline.ts'
import type { Settings } from '../options.ts'
import type { Fly, Landed, Landing, Subject } from './flights.ts'
import { type AskHanko, ENDED } from './remote.ts'

export interface FlyParts {
  readonly settings: Settings
  readonly askHanko: AskHanko
  readonly memory: SessionMemory
  readonly ledger: LedgerParts
  /** Whether what another process heard of Hanko will do. */
  readonly isEnough: (answer: FleetAnswer, background: boolean) => boolean
  /** Told of every session that Hanko says lives. */
  readonly onConfirmed: (subject: Subject, landed: Landed) => void
}

/** Of the ledger, which is wiring. */
export interface LedgerParts {
  readonly tombstones: Tombstones
  /** The next number in the order of requests, calls and revocations. */
  readonly nextOrder: () => number
  readonly fleet: Fleet | undefined
}

/** Whether answers are kept for a while: then those to other processes may serve, too. */
export const isBounded = (maxStaleness: number): boolean =>
  maxStaleness !== 0 && maxStaleness !== Number.POSITIVE_INFINITY

/** Steps 9 to 12: asks the fleet, then Hanko; checks the claims, lets tombstones win, and remembers. */
export function createFly({ settings, askHanko, memory, ledger, isEnough, onConfirmed }: FlyParts): Fly {
  const { clock, deadline: limit } = settings
  const { tombstones, nextOrder, fleet } = ledger

  /** An answer to another process, or leave to ask. */
  async function takeTurn(sharing: Fleet, { identity }: Subject, background: boolean, { signal }: Deadline) {
    // Before the store is read: what comes from there knows of all revocations up to this number that are kept there.
    const readAt = nextOrder()
    const isWanted = (answer: FleetAnswer): boolean => {
      const judgement = tombstones.judge(identity)
      return judgement === 'revoked' || (answer.order >= judgement.askedAfter && isEnough(answer, background))
    }
    const found = await sharing.takeTurn(identity, isWanted, signal)
    return found === FLEET_ENDED || !('sentAt' in found) ? found : { ...found, readAt }
  }

  function toLanding(state: AuthState<unknown>, order: number, isLineFull = false): Landing {
    return { state, order, sentAt: undefined, idlesAfter: Number.POSITIVE_INFINITY, isLineFull }
  }

  function endHere({ identity }: Subject, order: number): Landing {
    tombstones.endSession(identity.sessionId, identity.expiresAt)
    return toLanding(unauthenticated('revoked'), order)
  }

  /** Steps 11 and 12, for a session that lives by an answer of Hanko's, to whomever. */
  async function land(
    subject: Subject,
    answer: FleetAnswer & { readonly readAt?: number },
    signal: AbortSignal,
  ): Promise<Landing> {
    const { text, identity, key } = subject
    const { order, sentAt, idleExpiresAt } = answer
    // It may have ended while the answer was on its way.
    if (clock.now() >= identity.expiresAt * 1_000) return toLanding(unauthenticated('expired'), order)
    const state = await untilAborted(subject.toState(), signal)
    if (state === undefined) return toLanding(unauthenticated('claims_invalid'), order)

    const judgement = tombstones.judge(identity)
    if (judgement === 'revoked') return toLanding(unauthenticated('revoked'), order)
    const idlesAfter = idleExpiresAt - sentAt.wall
    if (order >= judgement.askedAfter) {
      onConfirmed(subject, { order, sentAt, idlesAfter })
      await memory.remember(text, { identity, state, key, ...answer })
    }
    return { state, order, sentAt, idlesAfter, isLineFull: false, isShared: answer.readAt !== undefined }
  }

  return async (subject, options) => {
    const { text, identity } = subject
    const deadline = startDeadline(limit)
    let order = 0
    const sent = (): void => {
      order = nextOrder()
      options.onSent(order)
    }
    let turn: Turn | undefined
    try {
      if (fleet !== undefined && options.mayShare) {
        const found = await takeTurn(fleet, subject, options.background, deadline)
        if (found === FLEET_ENDED) return { ...endHere(subject, order), isShared: true }
        if ('sentAt' in found) return await land(subject, found, deadline.signal)
        turn = found
      }

      const verdict = await askHanko(text, identity, { deadline, background: options.background, onSent: sent })
      if (verdict === ENDED) {
        fleet?.announce(identity)
        return endHere(subject, order)
      }
      if (verdict.status === 'unavailable')
        return toLanding(unavailable(verdict.reason, verdict.retryAfter), order, verdict.isLineFull)
      const { sentAt, idleExpiresAt, isUse } = verdict
      const judgement = tombstones.judge(identity)
      if (judgement !== 'revoked' && order >= judgement.askedAfter) {
        turn?.confirm({ idleExpiresAt, isUse })
        turn = undefined
      }
      const touchedAt = isUse ? sentAt : undefined
      return await land(subject, { order, sentAt, touchedAt, idleExpiresAt }, deadline.signal)
    } catch {
      // A schema that waits for something is held to the deadline too.
      return toLanding(unavailable('upstream_timeout'), order)
    } finally {
      deadline.clear()
      turn?.release()
    }
  }
}
