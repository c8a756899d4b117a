import { type AuthState, type Forbidden, forbidden, type Unauthenticated, unavailable } from './auth-state.ts'
import type { Checks } from './create-checks.ts'
import type { StepUp } from './errors.ts'
import { untilAborted } from './http/deadline.ts'
import type { Settings } from './options.ts'
import { candidatesOf, readHeader, type Reading, readRequest } from './read-request.ts'
import { createRecallQuickly, isRefused, recall, refuseCrossSite } from './recall-request.ts'
import { createRequestAuth, type RequestAuth, type StateOptions, type Ways } from './request-auth.ts'
import type { RequestInput } from './request-input.ts'
import type { Session } from './session.ts'
import type { Joins } from './verify/bounded.ts'
import type { Finding } from './verify/finding.ts'
import { toRefusedWatch, type WatchRoom } from './watch/create-watch-room.ts'

type AnyState = AuthState<unknown>

/** A session that cannot be watched as often as it is found has answers that are too old when they arrive. */
const MAX_TURNS = 3

/** What the requests of a validator share. */
interface Parts {
  readonly settings: Settings
  readonly checks: Checks
  readonly room: Pick<WatchRoom, 'watch'>
  readonly recallQuickly: ReturnType<typeof createRecallQuickly>
}

/**
 * Makes the `RequestAuth` of a request: read when first asked, one outcome per freshness, and the verdict on the
 * origin beside the outcome, never in it.
 */
export function createForRequest(
  settings: Settings,
  checks: Checks,
  room: Pick<WatchRoom, 'watch'>,
): (request: RequestInput, defaults?: Omit<StateOptions, 'signal'>) => RequestAuth<unknown> {
  const parts = { settings, checks, room, recallQuickly: createRecallQuickly(settings, checks) }
  return (request, defaults) => createRequestAuth(new OneRequest(parts, request), defaults)
}

/** A class, because there is one for each request, and most of them need one of its methods: closures are made first. */
class OneRequest implements Ways<unknown> {
  readonly #parts: Parts
  readonly #request: RequestInput
  #reading: Reading | undefined
  #joins: Joins | undefined
  #crossSite: Unauthenticated | undefined
  #known: AnyState | undefined
  #lenient: Promise<Finding> | undefined
  #fresh: Promise<Finding> | undefined

  constructor(parts: Parts, request: RequestInput) {
    this.#parts = parts
    this.#request = request
  }

  known({ changesState: changes, fresh: isFresh = false }: StateOptions): AnyState | undefined {
    // For the first who ask only: what was found so says nothing of the origin, which others may have to know.
    if (this.#reading === undefined && this.#known === undefined && !isFresh) {
      this.#known = this.#parts.recallQuickly(this.#request, changes)
      if (this.#known !== undefined) return this.#known
    }
    const refused = this.#refuse(changes)
    if (refused !== undefined || isFresh) return refused
    if (this.#isWebSocket) return recall(this.#read(), this.#parts.checks)
    // Memory may have changed its mind: a request that is being found out about has that outcome and no other.
    if (this.#lenient === undefined) this.#known ??= recall(this.#read(), this.#parts.checks)
    return this.#known
  }

  async state({ changesState: changes, fresh: isFresh = false, signal }: StateOptions): Promise<AnyState> {
    signal?.throwIfAborted()
    const refused = this.#refuse(changes)
    if (refused !== undefined) return refused
    // A socket is asked about anew, whatever memory said before.
    if (this.#known !== undefined && !isFresh && !this.#isWebSocket) return this.#known
    return untilAborted(this.#findState(isFresh), signal)
  }

  async watch({ changesState: changes = true, fresh: isFresh = false, signal }: StateOptions) {
    signal?.throwIfAborted()
    const refused = this.#refuse(changes)
    if (refused !== undefined) return toRefusedWatch(refused)
    let finding = await untilAborted(this.#find(isFresh), signal)
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const watch = this.#parts.room.watch(finding)
      if (watch !== undefined) return watch
      // It is long ago that this request found it, or something ended since: a stream begins with what holds now.
      finding = await untilAborted(this.#decide(isFresh), signal)
    }
    return toRefusedWatch(unavailable('upstream_timeout'))
  }

  forbid(session: Session<unknown>, stepUp?: StepUp): Forbidden {
    const refusal = forbidden(stepUp)
    this.#parts.checks.tellForbidden(refusal, session, this.#read().credential.source)
    return refusal
  }

  now(): number {
    return this.#parts.settings.clock.now()
  }

  header(name: string): string | undefined {
    return readHeader(this.#request, name)
  }

  #read(): Reading {
    return (this.#reading ??= readRequest(this.#request, this.#parts.settings))
  }

  get #isWebSocket(): boolean {
    return this.#read().facts?.isWebSocket === true
  }

  #refuse(changes: boolean | undefined): Unauthenticated | undefined {
    const { settings, checks } = this.#parts
    return isRefused(this.#read(), changes, settings)
      ? (this.#crossSite ??= refuseCrossSite(this.#read(), checks))
      : undefined
  }

  #decide(isFresh: boolean): Promise<Finding> {
    const { checks } = this.#parts
    // A socket outlives its handshake by far: each of its operations is a request of its own.
    const joins = this.#isWebSocket ? checks.joins() : (this.#joins ??= checks.joins())
    return checks.decide(candidatesOf(this.#read()), { fresh: isFresh, joins })
  }

  #find(isFresh: boolean): Promise<Finding> {
    if (this.#isWebSocket) return this.#decide(isFresh)
    if (isFresh) return (this.#fresh ??= this.#decide(true))
    return (this.#lenient ??= this.#keep(this.#fresh ?? this.#decide(false)))
  }

  /** From now on it is what `known` says, except where that never says anything. */
  async #keep(finding: Promise<Finding>): Promise<Finding> {
    const found = await finding
    if (this.#parts.settings.maxStaleness !== 0) this.#known = found.state
    return found
  }

  async #findState(isFresh: boolean): Promise<AnyState> {
    return (await this.#find(isFresh)).state
  }
}
