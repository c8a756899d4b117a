import type { Authenticated } from '../auth-state.ts'
import type { Entry } from '../cache/memory.ts'
import type { Recalled, SessionMemory } from '../cache/session-memory.ts'
import { createTimeLimit } from '../http/time-limit.ts'
import { ageOf } from '../instant.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import type { Settings } from '../options.ts'
import type { Session } from '../session.ts'
import { acceptLocally } from './accept-locally.ts'
import { toKnownSubject } from './basis.ts'
import { type ByText, createByText } from './by-text.ts'
import { isBounded, type LedgerParts } from './fly.ts'
import { type Finding, REVOKED, TIMEOUT } from './finding.ts'
import { createFlights, type Flights, type Fly, type Subject } from './flights.ts'
import { createTogether, type Together } from './together.ts'
import { outlive } from './outlive.ts'
import { staleInstead } from './stale-instead.ts'
import type { Refused, ToSubject, Unproved } from './to-subject.ts'

/** The work that requests share: as a rule all requests of a process, else the parts of one. */
export interface Joins {
  readonly flights: Flights
  readonly subjects: ByText<Promise<Subject | Refused>>
  readonly together: Together<Finding>
}

/** Sessions within a bound of staleness: from memory while that is young enough, from Hanko otherwise. */
export interface Bounded {
  /** From memory, at once. Starts a due refresh. */
  known(text: string): Recalled | undefined
  /** The same for those who do not ask how old the answer is: most of them, so the shortest way there is. */
  knownState(text: string): Authenticated<unknown> | undefined
  /** Steps 4 to 12 for a text of the shape. At once where nobody has to be waited for. Never rejects. */
  settle(text: string, options: { fresh: boolean; joins: Joins }): Finding | Promise<Finding>
  /** The present, in the order of requests, calls and revocations. */
  now(): number
  /** Whether a revocation since then may mean it: for those who waited for something else besides. */
  isDoubtful(session: Pick<Session, 'userId' | 'sessionId' | 'issuedAt' | 'expiresAt'>, since: number): boolean
  createJoins(): Joins
}

export interface BoundedParts {
  readonly settings: Settings
  readonly memory: SessionMemory
  readonly ledger: LedgerParts
  readonly keys: KeySet
  readonly toSubject: ToSubject
  readonly fly: Fly
  readonly runInBackground: (work: Promise<unknown>) => void
}

