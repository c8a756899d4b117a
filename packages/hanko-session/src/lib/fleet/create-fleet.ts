import type { SessionIdentity, Tombstones } from '../cache/tombstones.ts'
import type { DecisionLog } from '../decision-log.ts'
import { pause } from '../http/deadline.ts'
import { type Instant, nowOf } from '../instant.ts'
import type { Settings } from '../options.ts'
import type { RunInBackground } from '../run-in-background.ts'
import type { SharedStore, StoredAnswer, StoredSession, StoreStats } from '../shared-store.ts'
import { createAnnouncements } from './announcements.ts'
import { createHearing, type Hearing } from './create-hearing.ts'
import { type Reading, readReading } from './read-reading.ts'
import { createStoreCalls } from './store-calls.ts'
import { createStoreTime } from './store-time.ts'
import { toScope } from './to-scope.ts'

/** What Hanko said to some process of the fleet, in terms of this one. */
export interface FleetAnswer {
  /** At least the calls, requests and revocations up to this number came before it; 0 when none is known to have. */
  readonly order: number
  /** No later than it was sent, by both clocks. */
  readonly sentAt: Instant
  /** The same for the last call that counts as use; `undefined` when none is known. */
  readonly touchedAt: Instant | undefined
  /** Milliseconds since the epoch by Hanko's clock; `Infinity` without an idle timeout. */
  readonly idleExpiresAt: number
}

/** The right to ask Hanko, or the lack of anybody to share with. To be ended by one of the two, which return at once. */
export interface Turn {
  confirm(answer: { readonly idleExpiresAt: number; readonly isUse: boolean }): void
  release(): void
}

export const FLEET_ENDED = Symbol('ended')

/** The processes that share a store, for one Hanko. Nothing here rejects: a store that fails leaves one alone. */
export interface Fleet {
  /** An answer that is wanted, or that the session has ended, or the right to ask: at the latest when the signal aborts. */
  takeTurn(
    session: SessionIdentity,
    isWanted: (answer: FleetAnswer) => boolean,
    signal: AbortSignal,
  ): Promise<FleetAnswer | Turn | typeof FLEET_ENDED>
  /** Whether others have ended it, where Hanko is not asked. */
  hasEnded(session: SessionIdentity): Promise<boolean>
  /** Tells the others what has ended here. */
  announce(ended: Announced): void
  readonly listen: Hearing['listen']
  stats(): StoreStats
}

type Announced =
  | { readonly sessionId: string; readonly expiresAt?: number | undefined }
  | { readonly userId: string; readonly refuseBefore: number; readonly askUntil: number }

export interface FleetParts {
  readonly store: SharedStore
  readonly settings: Settings
  readonly log: Pick<DecisionLog, 'note'>
  readonly tombstones: Tombstones
  /** How long revocations are kept, in milliseconds; `Infinity`: as long as there are sessions they mean. */
  readonly life: number
  readonly nextOrder: () => number
  readonly runInBackground: RunInBackground
  /** @default Math.random */
  readonly random?: () => number
}

/** Nobody to share with. */
const ALONE: Turn = Object.freeze({ confirm: () => {}, release: () => {} })
/** Between two looks at whether another has its answer, in milliseconds; then twice as long each time. */
const [FIRST_LOOK, LONGEST_WAIT] = [10, 160]

