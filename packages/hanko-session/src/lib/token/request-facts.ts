import { isObject } from './strict-json.ts'

/** What every container of a request says, in one form. */
export interface RequestFacts {
  /** All values of a header joined as HTTP joins them, or `undefined`. `name` is lower case. */
  header(name: string): string | undefined
  /** Absent for bare headers. */
  readonly method: string | undefined
  /** `Host`, or `:authority` of HTTP/2, or the host of the request's own URL, where there is one. */
  host(): string | undefined
  /** It opens a WebSocket, or came over one: by its connection params, or by its upgrade (RFC 6455; RFC 8441). */
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
  const container: Container = input
  const headers = member(container, 'headers', container.headers)
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return factsOf(recordLookup(input))
  const event = toLambdaParts(container)
  const lookup = isHeaders(headers)
    ? headersLookup(headers)
    : recordLookup(headers, { container, cookies: event?.cookies })
  const method = event === undefined ? text(member(container, 'method', container.method)) : event.method
  return factsOf(lookup, container, method)
}

/** What a request can have besides headers. */
interface Container {
  readonly headers?: unknown
  readonly method?: unknown
  readonly url?: unknown
  readonly connectionParams?: unknown
  readonly headersDistinct?: unknown
  readonly requestContext?: unknown
  readonly cookies?: unknown
}

/** A member of the container itself or of its class. What code has put on every object is nobody's request. */
function member(container: Container, name: keyof Container, value: unknown): unknown {
  return value === undefined || !(name in Object.prototype) || Object.hasOwn(container, name) ? value : undefined
}

type Lookup = (name: string) => string | undefined

function factsOf(header: Lookup, container?: Container, method?: string): RequestFacts {
  const connectionParams = container && member(container, 'connectionParams', container.connectionParams)
  const hasParams =
    container !== undefined && (connectionParams !== undefined || Object.hasOwn(container, 'connectionParams'))
  const upgrade = header('upgrade')
  return {
    header,
    host: () =>
      header('host') ?? header(':authority') ?? (container && toHost(member(container, 'url', container.url))),
    method,
    isWebSocket: hasParams || method === 'CONNECT' || (upgrade !== undefined && /websocket/i.test(upgrade)),
    connectionParams,
  }
}

function headersLookup(headers: Headers): Lookup {
  // Headers throws for names that are not of HTTP/1.1.
  return (name) => (name.startsWith(':') ? undefined : (headers.get(name) ?? undefined))
}

/** By shape, not by class: frameworks bring their own. */
export function isHeaders(value: object): value is Headers {
  return typeof (value as Partial<Headers>).get === 'function' && typeof (value as Partial<Headers>).has === 'function'
}

/** What stands beside a record of headers and takes the place of those in it. */
interface Beside {
  readonly container: Container
  readonly cookies: unknown
}

/**
 * A look-up over a plain record. Its names are compared without case, and several values are joined. Most names are
 * never asked for, so nothing is made of them beforehand.
 */
function recordLookup(record: object, beside?: Beside): Lookup {
  const values = record as Record<string, unknown>
  const keys = Object.keys(record)
  return (name) => {
    let only: string | undefined
    let isOnly = true
    for (const key of keys) {
      if (!isName(key, name)) continue
      isOnly = only === undefined
      only = key
    }
    const override = beside && toOverride(beside, name, only !== undefined)
    if (override === undefined) {
      if (only === undefined) return undefined
      const value = values[only]
      if (isOnly && typeof value === 'string') return value
    }
    const found = keys.filter((key) => isName(key, name))
    if (override !== undefined && !found.includes(name)) found.push(name)
    const list = found
      .flatMap((key) => (key === name && override !== undefined ? override : values[key]))
      .filter((value) => typeof value === 'string')
    // RFC 9110, section 5.3, and RFC 9113, section 8.2.3
    return list.length === 0 ? undefined : list.join(name === 'cookie' ? '; ' : ', ')
  }
}

function isName(key: string, name: string): boolean {
  return key === name || (key.length === name.length && key.toLowerCase() === name)
}

/**
 * Node keeps only the first of several Authorization lines in `headers`; fetch shows them all. And Lambda's cookies
 * stand beside the headers.
 */
function toOverride({ container, cookies }: Beside, name: string, isThere: boolean): unknown {
  if (name === 'cookie') return cookies
  // Node makes `headersDistinct` when it is read: not where there is nothing to be distinct.
  if (name !== 'authorization' || !isThere) return undefined
  const distinct = member(container, 'headersDistinct', container.headersDistinct)
  return isObject(distinct) ? distinct['authorization'] : undefined
}

function toLambdaParts(container: Container): { method: string | undefined; cookies: unknown } | undefined {
  const context = member(container, 'requestContext', container.requestContext)
  if (!isObject(context) || !isObject(context['http'])) return undefined
  const cookies = member(container, 'cookies', container.cookies)
  return { method: text(context['http']['method']), cookies: Array.isArray(cookies) ? cookies : undefined }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function toHost(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined
}
