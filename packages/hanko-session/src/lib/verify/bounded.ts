import { type AuthState, type Authenticated, unauthenticated, unavailable } from '../auth-state.ts'
import { type Entry, type Memory, toDigestKey, toFlat, toSignatureKey } from '../cache/memory.ts'
import type { Tombstones } from '../cache/tombstones.ts'
import { startDeadline, untilAborted } from '../http/deadline.ts'
import { ageOf } from '../instant.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import type { Settings } from '../options.ts'
import { createFlights, type FlightOptions, type Flights, type Landing, type Subject } from './flights.ts'
import { type AskHanko, ENDED } from './remote.ts'
import type { ToSubject } from './to-subject.ts'

/** What was found out about one token, and by whom. */
export interface Finding {
  readonly state: AuthState<unknown>
  readonly source: 'request' | 'keys' | 'memory' | 'hanko'
  /** How long ago Hanko was asked, in milliseconds; for sessions from memory. */
  readonly age?: number
}

/** The work that requests share: in a process usually all of them, else those of one request. */
export interface Joins {
  readonly flights: Flights
  readonly subjects: Map<string, Promise<Subject | Finding>>
}

/** Sessions within a bound of staleness: from memory while that is young enough, from Hanko otherwise. */
export interface Bounded {
  /** From memory, at once. Starts due refreshes. */
  known(text: string): Authenticated<unknown> | undefined
  /** Steps 4 to 12 for a text of the shape. Never rejects. */
  settle(text: string, options: { fresh: boolean; joins: Joins }): Promise<Finding>
  createJoins(): Joins
}

export interface BoundedParts {
  readonly settings: Settings
  readonly memory: Memory
  readonly tombstones: Tombstones
  readonly keys: KeySet
  readonly toSubject: ToSubject
  readonly askHanko: AskHanko
  readonly nextOrder: () => number
  readonly runInBackground: (work: Promise<unknown>) => void
}

