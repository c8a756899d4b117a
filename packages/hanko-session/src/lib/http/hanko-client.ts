import { type Unavailable, unavailable } from '../auth-state.ts'
import type { Settings } from '../options.ts'
import { createBreaker, type Pass } from './breaker.ts'
import { createBulkhead } from './bulkhead.ts'
import { type ClientLimits, DEFAULT_LIMITS } from './client-limits.ts'
import type { Deadline } from './deadline.ts'
import { createExchange, type HankoRequest, type NotAnswered } from './exchange.ts'
import { createSender, type HankoReply, type SentAt } from './send-with-retry.ts'

export type { HankoReply, SentAt } from './send-with-retry.ts'

const VALIDATE_LIMIT = 64 * 1_024
const JWKS_LIMIT = 256 * 1_024
const MAX_RETRY_AFTER = 30_000

export interface CallFailure extends NotAnswered {
  /** It was never sent, for want of room. For our own rooms: not enumerable, so that it shows nowhere. */
  readonly isLineFull?: true
}

export interface CallOptions {
  readonly deadline: Deadline
  /** No user waits for it: it goes after all for whom one does, and is the first to be dropped. */
  readonly background?: boolean
  /** Called once, when the first attempt is sent: after the line. */
  readonly onSent?: (sentAt: SentAt) => void
}

/** Gives a reply or says why there is none; never throws. */
type Call = Promise<HankoReply | CallFailure>

/** The calls to one API URL. */
export interface HankoClient {
  /** `POST /sessions/validate`, which counts as use of the session. */
  validate(token: string, options: CallOptions): Call
  /** `GET /sessions/validate`, which does not. Its `is_valid: false` proves nothing. */
  peek(token: string, options: CallOptions): Call
  /** `GET /.well-known/jwks.json`, past every cache on the way; outside bulkhead and breaker. */
  fetchKeys(options: CallOptions): Call
  /** The same, once, and outside the retry budget too: whether Hanko reads its database. */
  probe(options: CallOptions): Call
  stats(): ClientStats
  /** Aborts what is in flight and refuses who waits, with `upstream_unavailable`: now and from now on. */
  close(): void
}

interface ClientStats {
  readonly inFlight: number
  readonly waiting: number
  readonly breaker: 'closed' | 'open' | 'half-open'
  /** Sent since the start, without the retries. */
  readonly calls: number
  readonly retries: number
}

export interface ClientSettings extends Pick<Settings, 'apiUrl' | 'fetch' | 'clock'> {
  /** @default DEFAULT_LIMITS */
  readonly limits?: ClientLimits
  /** @default Math.random */
  readonly random?: () => number
}

const LINE_FULL: CallFailure = Object.freeze(
  Object.defineProperty({ ...unavailable('upstream_unavailable') }, 'isLineFull', { value: true }),
)

export function createHankoClient(settings: ClientSettings): HankoClient {
  const { clock, limits = DEFAULT_LIMITS, random = Math.random } = settings
  const sender = createSender({ exchange: createExchange(settings), limits, clock, random })
  const bulkhead = createBulkhead(limits)
  const breaker = createBreaker({ limits, clock, random, onOpen: () => bulkhead.refuseAll() })
  const closed = new AbortController()
  const isClosed = (): boolean => closed.signal.aborted

  /** Runs the work under a signal of its own, which aborts with the deadline, on `close()`, or by `stop`. */
  async function run({ deadline }: CallOptions, work: (signal: AbortSignal, stop: () => void) => Call): Call {
    if (isClosed()) return unavailable('upstream_unavailable')
    const controller = new AbortController()
    const stop = (): void => controller.abort()
    if (deadline.signal.aborted) stop()
    for (const signal of [deadline.signal, closed.signal]) signal.addEventListener('abort', stop)
    try {
      const outcome = await work(controller.signal, stop)
      return isClosed() ? unavailable('upstream_unavailable') : outcome
    } finally {
      for (const signal of [deadline.signal, closed.signal]) signal.removeEventListener('abort', stop)
    }
  }

  /** In a slot, which is held from the first attempt to the last. */
  async function sendInSlot(
    request: HankoRequest,
    options: CallOptions,
    pass: Pass,
    signal: AbortSignal,
    stop: () => void,
  ): Call {
    const { deadline, onSent } = options
    const first: { sentAt?: SentAt } = {}
    const outcome = await sender.send(request, {
      deadline,
      signal,
      stop,
      onSent(sentAt) {
        first.sentAt = sentAt
        onSent?.(sentAt)
      },
      // The probing call finds out whether Hanko is back; with a second attempt it would be two.
      mayRetry: () => !pass.isProbing && pass.isCurrent(),
    })
    // Whoever went away, or closed, has not heard what Hanko would have said.
    const isAbandoned = isClosed() || (deadline.signal.aborted && deadline.remaining() > 0)
    pass.settle(isFailure(outcome) ? (first.sentAt !== undefined && !isAbandoned ? 'failure' : 'unsent') : 'success')
    return outcome
  }

  /** A call about a session: through the breaker and the line. */
  const ask = (request: HankoRequest, options: CallOptions): Call =>
    run(options, async (signal, stop) => {
      const pass = breaker.enter()
      if (typeof pass === 'number') return refuse(pass)
      const isBackground = options.background === true
      const turn = await bulkhead.enter(signal, isBackground)
      if (turn === 'slot') {
        try {
          return await sendInSlot(request, options, pass, signal, stop)
        } finally {
          bulkhead.leave(isBackground)
        }
      }
      pass.settle('unsent')
      if (turn === 'full') return LINE_FULL
      return turn === 'refused' ? refuse(breaker.openFor()) : unavailable('upstream_timeout')
    })

  return {
    validate: (token, options) => ask({ ...VALIDATE, method: 'POST', body: { session_token: token } }, options),
    peek: (token, options) =>
      ask({ ...VALIDATE, method: 'GET', headers: { authorization: `Bearer ${token}`, ...PAST_CACHES } }, options),
    fetchKeys: (options) =>
      run(options, async (signal, stop) =>
        sender.send(toKeysRequest(), { ...options, signal, stop, mayRetry: () => true }),
      ),
    probe: (options) =>
      run(options, async (signal, stop) => sender.send(toKeysRequest(), { ...options, signal, stop })),
    stats: () => ({ ...bulkhead.stats(), breaker: breaker.state(), ...sender.stats() }),
    close() {
      closed.abort()
    },
  }
}

const VALIDATE = { path: '/sessions/validate', limit: VALIDATE_LIMIT } as const

/** Instead of fetch's `cache` option, which some Workers refuse. */
const PAST_CACHES = { 'cache-control': 'no-store' } as const

const toKeysRequest = (): HankoRequest => ({
  // And a query value never used before.
  path: `/.well-known/jwks.json?nocache=${crypto.randomUUID()}`,
  method: 'GET',
  headers: PAST_CACHES,
  limit: JWKS_LIMIT,
})

const refuse = (retryAfter: number | undefined): Unavailable =>
  unavailable('upstream_unavailable', retryAfter === undefined ? undefined : Math.min(retryAfter, MAX_RETRY_AFTER))

/** Hanko is not there, or not in time. A `false`, an odd answer or our own wrong set-up show that it is. */
const isFailure = (outcome: HankoReply | CallFailure): boolean =>
  outcome.status === 'unavailable' &&
  (outcome.reason === 'upstream_unavailable' || outcome.reason === 'upstream_timeout')
