import { type Unavailable, unavailable } from '../auth-state.ts'
import type { Limits } from '../limits.ts'
import type { Settings } from '../options.ts'
import { type JsonObject, parseStrictJson } from '../token/strict-json.ts'
import { untilAborted } from './deadline.ts'
import { discard, readBounded, TOO_LARGE } from './read-bounded.ts'
import { parseRetryAfter } from './retry-after.ts'

export interface HankoRequest {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  /** Of the reply's body, in decoded bytes. */
  readonly limit: number
}

/** A 200 with a JSON object for a body. */
export interface Exchanged {
  readonly status: 'answered'
  readonly body: JsonObject
  /** Whether a cache on the way says that it answered. */
  readonly isFromCache: boolean
}

/** Why there is no such reply. */
export interface NotAnswered extends Unavailable {
  /** Hanko has nothing at this path: it knows no such tenant. For our own rooms: not enumerable, so that it shows nowhere. */
  readonly isNotFound?: true
}

/** One request, one reply: sent once, never throws, over when the signal aborts. `onSend` is called just before it goes. */
export type Exchange = (
  request: HankoRequest,
  signal: AbortSignal,
  onSend: () => void,
) => Promise<Exchanged | NotAnswered>

export interface ExchangeSettings extends Pick<Settings, 'apiUrl' | 'fetch' | 'clock'> {
  readonly limits: Pick<Limits, 'maxRetryAfter'>
}

/** The only file that calls `fetch`. */
export function createExchange(settings: ExchangeSettings): Exchange {
  // Imported on the first call: it costs some 46 ms, which a process that starts need not pay.
  // What is kept is no promise: no request waits for another's.
  let $fetch: Awaited<ReturnType<typeof load>> | undefined
  const load = async () => {
    const { createFetch } = await import('ofetch')
    return createFetch({ fetch: (input, init) => settings.fetch(input as string, init ?? {}) })
  }

  async function send({ path, limit, ...request }: HankoRequest, signal: AbortSignal, onSend: () => void) {
    $fetch ??= await load()
    signal.throwIfAborted()
    onSend()
    const response = await $fetch.raw<unknown, 'stream'>(`${settings.apiUrl}${path}`, {
      ...request,
      responseType: 'stream',
      ignoreResponseError: true,
      retry: false,
      // A 307 or 308 would send the body, so the token, to wherever it points.
      redirect: 'manual',
      signal,
    })
    if (response.status !== 200 || response.redirected) {
      discard(response.body)
      return toFailure(response, settings)
    }
    const text = await readBounded(response._data, limit, signal)
    const body = text === TOO_LARGE ? undefined : parseStrictJson(text)
    if (body === undefined) return unavailable('upstream_invalid')
    return { status: 'answered', body, isFromCache: (response.headers.get('age') ?? '0') !== '0' } as const
  }

  return async (request, signal, onSend) => {
    try {
      // A `fetch` that ignores its signal is held to the time all the same.
      return await untilAborted(send(request, signal, onSend), signal)
    } catch (error) {
      // What was thrown may hold the URL, the body and so the token: it ends here.
      if (signal.aborted) return unavailable('upstream_timeout')
      return unavailable(toReason(error))
    }
  }
}

/** What a status other than a plain 200 means for a token that is in order. */
function toFailure(response: Response, { clock, limits }: ExchangeSettings): NotAnswered {
  const { status } = response
  if (status === 404 && isJson(response)) return NOT_FOUND
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfter = parseRetryAfter(response.headers.get('retry-after'), clock.now(), limits.maxRetryAfter)
    return unavailable('upstream_unavailable', retryAfter)
  }
  // Hanko refuses the request as such (a wrong tenant, a proxy that wants a password): our set-up is at fault.
  return unavailable(status >= 400 ? 'upstream_misconfigured' : 'upstream_invalid')
}

/** Hanko's own 404 is JSON. One of a proxy, or of a server that is no Hanko, says nothing of what Hanko has. */
const isJson = ({ headers }: Response): boolean => /^application\/json\b/i.test(headers.get('content-type') ?? '')

const NOT_FOUND: NotAnswered = Object.freeze(
  Object.defineProperty({ ...unavailable('upstream_misconfigured') }, 'isNotFound', { value: true }),
)

/** By the codes of Node and undici, however deeply a client wraps them. Other runtimes have none that are stable. */
function toReason(error: unknown): 'upstream_misconfigured' | 'upstream_timeout' | 'upstream_unavailable' {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code } = cause as { code?: unknown }
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'upstream_misconfigured'
    // The time-outs of a pool that the user gave; one while connecting is a failed connection like any other.
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'upstream_timeout'
  }
  return 'upstream_unavailable'
}