export function createBounded(parts: BoundedParts): Bounded {
  const { settings, memory, ledger, keys, toSubject, fly, runInBackground } = parts
  const { tombstones, nextOrder } = ledger
  const { clock, maxStaleness, staleIfError, hold, joinRequests } = settings
  const limit = createTimeLimit(settings.deadline, joinRequests)
  const isLocal = maxStaleness === Number.POSITIVE_INFINITY
  const canShare = isBounded(maxStaleness)
  const createJoins = (): Joins => ({
    flights: createFlights(fly),
    subjects: createByText(),
    together: createTogether(),
  })
  const background = createJoins()

  /** Step 8. */
  function recall(entry: Entry | undefined, text: string): Recalled | undefined {
    const recalled = entry === undefined || maxStaleness === 0 ? undefined : memory.recall(entry, maxStaleness)
    if (entry !== undefined && recalled?.isDue === true) refresh(entry, text)
    return recalled
  }

  function refresh(entry: Entry, text: string): void {
    const now = clock.monotonic()
    if (entry.refreshedMonotonic !== undefined && now - entry.refreshedMonotonic < settings.deadline) return
    entry.refreshedMonotonic = now
    const { flights } = joinRequests ? background : createJoins()
    runInBackground(flights.join(toKnownSubject(entry, text), 0, { background: true, mayShare: canShare }))
  }

  /** Whether a subject would be found again, in the same state. */
  const stillHolds = ({ identity, key }: Subject): boolean =>
    clock.now() < identity.expiresAt * 1_000 && keys.peek(key.kid) === key

  /** What others have found out about the text, or are about to, or what it says by itself. */
  function read(
    text: string,
    entry: Entry | undefined,
    { flights, subjects }: Joins,
  ): Subject | Promise<Subject | Refused> | Unproved | Refused {
    const verified = entry === undefined ? flights.subjectOf(text) : toKnownSubject(entry, text)
    if (verified !== undefined && stillHolds(verified)) return verified
    return subjects.get(text) ?? toSubject.read(text)
  }

  /** Step 6, for all who ask with the same text. */
  function prove(unproved: Unproved, { subjects }: Joins): Promise<Subject | Refused> {
    const { text } = unproved
    // It never rejects; `finally` would make three promises more.
    const work = toSubject.prove(unproved).then((subject) => {
      subjects.delete(text)
      return subject
    })
    subjects.set(text, work)
    return work
  }

  /** Steps 7 and 9 to 12, for a request that began at `arrived`. */
  async function confirm(subject: Subject, fresh: boolean, arrived: number, { flights }: Joins): Promise<Finding> {
    const isStrict = fresh || maxStaleness === 0
    let after = isStrict ? arrived : 0
    for (;;) {
      const before = tombstones.judge(subject.identity)
      if (before === 'revoked') return REVOKED
      if (isLocal && !fresh && before.askedAfter === 0) {
        const accepted = await acceptLocally(subject, clock, memory, ledger)
        if (accepted !== undefined) return accepted
        continue
      }

      const mayShare = canShare && after === 0
      const landing = await flights.join(subject, Math.max(after, before.askedAfter), { background: false, mayShare })
      const { state, order, sentAt, isLineFull } = landing
      const source = landing.isShared === true ? 'store' : 'hanko'
      if (state.status !== 'authenticated' || sentAt === undefined) return { state, source, isLineFull }
      const since = tombstones.judge(subject.identity)
      if (since === 'revoked') return REVOKED
      // A call sent after the request began always serves it; an older one that it joined only within the bound.
      const age = ageOf(sentAt, clock)
      const isInTime = order > arrived || (!isStrict && age <= maxStaleness && age < landing.idlesAfter)
      if (order >= since.askedAfter && isInTime) {
        const idlesAfter = outlive({ sentAt, idlesAfter: landing.idlesAfter }, clock)
        const basis = { subject, order, sentAt, idlesAfter }
        return landing.isShared === true ? { state, source, age, basis } : { state, source, basis }
      }
      after = arrived
    }
  }

  function settle(
    text: string,
    entry: Entry | undefined,
    arrived: number,
    { fresh, joins }: { fresh: boolean; joins: Joins },
  ): Finding | Promise<Finding> {
    const recalled = fresh ? undefined : recall(entry, text)
    if (entry !== undefined && recalled !== undefined) return fromMemory(recalled, text, entry)
    const found = read(text, entry, joins)
    if ('state' in found) return found

    const finish = async (): Promise<Finding> => {
      const subject = await ('payload' in found ? prove(found, joins) : found)
      if ('state' in subject) return subject
      // While it was verified, somebody else may have asked.
      const later = fresh ? undefined : memory.find(text)
      const meanwhile = recall(later, text)
      if (later !== undefined && meanwhile !== undefined) return fromMemory(meanwhile, text, later)
      return confirm(subject, fresh, arrived, joins)
    }
    const late = limit.race(finish, TIMEOUT)
    return fresh || staleIfError === 0
      ? late
      : late.then((finding) => staleInstead(text, entry, finding, settings, memory) ?? finding)
  }

  return {
    createJoins,
    now: nextOrder,
    isDoubtful({ userId, sessionId, issuedAt, expiresAt }, since) {
      const identity = { userId, sessionId, issuedAt: issuedAt / 1_000, expiresAt: expiresAt / 1_000 }
      const judgement = tombstones.judge(identity)
      return judgement === 'revoked' || judgement.askedAfter > since
    },
    known: (text) => recall(memory.find(text), text),
    knownState(text) {
      // First, because to look at a clock a processor waits for all that it has begun: here for the whole of a text.
      const wall = clock.now()
      const monotonic = clock.monotonic()
      const entry = memory.find(text)
      if (entry === undefined) return undefined
      return memory.isQuiet(entry, wall, monotonic) ? entry.state : recall(entry, text)?.state
    },
    settle(text, options) {
      const arrived = nextOrder()
      const find = (): Finding | Promise<Finding> =>
        hold === 'text'
          ? settle(text, memory.find(text), arrived, options)
          : memory.findLater(text).then((entry) => settle(text, entry, arrived, options))
      return options.fresh ? find() : options.joins.together(text, arrived, find)
    },
  }
}

const fromMemory = ({ state, age }: Recalled, text: string, entry: Entry): Finding => ({
  state,
  source: 'memory',
  age,
  basis: { text, entry },
})
