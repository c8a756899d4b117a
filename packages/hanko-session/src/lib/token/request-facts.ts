import { isObject } from './strict-json.ts'

/** Headers as servers hand them over: a `Headers`, or a plain record with one value or several per name. */
export type HeadersInput = Headers | { readonly [name: string]: string | readonly string[] | undefined }

/** A WebSocket: the headers of its handshake, and what the client sent as connection params. */
export interface WebSocketRequest {
  readonly headers: HeadersInput
  /** Of tRPC or graphql-ws. Only `authorization` is read. Never pass those of SSE: they travel in the URL. */
  readonly connectionParams: unknown
}

/** A request of Node's http modules, Express, Connect or Fastify (`request.raw`). */
export interface NodeRequest {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly headersDistinct?: { readonly [name: string]: readonly string[] | undefined }
  readonly method?: string | undefined
}

/** An event of AWS Lambda, payload format 2.0: its cookies stand beside the headers. */
export interface LambdaEvent {
  readonly version: string
  readonly headers: { readonly [name: string]: string | undefined }
  readonly cookies?: readonly string[] | undefined
  readonly requestContext: { readonly http: { readonly method: string } }
}

/** Whatever brings the headers of a request. */
export type RequestInput = Request | HeadersInput | NodeRequest | LambdaEvent | WebSocketRequest

/** What every container of a request says, in one form. */
export interface RequestFacts {
  /** All values of a header joined as HTTP joins them, or `undefined`. `name` is lower case. */
  header(name: string): string | undefined
  /** Absent for bare headers. */
  readonly method: string | undefined
  /** `Host`, or `:authority` of HTTP/2, or the host of the request's own URL, where there is one. */
  readonly host: string | undefined
  /** It opens a WebSocket, or came over one: by its connection params, or by its `Upgrade` (RFC 6455; RFC 8441). */
  readonly isWebSocket: boolean
  readonly connectionParams: unknown
}

/**
 * Reads a container; `undefined` when it is none. Throws what its getters throw: a Proxy or a framework's
 * own `Headers` may do anything.
 */
export function toRequestFacts(input: unknown): RequestFacts | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  if (isHeaders(input)) return factsOf(headersLookup(input))
  const headers = member(input, 'headers')
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return factsOf(recordLookup(input))
  const event = toLambdaParts(input)
  const lookup = isHeaders(headers)
    ? headersLookup(headers)
    : recordLookup({ ...headers, ...distinctAuthorization(input), ...event?.cookies })
  const facts = factsOf(lookup, toHost(member(input, 'url')))
  const connectionParams = member(input, 'connectionParams')
  return {
    ...facts,
    method: event === undefined ? text(member(input, 'method')) : event.method,
    isWebSocket: facts.isWebSocket || connectionParams !== undefined || Object.hasOwn(input, 'connectionParams'),
    connectionParams,
  }
}

/** A member of the container itself or of its class. What code has put on every object is nobody's request. */
function member(container: object, name: string): unknown {
  const isEverywhere = name in Object.prototype && !Object.hasOwn(container, name)
  return isEverywhere ? undefined : (container as Record<string, unknown>)[name]
}

type Lookup = (name: string) => string | undefined

function factsOf(header: Lookup, urlHost?: string): RequestFacts {
  return {
    header,
    host: header('host') ?? header(':authority') ?? urlHost,
    method: undefined,
    isWebSocket: /websocket/i.test(header('upgrade') ?? header(':protocol') ?? ''),
    connectionParams: undefined,
  }
}

function headersLookup(headers: Headers): Lookup {
  // Headers throws for names that are not of HTTP/1.1.
  return (name) => (name.startsWith(':') ? undefined : (headers.get(name) ?? undefined))
}

// By shape, not by class: frameworks bring their own Headers.
function isHeaders(value: object): value is Headers {
  return typeof (value as Partial<Headers>).get === 'function' && typeof (value as Partial<Headers>).has === 'function'
}

/** A look-up over a plain record. Its names are compared without case, and several values are joined. */
function recordLookup(record: object): Lookup {
  const values = new Map<string, string[]>()
  for (const [name, value] of Object.entries(record) as [string, unknown][]) {
    const list = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string')
    const key = name.toLowerCase()
    values.set(key, [...(values.get(key) ?? []), ...list])
  }
  return (name) => {
    const list = values.get(name)
    if (list === undefined || list.length === 0) return undefined
    return list.join(name === 'cookie' ? '; ' : ', ') // RFC 9110, section 5.3, and RFC 9113, section 8.2.3
  }
}

/** Node keeps only the first of several Authorization lines in `headers`; fetch shows them all. */
function distinctAuthorization(container: object): Record<string, unknown> {
  const distinct = member(container, 'headersDistinct')
  if (!isObject(distinct) || distinct['authorization'] === undefined) return {}
  return { authorization: distinct['authorization'] }
}

function toLambdaParts(container: object): { method: string | undefined; cookies: object } | undefined {
  const context = member(container, 'requestContext')
  if (!isObject(context) || !isObject(context['http'])) return undefined
  const cookies = member(container, 'cookies')
  return { method: text(context['http']['method']), cookies: Array.isArray(cookies) ? { cookie: cookies } : {} }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function toHost(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined
}