export function createBounded({
  settings,
  memory,
  tombstones,
  keys,
  toSubject,
  askHanko,
  nextOrder,
  runInBackground,
}: BoundedParts): Bounded {
  const { clock, maxStaleness, staleIfError } = settings
  const isLocal = maxStaleness === Number.POSITIVE_INFINITY
  const refreshAfter = (maxStaleness * 2) / 3
  const epoch = (): number => tombstones.epoch + keys.generation
  const toKey = settings.hold === 'text' ? toSignatureKey : toDigestKey

  /** Whether an entry outlived the revocations and key changes since it was last looked at; else it is dropped. */
  function isStillGood(entry: Entry, key: string): boolean {
    if (entry.epoch === epoch()) return true
    const judgement = tombstones.judge(entry)
    const isGood =
      judgement !== 'revoked' &&
      (judgement.askedAfter === 0 || entry.confirmedOrder > judgement.askedAfter) &&
      keys.isListed(entry.key)
    if (isGood) entry.epoch = epoch()
    else memory.delete(key)
    return isGood
  }

  function isOver(entry: Entry, now: number): boolean {
    return now >= entry.expiresAt * 1_000 || now >= entry.idleExpiresAt
  }

  /** Step 8. */
  function recall(entry: Entry, text: string, key: string): Authenticated<unknown> | undefined {
    const now = clock.now()
    if (maxStaleness === 0 || isOver(entry, now) || (entry.epoch !== epoch() && !isStillGood(entry, key)))
      return undefined
    const monotonic = clock.monotonic()
    if (isLocal) {
      keys.tend(now, monotonic)
      return entry.epoch === epoch() ? entry.state : undefined
    }
    const age = Math.max(now - entry.confirmedWall, monotonic - entry.confirmedMonotonic)
    if (age > maxStaleness) return undefined
    if (age > refreshAfter || isTouchDue(entry, now, monotonic)) refresh(entry, text, monotonic)
    return entry.state
  }

  /** Hanko ends a session that nobody uses for its idle timeout, and what we answer from memory it does not see. */
  function isTouchDue(entry: Entry, now: number, monotonic: number): boolean {
    if (entry.idleTimeout === Number.POSITIVE_INFINITY) return false
    return (
      Math.max(now - entry.touchedWall, monotonic - entry.touchedMonotonic) >
      Math.min(maxStaleness, entry.idleTimeout / 4)
    )
  }

  function refresh(entry: Entry, text: string, monotonic: number): void {
    if (monotonic - entry.refreshedMonotonic < settings.deadline) return
    entry.refreshedMonotonic = monotonic
    keys.peek(entry.key.kid) // refreshes the keys too, if these are due
    runInBackground(shared.flights.join(toKnownSubject(entry, text), 0, true))
  }

  /** One call to Hanko, and what follows from it. Whoever waits for it gets the landing; this happens once. */
  async function fly(subject: Subject, { background, onSent }: FlightOptions): Promise<Landing> {
    const { identity } = subject
    let order = 0
    const sent = (): void => {
      order = nextOrder()
      onSent(order)
    }
    const deadline = startDeadline(settings.deadline)
    const verdict = await askHanko(subject.text, identity, { deadline, background, onSent: sent }).finally(
      deadline.clear,
    )
    const landing = (state: AuthState<unknown>, isLineFull = false): Landing => ({
      state,
      order,
      sentAt: undefined,
      isLineFull,
    })
    if (verdict === ENDED) {
      tombstones.endSession(identity.sessionId, identity.expiresAt)
      return landing(unauthenticated('revoked'))
    }
    if (verdict.status === 'unavailable')
      return landing(unavailable(verdict.reason, verdict.retryAfter), verdict.isLineFull)
    // It may have ended while the answer was on its way.
    if (clock.now() >= identity.expiresAt * 1_000) return landing(unauthenticated('expired'))
    const state = await subject.toState()
    if (state === undefined) return landing(unauthenticated('claims_invalid'))
    const judgement = tombstones.judge(identity)
    if (judgement === 'revoked') return landing(unauthenticated('revoked'))
    if (order > judgement.askedAfter) await remember(subject, state, order, verdict)
    return { state, order, sentAt: verdict.sentAt, isLineFull: false }
  }

  /** Step 12. An answer never replaces one whose call was sent later. */
  async function remember(
    subject: Subject,
    state: Authenticated<unknown>,
    order: number,
    at: { sentAt: { wall: number; monotonic: number }; idleExpiresAt: number },
  ): Promise<void> {
    if (maxStaleness === 0 && staleIfError === 0) return
    const key = await toKey(subject.text)
    const known = memory.findByKey(key, subject.text)
    if ((known?.confirmedOrder ?? 0) > order || !keys.isListed(subject.key)) return
    const { wall, monotonic } = at.sentAt
    memory.set(key, {
      ...subject.identity,
      text: settings.hold === 'text' ? (known?.text ?? toFlat(subject.text)) : undefined,
      state: known?.state ?? state,
      key: subject.key,
      confirmedWall: wall,
      confirmedMonotonic: monotonic,
      confirmedOrder: order,
      touchedWall: wall,
      touchedMonotonic: monotonic,
      idleExpiresAt: isLocal ? Number.POSITIVE_INFINITY : at.idleExpiresAt,
      idleTimeout: isLocal ? Number.POSITIVE_INFINITY : at.idleExpiresAt - wall,
      refreshedMonotonic: Number.NEGATIVE_INFINITY,
      epoch: epoch(),
    })
  }

  /** Steps 7 and 9 to 12, for a request that began at `arrived`. */
  async function confirm(
    subject: Subject,
    fresh: boolean,
    arrived: number,
    { flights }: Joins,
  ): Promise<Finding & { isLineFull?: boolean }> {
    const isStrict = fresh || maxStaleness === 0
    let after = isStrict ? arrived : 0
    for (;;) {
      const judgement = tombstones.judge(subject.identity)
      if (judgement === 'revoked') return { state: unauthenticated('revoked'), source: 'memory' }
      if (isLocal && !fresh && judgement.askedAfter === 0) return acceptLocally(subject)

      const { state, order, sentAt, isLineFull } = await flights.join(subject, Math.max(after, judgement.askedAfter))
      if (state.status !== 'authenticated' || sentAt === undefined) return { state, source: 'hanko', isLineFull }
      const again = tombstones.judge(subject.identity)
      if (again === 'revoked') return { state: unauthenticated('revoked'), source: 'memory' }
      // A call sent after the request began always serves it; an older one that it joined only within the bound.
      const isInTime = order > arrived || (!isStrict && ageOf(sentAt, clock) <= maxStaleness)
      if (order > again.askedAfter && isInTime) return { state, source: 'hanko' }
      after = arrived
    }
  }

  /** With no bound, signature and `exp` alone decide. */
  async function acceptLocally(subject: Subject): Promise<Finding> {
    const state = await subject.toState()
    if (state === undefined) return { state: unauthenticated('claims_invalid'), source: 'keys' }
    const sentAt = { wall: clock.now(), monotonic: clock.monotonic() }
    await remember(subject, state, 0, { sentAt, idleExpiresAt: Number.POSITIVE_INFINITY })
    return { state, source: 'keys' }
  }

  /** What memory says when Hanko cannot be asked, if the user chose to accept that. */
  async function staleInstead(
    text: string,
    fresh: boolean,
    { state, isLineFull }: Finding & { isLineFull?: boolean },
  ): Promise<Finding | undefined> {
    const isOutage =
      state.status === 'unavailable' && (state.reason === 'upstream_unavailable' || state.reason === 'upstream_timeout')
    if (staleIfError === 0 || fresh || !isOutage || isLineFull === true) return undefined
    const key = await toKey(text)
    const entry = memory.findByKey(key, text)
    if (entry === undefined || isOver(entry, clock.now()) || !isStillGood(entry, key)) return undefined
    const age = ageOf({ wall: entry.confirmedWall, monotonic: entry.confirmedMonotonic }, clock)
    if (age > maxStaleness + staleIfError) return undefined
    const session = Object.freeze({ ...entry.state.session, staleSince: entry.confirmedWall })
    return { state: Object.freeze({ status: 'authenticated', session }), source: 'memory', age }
  }

  /** A session that memory knows, however old the answer: its signature need not be checked again. */
  function toKnownSubject(entry: Entry, text: string): Subject {
    return { text, identity: entry, key: entry.key, toState: () => Promise.resolve(entry.state) }
  }

  async function findSubject(text: string, key: string, joins: Joins): Promise<Subject | Finding> {
    const entry = memory.findByKey(key, text)
    if (entry !== undefined && clock.now() < entry.expiresAt * 1_000 && keys.peek(entry.key.kid) === entry.key)
      return toKnownSubject(entry, text)
    const joined = joins.subjects.get(text)
    if (joined !== undefined) return joined
    const deadline = startDeadline(settings.deadline)
    const work = toSubject(text, deadline).finally(() => {
      deadline.clear()
      joins.subjects.delete(text)
    })
    joins.subjects.set(text, work)
    return work
  }

  const createJoins = (): Joins => ({ flights: createFlights(fly), subjects: new Map() })
  const shared = createJoins()

  return {
    createJoins,
    known(text) {
      const entry = memory.find(text)
      return entry === undefined ? undefined : recall(entry, text, toSignatureKey(text))
    },
    async settle(text, { fresh, joins }) {
      const arrived = nextOrder()
      const key = await toKey(text)
      const entry = fresh ? undefined : memory.findByKey(key, text)
      const remembered = entry === undefined ? undefined : recall(entry, text, key)
      if (entry !== undefined && remembered !== undefined) {
        return {
          state: remembered,
          source: 'memory',
          age: ageOf({ wall: entry.confirmedWall, monotonic: entry.confirmedMonotonic }, clock),
        }
      }
      const deadline = startDeadline(settings.deadline)
      const find = async (): Promise<Finding> => {
        const subject = await findSubject(text, key, joins)
        return 'text' in subject ? confirm(subject, fresh, arrived, joins) : subject
      }
      try {
        const timeout = (): Finding => ({ state: unavailable('upstream_timeout'), source: 'hanko' })
        const finding = await untilAborted(find(), deadline.signal).catch(timeout)
        return (await staleInstead(text, fresh, finding)) ?? finding
      } finally {
        deadline.clear()
      }
    },
  }
}
