import type { Authenticated, AuthState } from '../auth-state.ts'
import type { SentAt } from '../http/hanko-client.ts'
import type { SessionIdentity } from '../cache/tombstones.ts'
import { createByText } from './by-text.ts'
import type { VerificationKey } from '../jwks/import-keys.ts'

/** A session whose token is verified, and that Hanko can be asked about. */
export interface Subject {
  readonly text: string
  readonly identity: SessionIdentity
  readonly key: VerificationKey
  /** The outcome if it lives; `undefined` when its claims do not fit. */
  toState(): Promise<Authenticated<unknown> | undefined>
}

/** When and for how long a session was confirmed. */
export interface Landed {
  /** When the call was sent, among calls and revocations; 0 if it never was. */
  readonly order: number
  /** When the call was sent that confirmed the session. */
  readonly sentAt: SentAt
  /** How long after it was sent the session ends by idleness, in milliseconds; `Infinity` without an idle timeout. */
  readonly idlesAfter: number
}

/** What came of asking Hanko about a session. */
export interface Landing extends Omit<Landed, 'sentAt'> {
  readonly state: AuthState<unknown>
  readonly sentAt: SentAt | undefined
  /** Another process of the fleet had asked. */
  readonly isShared?: boolean
  /** It was refused because too many wait already: not Hanko's fault. */
  readonly isLineFull: boolean
}

interface FlightOptions {
  /** Nobody waits for it: a refresh or a touch. */
  readonly background: boolean
  /** Whether an answer will do that another process of the fleet got earlier. */
  readonly mayShare: boolean
  /** To be called when the call is sent. */
  readonly onSent: (order: number) => void
}

/** One call to Hanko, and what follows from it. Whoever waits for it gets the landing; this happens once. */
export type Fly = (subject: Subject, options: FlightOptions) => Promise<Landing>

type JoinOptions = Pick<FlightOptions, 'background' | 'mayShare'>

interface Flight {
  readonly subject: Subject
  order: number | undefined
  readonly landing: Promise<Landing>
  /** Shared by those who came while it was under way and need one sent later. */
  next: Promise<Landing> | undefined
}

/** The calls to Hanko that are under way, one per token at most. */
export interface Flights {
  /**
   * The landing of a call that is, or will be, sent after `order`: one under way if it fits, else the next. With
   * `mayShare`, or when joined while it is found out, it may be an answer to another process, from before.
   */
  join(subject: Subject, after: number, options: JoinOptions): Promise<Landing>
  /** Whom a call that is under way is about. */
  subjectOf(text: string): Subject | undefined
}

export function createFlights(fly: Fly): Flights {
  const underWay = createByText<Flight>()

  function start(subject: Subject, options: JoinOptions): Flight {
    const onSent = (order: number): void => {
      flight.order ??= order
    }
    const landing = fly(subject, { ...options, onSent }).finally(() => underWay.delete(subject.text))
    const flight: Flight = { subject, order: undefined, landing, next: undefined }
    underWay.set(subject.text, flight)
    return flight
  }

  return {
    subjectOf: (text) => underWay.get(text)?.subject,
    join(subject, after, options) {
      const flight = underWay.get(subject.text)
      if (flight === undefined) return start(subject, options).landing
      // One that still stands in line will be sent after everybody who is here now.
      if (flight.order === undefined || flight.order > after) return flight.landing
      return (flight.next ??= flight.landing.then(
        () => (underWay.get(subject.text) ?? start(subject, options)).landing,
      ))
    },
  }
}
