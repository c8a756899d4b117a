import type { StandardSchemaV1 } from '@standard-schema/spec'
import { toApiUrl } from './api-url.ts'
import type { Logger } from './decision-log.ts'
import { type Duration, LONGEST_TIMER, toMilliseconds } from './duration.ts'
import type { CacheOptions, SessionValidatorOptions, Settings, TokenSource } from './options.ts'

const SOURCES: readonly TokenSource[] = ['bearer', 'connectionParams', 'cookie']

const KNOWN = new Set<string>([
  'apiUrl',
  'allowPlainHttp',
  'cookieName',
  'tokenSources',
  'trustedOrigins',
  'originCheck',
  'audience',
  'issuer',
  'claims',
  'maxStaleness',
  'staleIfError',
  'streamCheck',
  'cache',
  'joinRequests',
  'waitUntil',
  'clockSkew',
  'deadline',
  'fetch',
  'clock',
  'logger',
  'onDecision',
] satisfies (keyof SessionValidatorOptions)[])

/** @throws {TypeError} that names the option, for anything missing, unknown or out of range. */
export function toSettings(given: SessionValidatorOptions): Settings {
  // Own members only: what code has put on every object switches nothing off.
  const options = Object.assign(Object.create(null) as SessionValidatorOptions, given)
  for (const name of Object.keys(options)) {
    check(name !== 'tenant' && name !== 'maxTenants', `${name} needs the option tenants`)
    check(KNOWN.has(name), `${name} is not an option of createSessionValidator`)
  }
  for (const name of ['audience', 'issuer', 'claims'] as const) {
    // An environment variable that is not set must not switch a check off in silence.
    check(
      !Object.hasOwn(options, name) || options[name] !== undefined,
      `${name} is undefined: give it a value, or leave it out`,
    )
  }
  const { logger, clock, fetch, onDecision } = options
  check(
    logger === undefined || ['debug', 'info', 'warn', 'error'].every((level) => isFunction(logger, level)),
    'logger must have the methods debug, info, warn and error',
  )
  check(
    clock === undefined || ['now', 'monotonic'].every((method) => isFunction(clock, method)),
    'clock must have the methods now and monotonic',
  )
  check(fetch === undefined || typeof fetch === 'function', 'fetch must be a function')
  check(options.waitUntil === undefined || typeof options.waitUntil === 'function', 'waitUntil must be a function')
  check(onDecision === undefined || typeof onDecision === 'function', 'onDecision must be a function')
  return Object.freeze({
    apiUrl: toApiUrl(options.apiUrl ?? apiUrlFromEnvironment(), flag(options.allowPlainHttp, false, 'allowPlainHttp')),
    cookieName: toCookieName(options.cookieName ?? 'hanko'),
    tokenSources: toTokenSources(options.tokenSources ?? SOURCES),
    trustedOrigins: toOrigins(options.trustedOrigins ?? []),
    originCheck: flag(options.originCheck, true, 'originCheck'),
    audience: toAudience(options.audience),
    issuer: options.issuer === undefined ? undefined : text(options.issuer, 'issuer'),
    claims: toSchema(options.claims),
    maxStaleness: toStaleness(options),
    staleIfError: toStaleIfError(options.staleIfError ?? 0),
    streamCheck: toMilliseconds(options.streamCheck ?? '5s', 'streamCheck'),
    ...toCache(options.cache ?? {}),
    joinRequests: flag(options.joinRequests, true, 'joinRequests'),
    waitUntil: options.waitUntil,
    clockSkew: toMilliseconds(options.clockSkew ?? '5s', 'clockSkew'),
    deadline: toDeadline(options.deadline ?? 2500),
    fetch: fetch ?? ((input: string, init: RequestInit) => globalThis.fetch(input, init)),
    clock: clock ?? { now: () => Date.now(), monotonic: () => performance.now() },
    logger: logger ?? QUIET_CONSOLE,
    isSilent: logger === undefined && onDecision === undefined,
    onDecision,
  })
}

/* eslint-disable no-console -- the documented default */
const QUIET_CONSOLE: Logger = Object.freeze({
  debug: () => {},
  info: () => {},
  warn: (fields: object, message: string) => console.warn(fields, message),
  error: (fields: object, message: string) => console.error(fields, message),
})
/* eslint-enable no-console */

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new TypeError(message)
}

function isFunction(owner: object, name: string): boolean {
  return typeof (owner as Record<string, unknown>)[name] === 'function'
}

function text(value: unknown, option: string): string {
  check(typeof value === 'string' && value !== '', `${option} must be a non-empty string`)
  return value
}

function flag(value: boolean | undefined, fallback: boolean, option: string): boolean {
  check(value === undefined || typeof value === 'boolean', `${option} must be true or false`)
  return value ?? fallback
}

// Web runtimes need not have `process`; Node, Bun, Deno and Workers with node compatibility do.
function apiUrlFromEnvironment(): string | undefined {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.['HANKO_API_URL']
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

function toStaleness({ maxStaleness = '30s', audience }: SessionValidatorOptions): number {
  if (maxStaleness === 0) return 0
  if (maxStaleness !== Number.POSITIVE_INFINITY) return toMilliseconds(maxStaleness, 'maxStaleness')
  // Without asking Hanko, nothing but the audience tells its tenants or applications apart.
  check(audience !== undefined, 'maxStaleness: Infinity needs the option audience')
  return maxStaleness
}

const MAX_STALE_IF_ERROR = 300_000

function toStaleIfError(value: Duration): number {
  if (value === 0) return 0
  const milliseconds = toMilliseconds(value, 'staleIfError')
  check(milliseconds <= MAX_STALE_IF_ERROR, "staleIfError must be at most '5m'")
  return milliseconds
}

function toCache({
  hold = 'text',
  maxSessions = 100_000,
  ...others
}: CacheOptions): Pick<Settings, 'hold' | 'maxSessions'> {
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
