import { type Unavailable, unavailable } from '../auth-state.ts'
import type { Closing } from '../http/closing.ts'
import { LOOK_AGAIN, pause, startDeadline } from '../http/deadline.ts'
import type { CallFailure, HankoClient, HankoReply } from '../http/hanko-client.ts'
import { ageOf, type Instant, nowOf } from '../instant.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import type { Clock } from '../options.ts'

/** At most one probe begins in this time, in milliseconds; one that failed answers for as long. */
const INTERVAL = 1_000

/**
 * Why Hanko's `false` proves nothing, or `undefined` when its JWKS shows that it reads its database.
 * To be called after a `false` arrived: the probe that is waited for begins after this call.
 */
export type Probe = () => Promise<Unavailable | undefined>

export interface ProbeSettings {
  readonly client: Pick<HankoClient, 'probe'>
  /** A good probe renews the keys, too. */
  readonly keys: Pick<KeySet, 'accept'>
  readonly clock: Clock
  /** Whether one request may wait for a probe of another's; if not, it looks what has come of it. */
  readonly joinRequests: boolean
  /** Of one probe, in milliseconds; who waits for it has a deadline of its own besides. */
  readonly timeout: number
  /** Of the validator. */
  readonly closing: Closing
}

/**
 * One probe serves all that wait for one: while one is under way, those that come share the next. So a thousand
 * sign-outs at once, or a thousand users during an outage, cost one GET a second.
 */
export function createProbe({ client, keys, clock, joinRequests, timeout, closing }: ProbeSettings): Probe {
  let running: Promise<Unavailable | undefined> | undefined
  let next: Promise<Unavailable | undefined> | undefined
  let begun: Instant | undefined
  /** Probes that have begun, and the last of them that showed Hanko to be there. */
  let count = 0
  let good = 0
  let failed: { readonly at: Instant; readonly state: Unavailable } | undefined

  async function run(): Promise<Unavailable | undefined> {
    begun = nowOf(clock)
    const number = ++count
    const deadline = startDeadline(timeout)
    const state = await readOutage(await client.probe({ deadline }).finally(() => deadline.clear()))
    failed = state === undefined ? undefined : { at: nowOf(clock), state }
    if (state === undefined) good = number
    running = undefined
    return state
  }

  /** Its keys are usable by the same rules as for signatures: `{"keys":[{}]}` of a proxy proves nothing. */
  async function readOutage(reply: HankoReply | CallFailure): Promise<Unavailable | undefined> {
    if (reply.status === 'unavailable') {
      const reason = reply.reason === 'upstream_timeout' ? 'upstream_timeout' : 'upstream_unavailable'
      return unavailable(reason, reply.retryAfter)
    }
    const isProof = !reply.isFromCache && (await keys.accept(reply.body, reply.sentAt))
    return isProof ? undefined : unavailable('upstream_unavailable')
  }

  async function runNext(): Promise<Unavailable | undefined> {
    await running
    // The one that was under way may have shown an outage just now: that is answer enough.
    if (recentFailure() === undefined) await pause(untilDue(), closing.signal)
    next = undefined
    return recentFailure() ?? (running ??= run())
  }

  /** For a request that must not wait for another's promise: it looks until one that began after now has told. */
  async function probeAlone(): Promise<Unavailable | undefined> {
    const before = count
    const { signal } = new AbortController()
    while (!closing.isClosed) {
      const failure = recentFailure()
      if (failure !== undefined) return failure
      if (good > before) return undefined
      // One that has told nothing for as long as it may take went with its request.
      if (untilDue() <= 0) return run()
      await pause(LOOK_AGAIN, signal)
    }
    return unavailable('upstream_unavailable')
  }

  const recentFailure = (): Unavailable | undefined =>
    failed !== undefined && ageOf(failed.at, clock) < INTERVAL ? failed.state : undefined

  const untilDue = (): number => (begun === undefined ? 0 : INTERVAL - ageOf(begun, clock))

  if (!joinRequests) return probeAlone
  return () => {
    const failure = recentFailure()
    if (failure !== undefined) return Promise.resolve(failure)
    if (running === undefined && next === undefined && untilDue() <= 0) return (running = run())
    return (next ??= runNext())
  }
}
