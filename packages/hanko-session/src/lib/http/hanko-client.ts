import { type Unavailable, unavailable } from '../auth-state.ts'
import type { Settings } from '../options.ts'
import { type JsonObject, parseStrictJson } from '../token/strict-json.ts'
import { untilAborted } from './deadline.ts'
import { discard, readBounded, TOO_LARGE } from './read-bounded.ts'
import { parseRetryAfter } from './retry-after.ts'

const VALIDATE_LIMIT = 64 * 1_024
const JWKS_LIMIT = 256 * 1_024

/** A 200 with a JSON object for a body. */
export interface HankoReply {
  readonly status: 'answered'
  readonly body: JsonObject
  /** Whether a cache on the way says that it answered. */
  readonly isFromCache: boolean
}

/** The calls to one API URL. Each gives a reply or says why there is none; neither throws. */
export interface HankoClient {
  /** `POST /sessions/validate`, which counts as use of the session. */
  validate(token: string, signal: AbortSignal): Promise<HankoReply | Unavailable>
  /** `GET /.well-known/jwks.json`, past every cache on the way. */
  fetchKeys(signal: AbortSignal): Promise<HankoReply | Unavailable>
}

/** The only file that calls `fetch`. */
export function createHankoClient(settings: Pick<Settings, 'apiUrl' | 'fetch' | 'clock'>): HankoClient {
  // Imported on the first call: it costs some 46 ms, which a process that starts need not pay.
  let ofetch: ReturnType<typeof load> | undefined
  const load = async () =>
    (await import('ofetch')).createFetch({ fetch: (input, init) => settings.fetch(input as string, init ?? {}) })

  async function call(
    path: string,
    request: { method: 'GET' | 'POST'; body?: object; headers?: Record<string, string> },
    limit: number,
    signal: AbortSignal,
  ): Promise<HankoReply | Unavailable> {
    try {
      const $fetch = await (ofetch ??= load())
      const exchange = async (): Promise<HankoReply | Unavailable> => {
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
          discard(response._data)
          return toFailure(response, settings.clock.now())
        }
        const text = await readBounded(response._data, limit)
        const body = text === TOO_LARGE ? undefined : parseStrictJson(text)
        if (body === undefined) return unavailable('upstream_invalid')
        return { status: 'answered', body, isFromCache: (response.headers.get('age') ?? '0') !== '0' }
      }
      // A `fetch` that ignores its signal is held to the deadline all the same.
      return await untilAborted(exchange(), signal)
    } catch (error) {
      // What was thrown may hold the URL, the body and so the token: it ends here.
      if (signal.aborted) return unavailable('upstream_timeout')
      return unavailable(isWrongTlsName(error) ? 'upstream_misconfigured' : 'upstream_unavailable')
    }
  }

  return {
    validate: (token, signal) =>
      call('/sessions/validate', { method: 'POST', body: { session_token: token } }, VALIDATE_LIMIT, signal),
    fetchKeys: (signal) =>
      // A query value never used before, and a request header instead of fetch's `cache` option, which some Workers refuse.
      call(
        `/.well-known/jwks.json?nocache=${crypto.randomUUID()}`,
        { method: 'GET', headers: { 'cache-control': 'no-store' } },
        JWKS_LIMIT,
        signal,
      ),
  }
}

/** What a status other than a plain 200 means for a token that is in order. */
function toFailure(response: Response, now: number): Unavailable {
  const { status } = response
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return unavailable('upstream_unavailable', parseRetryAfter(response.headers.get('retry-after'), now))
  }
  // Hanko refuses the request as such (a wrong tenant, a proxy that wants a password): our set-up is at fault.
  return unavailable(status >= 400 ? 'upstream_misconfigured' : 'upstream_invalid')
}

/** Node's code for a certificate of another name, however deeply a client wraps it. */
function isWrongTlsName(error: unknown): boolean {
  try {
    for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
      if ((cause as { code?: unknown }).code === 'ERR_TLS_CERT_ALTNAME_INVALID') return true
    }
  } catch {
    // An error of somebody's own `fetch`, with getters that throw.
  }
  return false
}