export function createFleet(parts: FleetParts): Fleet {
  const { store, settings, log, tombstones, life, nextOrder, runInBackground, random = Math.random } = parts
  const { clock, maxStaleness, limits } = settings
  const calls = createStoreCalls(settings, log, random)
  const time = createStoreTime(maxStaleness)
  const announcements = createAnnouncements(calls, () => clock.monotonic(), runInBackground, random)
  /** Whoever has it may fall silent: others wait no longer than for one attempt. */
  const leaseFor = limits.attemptTimeout
  let scope: Promise<string> | undefined
  let hits = 0

  const scopeOf = (): Promise<string> => (scope ??= toScope(settings))
  const hearing = createHearing({ store, scopeOf, tombstones, nextOrder, runInBackground })

  async function toStored({ sessionId, userId }: SessionIdentity): Promise<StoredSession> {
    return { scope: await scopeOf(), sessionId, userId }
  }

  async function look(session: SessionIdentity, lease?: number): Promise<Reading | undefined> {
    const order = nextOrder()
    const sent = nowOf(clock)
    const outcome = await calls.call(async (signal) => {
      const given = await store.read(await toStored(session), lease === undefined ? { signal } : { signal, lease })
      return readReading(given, session)
    })
    if (outcome === undefined) return undefined
    time.see(order, outcome.value.now, sent)
    return { ...outcome.value, sent }
  }

  /** What the store dates `at` was here no later than this. */
  const toInstant = (at: number, { now, sent }: Reading): Instant => ({
    wall: sent.wall - (now - at),
    monotonic: sent.monotonic - (now - at),
  })

  function toAnswer(reading: Reading): FleetAnswer | undefined {
    const { answer, now } = reading
    if (answer === undefined || !time.isTrusted(now)) return undefined
    const order = time.orderBefore(answer.at)
    if (order < hearing.believedAfter()) return undefined
    return {
      order,
      sentAt: toInstant(answer.at, reading),
      touchedAt: answer.touchedAt === undefined ? undefined : toInstant(answer.touchedAt, reading),
      idleExpiresAt: answer.idleExpiresAt ?? Number.POSITIVE_INFINITY,
    }
  }

  async function keep(session: SessionIdentity, answer: StoredAnswer): Promise<void> {
    const order = nextOrder()
    const sent = nowOf(clock)
    const outcome = await calls.call(async (signal) => {
      const { now } = await store.confirm(await toStored(session), answer, { keepFor: maxStaleness, signal })
      if (!Number.isFinite(now)) throw new TypeError('no time')
      return now
    })
    if (outcome !== undefined) time.see(order, outcome.value, sent)
  }

  function toTurn(session: SessionIdentity, { now: at, answer: known }: Reading): Turn {
    return {
      confirm({ idleExpiresAt, isUse }) {
        const touchedAt = isUse ? at : known?.touchedAt
        runInBackground(
          keep(session, {
            at,
            ...(touchedAt === undefined ? {} : { touchedAt }),
            ...(Number.isFinite(idleExpiresAt) ? { idleExpiresAt } : {}),
          }),
        )
      },
      release() {
        runInBackground(calls.call(async (signal) => store.release(await toStored(session), { signal })))
      },
    }
  }

  return {
    async takeTurn(session, isWanted, signal) {
      let lease: number | undefined
      let waited = 0
      for (let wait = FIRST_LOOK; !signal.aborted;) {
        const reading = await look(session, lease)
        if (reading === undefined) return ALONE
        if (reading.hasEnded) return FLEET_ENDED
        const answer = toAnswer(reading)
        const turn = toTurn(session, reading)
        if (answer !== undefined && isWanted(answer)) {
          if (reading.hasLease) turn.release()
          hits++
          return answer
        }
        // Whoever has the right has had the time for its call.
        if (reading.hasLease || !time.isTrusted(reading.now) || waited > leaseFor) return turn
        if (lease !== undefined) {
          const length = wait * (0.5 + random())
          await pause(length, signal)
          waited += length
          wait = Math.min(wait * 2, LONGEST_WAIT)
        }
        lease = leaseFor
      }
      return ALONE
    },
    async hasEnded(session) {
      return (await look(session))?.hasEnded === true
    },
    announce(ended) {
      const left =
        'sessionId' in ended && ended.expiresAt !== undefined
          ? Math.max(ended.expiresAt * 1_000 - clock.now(), 0) + limits.tombstoneMargin
          : limits.userTombstoneLife
      const keepFor = life === Number.POSITIVE_INFINITY ? left : life
      announcements.send(async (milliseconds, signal) => {
        const own = 'sessionId' in ended ? toSessionRevocation(ended) : ended
        await store.revoke({ scope: await scopeOf(), ...own }, { keepFor: milliseconds, signal })
      }, keepFor)
    },
    listen: hearing.listen,
    stats: () => ({ ...calls.stats(), hits, pending: announcements.pending }),
  }
}

const toSessionRevocation = ({ sessionId, expiresAt }: { sessionId: string; expiresAt?: number | undefined }) =>
  expiresAt === undefined ? { sessionId } : { sessionId, expiresAt }
