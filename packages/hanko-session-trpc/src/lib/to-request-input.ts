import type { SocketLike } from './socket-runs.ts'
import type { HeadersInput, LambdaEvent, NodeRequest, RequestInput } from 'hanko-session'

/** An event of AWS Lambda, payload format 1.0 (REST APIs, load balancers). */
export interface LambdaEventV1 {
  readonly httpMethod: string
  readonly headers: { readonly [name: string]: string | undefined } | null
  readonly multiValueHeaders?: { readonly [name: string]: readonly string[] | undefined } | null | undefined
}

/**
 * What `createContext` gets, from any adapter of tRPC: `{ req, res, info }` (standalone, node-http, Express, Fastify, Next,
 * WebSocket), `{ req, resHeaders, info }` (fetch), `{ event, context }` (AWS Lambda) - or what an app passes by
 * itself: `{ headers }`, a `Request`, a `Headers`.
 */
export type AuthOptions =
  | {
      readonly req: Request | NodeRequest
      readonly res?: unknown
      readonly info?: { readonly connectionParams: unknown } | undefined
    }
  | { readonly event: LambdaEvent | LambdaEventV1 }
  | { readonly headers: HeadersInput }
  | Request
  | Headers

/**
 * The request in a form that the validator reads. Throws only what a getter of the options throws.
 *
 * The validator takes the key `connectionParams` for the mark of a WebSocket. Over HTTP (SSE) they travel in the
 * URL, so in logs and histories: whatever put the key there, it is not read.
 */
export function toRequestInput(options: AuthOptions): RequestInput {
  const { req, res, info, event } = options as { req?: unknown; res?: unknown; info?: unknown; event?: unknown }
  const request = hasHeaders(req) ? (hasHeaders(req.raw) ? req.raw : req) : undefined // Fastify: only the raw one has headersDistinct
  const isSocket = request !== undefined && isWebSocket(res)
  const input: unknown = request ?? (isObject(event) ? toEventInput(event) : options)
  if (!isObject(input) || !(isSocket || 'connectionParams' in input)) return input as RequestInput
  const { headers, headersDistinct, method, url } = input
  const connectionParams = isObject(info) ? info['connectionParams'] : undefined
  return { headers, headersDistinct, method, url, ...(isSocket && { connectionParams }) } as RequestInput
}

/** By the server's end of the connection: an `Upgrade` header stands on any HTTP request that wants one. */
export function isWebSocket(res: unknown): res is SocketLike {
  return (
    isObject(res) &&
    typeof res['readyState'] === 'number' &&
    typeof res['send'] === 'function' &&
    typeof res['close'] === 'function'
  )
}

/** Format 2.0 is the validator's to read. In 1.0 `headers` has only the last of several values. */
function toEventInput(event: Record<string, unknown>): unknown {
  const { httpMethod, headers, multiValueHeaders } = event
  if (typeof httpMethod !== 'string') return event
  return {
    method: httpMethod,
    headers: { ...(headers as object | null), ...(multiValueHeaders as object | null | undefined) },
  }
}

interface WithHeaders {
  readonly headers: object
  readonly headersDistinct?: unknown
  readonly raw?: unknown
}

/** A record of headers may have any names and values, `req` included: a request is told from a value by its headers. */
function hasHeaders(value: unknown): value is WithHeaders {
  return isObject(value) && isObject(value['headers'])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
