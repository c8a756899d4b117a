import type { TRPCError } from '@trpc/server'
import type { ResponseMeta } from '@trpc/server/http'
import { asRequestAuth } from 'hanko-session'
import { toAuthCause, toHttp } from './auth-error.ts'
import { type CallLike, listDemandsOf } from './demand.ts'

/** What is read of the options that tRPC gives to `responseMeta`. */
export interface ResponseMetaOptions {
  readonly ctx?: unknown
  readonly info?: unknown
  readonly data: readonly unknown[]
  readonly errors: readonly TRPCError[]
  readonly eagerGeneration: boolean
}

/**
 * A `responseMeta` that marks every answer a session was looked for `Cache-Control: private, no-store`, over whatever your
 * own says. An answer that is a refusal as a whole gets `WWW-Authenticate` and `Retry-After` as well. Streamed
 * answers (`httpBatchStreamLink`) are always marked, because their headers leave before the calls are made.
 *
 * Put `auth` on what `createContext` returns: of an `auth` that a middleware adds, tRPC shows nothing here, so only
 * calls that a middleware of this package guards are marked then, streamed or not, and not those whose handlers ask it
 * themselves.
 *
 * @param responseMeta your own, if you have one
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import { createHTTPServer } from '@trpc/server/adapters/standalone'
 * import { createSessionValidator, type RequestAuth } from 'hanko-session'
 * import { authResponseMeta, hankoAuth } from 'hanko-session-trpc'
 *
 * const hanko = createSessionValidator()
 * const t = initTRPC.context<{ auth: RequestAuth }>().create()
 *
 * createHTTPServer({
 *   router: t.router({ hello: t.procedure.query(() => 'hello') }),
 *   createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
 *   responseMeta: authResponseMeta(() => ({ headers: new Headers({ 'cache-control': 'public, max-age=60' }) })),
 * }).listen(3001)
 * ```
 */
export function authResponseMeta<Options extends ResponseMetaOptions>(
  responseMeta?: (options: Options) => ResponseMeta,
): (options: Options) => ResponseMeta {
  return (options) => {
    const meta = responseMeta?.(options) ?? {}
    const auth = asRequestAuth((options.ctx as { auth?: unknown } | null | undefined)?.auth)
    const isLookedFor = auth !== undefined && (auth.consulted || options.eagerGeneration)
    if (!isLookedFor && !isAskedFor(options)) return meta

    const headers = toHeaders(meta.headers)
    for (const [name, value] of toRefusalHeaders(options)) headers.set(name, value)
    headers.set('cache-control', 'private, no-store')
    return { ...meta, headers }
  }
}

/** By the calls themselves: an `auth` that a middleware has put on the context is not to be seen from here. */
function isAskedFor({ info }: ResponseMetaOptions): boolean {
  const { calls = [] } = (info ?? {}) as { calls?: readonly CallLike[] }
  try {
    return listDemandsOf(calls).some(({ who }) => who !== 'public')
  } catch {
    return true // a meta that is no rule: its call has failed
  }
}

/** Of an answer that refuses each of its calls for one and the same reason: only then has it that reason's status. */
function toRefusalHeaders({ data, errors }: ResponseMetaOptions): [string, string][] {
  const causes = errors.map(toAuthCause)
  const [first] = causes
  if (first === undefined || errors.length !== data.length || causes.some((cause) => cause?.code !== first.code))
    return []
  return Object.entries(toHttp(first).headers).filter(([name]) => name !== 'content-type')
}

/** tRPC still takes a record, and appends what it finds there to its own headers. */
function toHeaders(given: ResponseMeta['headers'] = {}): Headers {
  const headers = new Headers()
  for (const [name, value] of given instanceof Headers ? given : Object.entries(given))
    for (const item of [value].flat()) if (item !== undefined) headers.append(name, item)
  return headers
}
