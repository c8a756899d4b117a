import type { StandardSchemaV1 } from '@standard-schema/spec'
import { toApiUrl } from './api-url.ts'
import type { Logger } from './decision-log.ts'
import { apiUrlFromEnvironment, isOnWorkers } from './environment.ts'
import { type Duration, LONGEST_TIMER, toMilliseconds } from './duration.ts'
import { createClock } from './instant.ts'
import { toLimits } from './to-limits.ts'
import { toPlainObject } from './to-plain-object.ts'
import type { CacheOptions, SessionValidatorOptions, Settings, TokenSource } from './options.ts'

const SOURCES: readonly TokenSource[] = ['bearer', 'connectionParams', 'cookie']

/** They have a door of their own. */
const ELSEWHERE = new Set(['tenants', 'tenant', 'maxTenants'])

/** @throws {TypeError} that names the option, for anything missing, unknown or out of range. */
export function toSettings(given: SessionValidatorOptions): Settings {
  const options = toPlainObject(given, 'the options of createSessionValidator')
  const {
    apiUrl = apiUrlFromEnvironment(),
    allowPlainHttp = false,
    cookieName = 'hanko',
    tokenSources = SOURCES,
    trustedOrigins = [],
    originCheck = true,
    audience,
    issuer,
    claims,
    maxStaleness = '30s',
    staleIfError = 0,
    streamCheck = '5s',
    cache = {},
    joinRequests = !isOnWorkers(),
    waitUntil,
    store,
    clockSkew = '5s',
    deadline = 2500,
    limits = {},
    fetch = (input: string, init: RequestInit) => globalThis.fetch(input, init),
    clock = createClock(),
    logger = QUIET_CONSOLE,
    onDecision,
    ...unknown
  } = options
  for (const name of Object.keys(unknown)) {
    check(!ELSEWHERE.has(name), `${name} is an option of createTenantValidator, of hanko-session/tenants`)
    check(false, `${name} is not an option of createSessionValidator`)
  }
  for (const name of ['audience', 'issuer', 'claims'] as const) {
    // An environment variable that is not set must not switch a check off in silence.
    check(!(name in options) || options[name] !== undefined, `${name} is undefined: give it a value, or leave it out`)
  }
  for (const [name, value] of Object.entries({ allowPlainHttp, originCheck, joinRequests }))
    check(typeof value === 'boolean', `${name} must be true or false`)
  for (const [name, value] of Object.entries({ fetch, waitUntil, onDecision }))
    check(value === undefined || typeof value === 'function', `${name} must be a function`)
  for (const [name, value] of Object.entries<unknown>({ clock, logger }))
    check(typeof value === 'object' && value !== null, `${name} must be an object`)
  checkMethods('clock', clock, ['now', 'monotonic'])
  checkMethods('logger', logger, ['debug', 'info', 'warn', 'error'])
  if (store !== undefined) checkMethods('store', store, ['read', 'confirm', 'release', 'revoke', 'subscribe'])
  const wholeDeadline = toDeadline(deadline)
  return Object.freeze({
    apiUrl: toApiUrl(apiUrl, allowPlainHttp),
    cookieName: toCookieName(cookieName),
    tokenSources: toTokenSources(tokenSources),
    trustedOrigins: toOrigins(trustedOrigins),
    originCheck,
    audience: toAudience(audience),
    issuer: issuer === undefined ? undefined : text(issuer, 'issuer'),
    claims: toSchema(claims),
    maxStaleness: toStaleness(maxStaleness, audience),
    staleIfError: toStaleIfError(staleIfError),
    streamCheck: toMilliseconds(streamCheck, 'streamCheck'),
    ...toCache(cache),
    joinRequests,
    waitUntil,
    store,
    clockSkew: toMilliseconds(clockSkew, 'clockSkew'),
    deadline: wholeDeadline,
    limits: toLimits(limits, wholeDeadline),
    fetch,
    clock,
    logger,
    isSilent: logger === QUIET_CONSOLE && onDecision === undefined,
    onDecision,
  })
}

