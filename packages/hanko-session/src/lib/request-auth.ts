import type { AuthState, Forbidden } from './auth-state.ts'
import { HankoAuthError, type RefusedFor, type StepUp } from './errors.ts'
import type { Session } from './session.ts'

export interface StateOptions {
  /**
   * Whether the work at hand changes state or streams: then a session cookie counts only from a trusted origin.
   * Everything over a WebSocket does, whatever is said here.
   * @default by the request's method; true for bare headers
   */
  changesState?: boolean
  /**
   * Ask Hanko now, whatever memory says: for work that must not be done by a session that ended a moment ago.
   * @default false
   */
  fresh?: boolean
  /** The caller's own abort: the promise rejects with the signal's reason, and nobody else is harmed. */
  signal?: AbortSignal
}

/**
 * Who is behind one request: lazy, and asked at most once per HTTP request however often it is read.
 * Over a WebSocket every read is a request of its own. Made by `SessionValidator.forRequest`.
 */
export interface RequestAuth<Claims = Readonly<Record<string, unknown>>> {
  /** The outcome. It rejects only with a caller's own abort. */
  state(options?: StateOptions): Promise<AuthState<Claims>>
  /**
   * As `state`, for work that goes on: a stream. A session that was found is watched until `release()`. What streams
   * needs a trusted origin, so `changesState` is true unless it is given here.
   */
  watch(options?: StateOptions): Promise<SessionWatch<Claims>>
  /** In a stream that is watched: aborts when its session ends. Undefined elsewhere. */
  readonly signal: AbortSignal | undefined
  /** The outcome, if it can be told at once: from memory. Due refreshes begin, and nobody waits for them. */
  known(options?: Omit<StateOptions, 'signal'>): AuthState<Claims> | undefined
  /**
   * The session, or an error.
   * @throws {HankoAuthError} when nobody is signed in, and when nobody can tell
   */
  requireSession(options?: StateOptions): Promise<Session<Claims>>
  /**
   * Refuses a session that was found here by a rule of the app: with `stepUp`, because signing in again would help.
   * The log and `onDecision` hear of it. For adapters, and for rules of your own.
   */
  forbid(session: Session<Claims>, stepUp?: StepUp): Forbidden
  /** The validator's wall clock, in milliseconds since the epoch: what `session.issuedAt` is compared with. */
  now(): number
  /**
   * A header of the request, or of the handshake of its WebSocket: all values, joined as HTTP joins them. For
   * adapters, which may be given nothing else of the request. `Cookie` and `Authorization` are withheld.
   */
  header(name: string): string | undefined
  /**
   * The same request as one of its operations sees it, with other defaults. What is found out is shared.
   */
  forOperation(defaults: Omit<StateOptions, 'signal'>): RequestAuth<Claims>
  /** Whether the outcome was asked for: then the answer must carry `Cache-Control: private, no-store`. */
  readonly consulted: boolean
}

/**
 * A session while a stream uses it. Hanko is asked again at two thirds of `maxStaleness`, once for all streams of the
 * session, in a way that is no use of it: an open tab does not keep a session alive.
 */
export interface SessionWatch<Claims = Readonly<Record<string, unknown>>> {
  /** What was found when the stream began. If it is no session nothing is watched: `refusal()` says why. */
  readonly state: AuthState<Claims>
  /** The request's auth as the stream sees it: its `signal` is this one. */
  readonly auth: RequestAuth<Claims>
  /**
   * Aborts when the session ends, or when nobody could tell by the bound. Its reason is a `HankoAuthError`.
   * It has aborted from the start if there is no session.
   */
  readonly signal: AbortSignal
  /**
   * Why nothing may be delivered, or undefined while the session lives: asks nobody, so ask it for every event.
   * While the signal has not aborted it may pass: Hanko is being asked whether the session is among those that ended.
   */
  refusal(): RefusedFor | undefined
  /** The same, when that is known: then the signal has aborted, or events may be delivered. */
  settled(): Promise<RefusedFor | undefined>
  /** Must be called when the stream is over. More than once does no harm. */
  release(): void
}

