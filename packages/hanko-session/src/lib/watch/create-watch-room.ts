import { type AuthState, type Unavailable, unauthenticated, unavailable } from '../auth-state.ts'
import type { Ended, SessionIdentity, Tombstones } from '../cache/tombstones.ts'
import { HankoAuthError, type RefusedFor } from '../errors.ts'
import { ageOf } from '../instant.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import type { Settings } from '../options.ts'
import type { SessionWatch } from '../request-auth.ts'
import { type Basis, toBasis } from '../verify/basis.ts'
import type { Finding } from '../verify/finding.ts'
import type { Landed, Subject } from '../verify/flights.ts'
import type { CheckWatched } from './create-check-watched.ts'
import { createWatchedSession, type WatchedSession } from './create-watched-session.ts'
import { toWatchTiming } from './watch-timing.ts'

/** A watch but for the request it belongs to. */
export type Watch = Omit<SessionWatch<unknown>, 'auth'>

/** The sessions of the open streams of one Hanko: one check each, however many streams it has. */
export interface WatchRoom {
  /**
   * Begins to watch what was found. `undefined`: it does not hold any more, and has to be found out anew.
   *
   * @param onRelease called once, when the stream is over
   */
  watch(finding: Finding, onRelease?: () => void): Watch | undefined
  /** To be told of every session that Hanko says lives. */
  confirm(subject: Subject, landed: Landed): void
  /** Sessions under watch. */
  readonly size: number
  /** Lets go of all whose requests vanished: as a rule who comes looks at a few, but where nobody comes any more. */
  forgetLost(): void
  /** Ends all streams, with `upstream_unavailable`. */
  close(): void
}

export interface WatchRoomParts {
  readonly settings: Settings
  readonly tombstones: Tombstones
  readonly keys: Pick<KeySet, 'isListed'>
  readonly check: CheckWatched
  readonly runInBackground: (work: Promise<unknown>) => void
  /** @default Math.random */
  readonly random?: () => number
}

/** A session and its streams. */
interface Place {
  readonly session: WatchedSession
  readonly streams: Set<AbortController>
}

export function createWatchRoom(parts: WatchRoomParts): WatchRoom {
  const { settings, tombstones, keys, check, runInBackground, random = Math.random } = parts
  const { clock, joinRequests } = settings
  const timing = toWatchTiming(settings)
  /** By session and by user, for revocations: ids of both are told apart. As a rule a session has one place. */
  const places = new Map<string, Set<Place>>()
  /** Where requests share nothing: their places, those first that nobody has looked at for longest. */
  const alone = new Set<Place>()
  let sessions = 0
  let isClosed = false

  const sessionKey = (sessionId: string): string => `session ${sessionId}`
  const keysOf = ({ sessionId, userId }: SessionIdentity): string[] => [sessionKey(sessionId), `user ${userId}`]
  const placesOf = (key: string): Place[] => [...(places.get(key) ?? [])]

  function add(place: Place): void {
    const { identity } = place.session.subject
    if (!places.has(sessionKey(identity.sessionId))) sessions++
    for (const key of keysOf(identity)) places.set(key, (places.get(key) ?? new Set()).add(place))
  }

  function remove(place: Place): void {
    alone.delete(place)
    const { identity } = place.session.subject
    for (const key of keysOf(identity)) {
      const all = places.get(key)
      if (all?.delete(place) === true && all.size === 0) {
        places.delete(key)
        if (key === sessionKey(identity.sessionId)) sessions--
      }
    }
  }

  /** A request that vanished takes its timer along, and releases nothing. */
  function forgetLost(most: number): void {
    let looks = most
    for (const place of alone) {
      if (looks-- === 0) return
      alone.delete(place)
      if (place.session.isLost()) {
        place.session.end(unavailable('upstream_timeout'))
        remove(place)
      } else alone.add(place)
    }
  }

  function open(basis: Basis, outage: Unavailable | undefined): Place {
    const streams = new Set<AbortController>()
    const onEnd = (refusal: RefusedFor): void => {
      remove(place)
      if (streams.size === 0) return
      const error = new HankoAuthError(refusal)
      for (const stream of streams) stream.abort(error)
    }
    // Who comes looks at two, and adds one.
    if (!joinRequests) forgetLost(2)
    const session = createWatchedSession(
      { timing, isAlone: !joinRequests, clock, random, check, runInBackground, onEnd },
      basis,
      outage,
    )
    const place: Place = { session, streams }
    add(place)
    if (!joinRequests) alone.add(place)
    return place
  }

  /** The place of the same token. Where requests share nothing, each stream has one of its own, and its own timer. */
  function find({ text, identity }: Subject): Place | undefined {
    if (!joinRequests) return undefined
    return placesOf(sessionKey(identity.sessionId)).find(({ session }) => session.subject.text === text)
  }

  function onRevoked(ended: Ended): void {
    for (const { session } of placesOf('sessionId' in ended ? sessionKey(ended.sessionId) : `user ${ended.userId}`)) {
      const judgement = tombstones.judge(session.subject.identity)
      if (judgement === 'revoked') session.end(unauthenticated('revoked'))
      else session.doubt(judgement.askedAfter)
    }
  }
  tombstones.listeners.add(onRevoked)

  /** Whether a finding is still what would be found. */
  function holds({ subject, order, sentAt, idlesAfter }: Basis, outage: Unavailable | undefined): boolean {
    const judgement = tombstones.judge(subject.identity)
    if (judgement === 'revoked' || order < judgement.askedAfter || !keys.isListed(subject.key)) return false
    const age = ageOf(sentAt, clock)
    const bound = timing.bound + (outage === undefined ? 0 : timing.grace)
    return age <= bound && age < idlesAfter && age < subject.identity.expiresAt * 1_000 - sentAt.wall
  }

  function join(place: Place, state: AuthState<unknown>, onRelease: () => void): Watch {
    const { session, streams } = place
    const controller = new AbortController()
    streams.add(controller)
    return {
      state,
      signal: controller.signal,
      refusal: () => session.refusal(),
      settled: () => session.settled(),
      release() {
        if (!streams.delete(controller)) return
        if (streams.size === 0) {
          session.stop()
          remove(place)
        }
        onRelease()
      },
    }
  }

  return {
    watch(finding, onRelease = () => {}) {
      const { state, outage } = finding
      const basis = toBasis(finding.basis)
      if (isClosed) return toRefusedWatch(unavailable('upstream_unavailable'))
      if (state.status !== 'authenticated') return toRefusedWatch(state)
      if (basis === undefined || !holds(basis, outage)) return undefined
      return join(find(basis.subject) ?? open(basis, outage), state, onRelease)
    },
    confirm(subject, landed) {
      for (const { session } of placesOf(sessionKey(subject.identity.sessionId))) {
        if (session.subject.text === subject.text) session.confirm(landed)
      }
    },
    get size() {
      return sessions
    },
    forgetLost: () => forgetLost(alone.size),
    close() {
      isClosed = true
      tombstones.listeners.delete(onRevoked)
      const all = new Set([...places.values()].flatMap((some) => [...some]))
      for (const { session } of all) session.end(unavailable('upstream_unavailable'))
    },
  }
}

/** What is no session is not watched. */
export function toRefusedWatch(state: Exclude<AuthState, { status: 'authenticated' }>): Watch {
  return {
    state,
    signal: AbortSignal.abort(new HankoAuthError(state)),
    refusal: () => state,
    settled: () => Promise.resolve(state),
    release: () => {},
  }
}