/* eslint-disable no-console -- the documented default */
/** People read it, so the sentence comes first. */
const QUIET_CONSOLE: Logger = Object.freeze({
  debug: () => {},
  info: () => {},
  warn: (fields: object, message: string) => console.warn(message, fields),
  error: (fields: object, message: string) => console.error(message, fields),
})
/* eslint-enable no-console */

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new TypeError(message)
}

function checkMethods(option: string, owner: object | null, methods: readonly string[]): void {
  check(
    typeof owner === 'object' &&
      owner !== null &&
      methods.every((method) => typeof (owner as Record<string, unknown>)[method] === 'function'),
    `${option} must have the methods ${methods.join(', ')}`,
  )
}

function text(value: unknown, option: string): string {
  check(typeof value === 'string' && value !== '', `${option} must be a non-empty string`)
  return value
}

/** A cookie name is a token of RFC 9110, section 5.6.2. */
function toCookieName(name: string): string {
  check(
    typeof name === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name),
    'cookieName must be a valid cookie name',
  )
  return name
}

function toTokenSources(sources: readonly TokenSource[]): readonly TokenSource[] {
  const list = toList(sources)
  const isKnown = list.length > 0 && list.every((source) => SOURCES.includes(source))
  check(
    isKnown && new Set(list).size === list.length,
    `tokenSources must list some of ${SOURCES.join(', ')}, each once`,
  )
  return Object.freeze(list)
}

/** A copy of a list; what is no list has nothing in it. */
function toList<T>(value: readonly T[]): T[] {
  return Array.isArray(value) ? [...(value as readonly T[])] : []
}

function toOrigins(origins: readonly string[]): ReadonlySet<string> {
  check(Array.isArray(origins), 'trustedOrigins must be a list of origins')
  for (const origin of origins) {
    const exact = typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin
    check(
      exact,
      "trustedOrigins must hold exact origins like 'https://app.example.com', without a path or a trailing slash",
    )
  }
  return new Set(origins)
}

function toAudience(audience: string | readonly string[] | undefined): readonly string[] | undefined {
  if (audience === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  check(list.length > 0, 'audience must hold at least one value')
  return Object.freeze(list.map((value) => text(value, 'audience')))
}

function toDeadline(value: Duration): number {
  const milliseconds = toMilliseconds(value, 'deadline')
  check(milliseconds <= LONGEST_TIMER, 'deadline must be at most 24 days')
  return milliseconds
}

function toStaleness(maxStaleness: Duration, audience: SessionValidatorOptions['audience']): number {
  if (maxStaleness === 0) return 0
  if (maxStaleness !== Number.POSITIVE_INFINITY) return toMilliseconds(maxStaleness, 'maxStaleness', '0, Infinity, ')
  // Without asking Hanko, nothing but the audience tells its tenants or applications apart.
  check(audience !== undefined, 'maxStaleness: Infinity needs the option audience')
  return maxStaleness
}

const MAX_STALE_IF_ERROR = 300_000

function toStaleIfError(value: Duration): number {
  if (value === 0) return 0
  const milliseconds = toMilliseconds(value, 'staleIfError', '0, ')
  check(milliseconds <= MAX_STALE_IF_ERROR, "staleIfError must be at most '5m'")
  return milliseconds
}

function toCache(given: CacheOptions): Pick<Settings, 'hold' | 'maxSessions'> {
  const { hold = 'text', maxSessions = 100_000, ...others } = toPlainObject(given, 'cache')
  check(Object.keys(others).length === 0, 'cache has the options hold and maxSessions')
  check(['text', 'digest'].includes(hold), "cache.hold must be 'text' or 'digest'")
  check(Number.isSafeInteger(maxSessions) && maxSessions > 0, 'cache.maxSessions must be a positive integer')
  return { hold, maxSessions }
}

function toSchema(schema: StandardSchemaV1 | undefined): StandardSchemaV1 | undefined {
  check(schema === undefined || isSchema(schema), 'claims must be a Standard Schema')
  return schema
}

function isSchema(value: unknown): boolean {
  const standard = (value as { '~standard'?: { validate?: unknown } | null } | null)?.['~standard']
  return typeof standard?.validate === 'function'
}