export interface Ways<Claims> extends Pick<RequestAuth<Claims>, 'state' | 'known' | 'forbid' | 'now' | 'header'> {
  watch(options: StateOptions): Promise<Omit<SessionWatch<Claims>, 'auth'>>
}

/**
 * A class, because there is one for each request: closures, and a `WeakSet` of the genuine ones, cost 10 us. What holds
 * `#ways` was made here: no copy, heir or Proxy has it, nothing that travelled.
 */
class GenuineAuth<Claims> implements RequestAuth<Claims> {
  readonly #ways: Ways<Claims>
  /** Shared by all views of a request. */
  readonly #seen: { consulted: boolean }
  /** Every option is there. */
  readonly #defaults: StateOptions
  readonly #signal: AbortSignal | undefined

  constructor(
    ways: Ways<Claims>,
    seen: { consulted: boolean },
    defaults: StateOptions | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#ways = ways
    this.#seen = seen
    this.#defaults = defaults === undefined ? NOTHING_SAID : { ...NOTHING_SAID, ...defaults }
    this.#signal = signal
    Object.freeze(this)
  }

  static isGenuine(value: object): boolean {
    return #ways in value
  }

  /** Every option is its own, so that what code has put on every object is nobody's. */
  #toOwn(options: StateOptions | undefined): StateOptions {
    this.#seen.consulted = true
    return options === undefined ? this.#defaults : { ...this.#defaults, ...options }
  }

  state(options?: StateOptions): Promise<AuthState<Claims>> {
    return this.#ways.state(this.#toOwn(options))
  }

  known(options?: Omit<StateOptions, 'signal'>): AuthState<Claims> | undefined {
    return this.#ways.known(this.#toOwn(options))
  }

  async requireSession(options?: StateOptions): Promise<Session<Claims>> {
    const found = this.known(options) ?? (await this.state(options))
    if (found.status === 'authenticated') return found.session
    throw new HankoAuthError(found)
  }

  async watch(options?: StateOptions): Promise<SessionWatch<Claims>> {
    const watch = await this.#ways.watch(this.#toOwn({ changesState: true, ...options }))
    return Object.freeze({ ...watch, auth: new GenuineAuth(this.#ways, this.#seen, this.#defaults, watch.signal) })
  }

  forbid(session: Session<Claims>, stepUp?: StepUp): Forbidden {
    return this.#ways.forbid(session, stepUp)
  }

  now(): number {
    return this.#ways.now()
  }

  header(name: string): string | undefined {
    return this.#ways.header(name)
  }

  forOperation(defaults: Omit<StateOptions, 'signal'>): RequestAuth<Claims> {
    return new GenuineAuth(this.#ways, this.#seen, defaults, this.#signal)
  }

  get signal(): AbortSignal | undefined {
    return this.#signal
  }

  get consulted(): boolean {
    return this.#seen.consulted
  }
}
Object.freeze(GenuineAuth.prototype)

const NOTHING_SAID = { changesState: undefined, fresh: undefined, signal: undefined } as unknown as StateOptions

export function createRequestAuth<Claims>(
  ways: Ways<Claims>,
  defaults?: Omit<StateOptions, 'signal'>,
): RequestAuth<Claims> {
  return new GenuineAuth(ways, { consulted: false }, defaults, undefined)
}

/**
 * The value, if it is a genuine `RequestAuth`, or `undefined`. For adapters that find it on a context, where
 * anybody may have put anything: what did not come from `SessionValidator.forRequest` is not trusted.
 *
 * @example
 * ```ts
 * import { asRequestAuth } from 'hanko-session'
 *
 * export async function userIdOf(context: { auth?: unknown }): Promise<string | undefined> {
 *   const state = await asRequestAuth(context.auth)?.state()
 *   return state?.status === 'authenticated' ? state.session.userId : undefined
 * }
 * ```
 */
export function asRequestAuth(value: unknown): RequestAuth<unknown> | undefined {
  const isGenuine = typeof value === 'object' && value !== null && GenuineAuth.isGenuine(value)
  return isGenuine ? (value as RequestAuth<unknown>) : undefined
}
