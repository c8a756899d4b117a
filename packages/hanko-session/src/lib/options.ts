import type { StandardSchemaV1 } from '@standard-schema/spec'
import { toApiUrl } from './api-url.ts'
import type { Decision, Logger } from './decision-log.ts'
import { type Duration, toMilliseconds } from './duration.ts'

/** Where a token can stand in a request. */
export type TokenSource = 'bearer' | 'connectionParams' | 'cookie'

/** Time, injected. The defaults are `Date.now` and `performance.now`. */
export interface Clock {
  /** Wall clock, in milliseconds since the epoch. */
  now(): number
  /** A clock that never steps, in milliseconds from any start. */
  monotonic(): number
}

/** The part of `fetch` that is used: an undici pool, a test double or the global one all fit. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>

export interface SessionValidatorOptions<Schema extends StandardSchemaV1 = StandardSchemaV1> {
  /**
   * Where Hanko's public API is, tenant path included: `https://<project>.hanko.io` or your own.
   * @default the environment variable `HANKO_API_URL`
   */
  apiUrl?: string
  /**
   * Allow `http:` to hosts other than this machine. Tokens then travel in the clear.
   * @default false
   */
  allowPlainHttp?: boolean
  /**
   * Name of Hanko's session cookie, compared to the letter.
   * @default 'hanko'
   */
  cookieName?: string
  /**
   * Where tokens are looked for, in this order; the first source that has something decides.
   * @default ['bearer', 'connectionParams', 'cookie']
   */
  tokenSources?: readonly TokenSource[]
  /**
   * Origins besides the request's own host that may use the session cookie for work that changes
   * state or streams, e.g. `['https://app.example.com']`.
   * @default []
   */
  trustedOrigins?: readonly string[]
  /**
   * Refuse cookies on cross-site requests that change state. Only the value `false` switches it off.
   * @default true
   */
  originCheck?: boolean
  /**
   * The token's `aud` must hold this value, or one of these.
   * @default any audience
   */
  audience?: string | readonly string[]
  /**
   * The token's `iss` must be exactly this.
   * @default any issuer, or none
   */
  issuer?: string
  /**
   * A Standard Schema (zod, valibot, arktype, ...) for the custom claims of `session.jwt_template`.
   * It types `session.claims`; a token whose claims do not fit is refused with `claims_invalid`.
   * @default no schema: `claims` is a record of unknown values
   */
  claims?: Schema
  /**
   * How far Hanko's clock may be ahead of ours, for `iat` and `nbf`. `exp` has no leeway.
   * @default '5s'
   */
  clockSkew?: Duration
  /**
   * How long one check may take, everything included.
   * @default 2500 (2.5 s)
   */
  deadline?: Duration
  /** @default the global `fetch` at the time of the call */
  fetch?: Fetch
  /** @default `Date.now` and `performance.now` */
  clock?: Clock
  /**
   * Called as `logger.warn(fields, message)`: pino and `console` both fit.
   * @default `console` for warnings and errors, nothing below
   */
  logger?: Logger
  /** Called once per check. Must not throw; what it throws is swallowed. */
  onDecision?: (decision: Decision) => void
}

/** The options as the rooms get them: checked, filled, frozen, and cut off from the caller's object. */
export interface Settings {
  readonly apiUrl: string
  readonly cookieName: string
  readonly tokenSources: readonly TokenSource[]
  readonly trustedOrigins: ReadonlySet<string>
  readonly originCheck: boolean
  readonly audience: readonly string[] | undefined
  readonly issuer: string | undefined
  readonly claims: StandardSchemaV1 | undefined
  /** Milliseconds. */
  readonly clockSkew: number
  /** Milliseconds. */
  readonly deadline: number
  readonly fetch: Fetch
  readonly clock: Clock
  readonly logger: Logger
  readonly onDecision: ((decision: Decision) => void) | undefined
}

const SOURCES: readonly TokenSource[] = ['bearer', 'connectionParams', 'cookie']

const KNOWN = new Set<string>([
  'apiUrl', 'allowPlainHttp', 'cookieName', 'tokenSources', 'trustedOrigins', 'originCheck', 'audience', 'issuer',
  'claims', 'clockSkew', 'deadline', 'fetch', 'clock', 'logger', 'onDecision',
] satisfies (keyof SessionValidatorOptions)[])

/** @throws {TypeError} that names the option, for anything missing, unknown or out of range. */
export function toSettings(options: SessionValidatorOptions): Settings {
  for (const name of Object.keys(options)) {
    check(KNOWN.has(name), `${name} is not an option of createSessionValidator`)
  }
  for (const name of ['audience', 'issuer', 'claims'] as const) {
    // An environment variable that is not set must not switch a check off in silence.
    check(!Object.hasOwn(options, name) || options[name] !== undefined, `${name} is undefined: give it a value, or leave it out`)
  }
  const { logger, clock, fetch, onDecision } = options
  check(logger === undefined || ['debug', 'info', 'warn', 'error'].every((level) => isFunction(logger, level)), 'logger must have the methods debug, info, warn and error')
  check(clock === undefined || ['now', 'monotonic'].every((method) => isFunction(clock, method)), 'clock must have the methods now and monotonic')
  check(fetch === undefined || typeof fetch === 'function', 'fetch must be a function')
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
    clockSkew: toMilliseconds(options.clockSkew ?? '5s', 'clockSkew'),
    deadline: toMilliseconds(options.deadline ?? 2500, 'deadline'),
    fetch: fetch ?? ((input: string, init: RequestInit) => globalThis.fetch(input, init)),
    clock: clock ?? { now: () => Date.now(), monotonic: () => performance.now() },
    logger: logger ?? QUIET_CONSOLE,
    onDecision,
  })
}

const QUIET_CONSOLE: Logger = Object.freeze({
  debug: () => {},
  info: () => {},
  warn: (fields: object, message: string) => console.warn(fields, message),
  error: (fields: object, message: string) => console.error(fields, message),
})

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
  check(typeof name === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name), 'cookieName must be a valid cookie name')
  return name
}

function toTokenSources(sources: readonly TokenSource[]): readonly TokenSource[] {
  const known = Array.isArray(sources) && sources.length > 0 && sources.every((source) => SOURCES.includes(source))
  check(known && new Set(sources).size === sources.length, `tokenSources must list some of ${SOURCES.join(', ')}, each once`)
  return Object.freeze([...sources])
}

function toOrigins(origins: readonly string[]): ReadonlySet<string> {
  check(Array.isArray(origins), 'trustedOrigins must be a list of origins')
  for (const origin of origins) {
    const exact = typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin
    check(exact, "trustedOrigins must hold exact origins like 'https://app.example.com', without a path or a trailing slash")
  }
  return new Set(origins)
}

function toAudience(audience: string | readonly string[] | undefined): readonly string[] | undefined {
  if (audience === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  check(list.length > 0, 'audience must hold at least one value')
  return Object.freeze(list.map((value) => text(value, 'audience')))
}

function toSchema(schema: StandardSchemaV1 | undefined): StandardSchemaV1 | undefined {
  check(schema === undefined || typeof schema?.['~standard']?.validate === 'function', 'claims must be a Standard Schema')
  return schema
}
