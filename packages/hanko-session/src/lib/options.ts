import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Decision, Logger } from './decision-log.ts'
import type { Duration } from './duration.ts'
import type { Limits } from './limits.ts'
import type { RequestInput } from './request-input.ts'
import type { SharedStore } from './shared-store.ts'

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
   * It types `session.claims`; a token whose claims do not fit is refused with `claims_invalid`, also when the schema
   * throws. What it returns is frozen all the way down, so it should not return objects that others hold.
   * @default no schema: `claims` is a record of unknown values
   */
  claims?: Schema
  /**
   * How old an answer of Hanko's may be that a request is served with: an ended session is refused within this time.
   * `0` asks Hanko for every request. `Infinity` trusts signature and `exp` alone: then `audience` is required, and
   * neither revocations nor idle timeouts at Hanko are seen.
   * @default '30s'
   */
  maxStaleness?: Duration
  /**
   * How much older an answer may be while Hanko cannot be asked, at most `'5m'`. An ended session may then be
   * accepted for the sum of both; such sessions have `staleSince`.
   * @default 0 (off)
   */
  staleIfError?: Duration
  /**
   * How often the session of an open stream is checked with `maxStaleness: 0`; an answer then serves the stream for
   * one and a half times as long. Otherwise it is checked at two thirds of `maxStaleness`.
   * @default '5s'
   */
  streamCheck?: Duration
  /** The sessions this process remembers. */
  cache?: CacheOptions
  /**
   * Whether requests wait for each other's work: for one call about the same token, for keys, for their turn. `false`
   * where a promise of one request must not be awaited by another: then they share what they found out, as data, and
   * nothing else. `close()` then leaves calls that are under way to their own deadlines.
   * @default true; false on Cloudflare Workers
   */
  joinRequests?: boolean
  /** Takes work that nobody waits for, so that the runtime lets it finish: `ctx.waitUntil` of a Worker. */
  waitUntil?: (work: Promise<unknown>) => void
  /**
   * What several processes share: an answer of Hanko's to one serves all within the bound, and what one revokes ends
   * in all. Without it, or while it fails, each asks for itself. `hanko-session-redis` has one.
   * @default none
   */
  store?: SharedStore
  /**
   * How far Hanko's clock may be ahead of ours, for `iat` and `nbf`. `exp` has no leeway.
   * @default '5s'
   */
  clockSkew?: Duration
  /**
   * How long one check may take, everything included; a call to Hanko never takes longer.
   * @default 2500 (2.5 s)
   */
  deadline?: Duration
  /**
   * How many, how much and how long at most: of calls to Hanko, of its keys, of revocations.
   * @default those of `Limits`
   */
  limits?: Partial<Limits>
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

/** The options of `createTenantValidator`: those of `createSessionValidator`, which hold for each tenant, and whose a request is. */
export interface TenantValidatorOptions<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
> extends SessionValidatorOptions<Schema> {
  /**
   * The tenants: a fixed record of API URLs by name; or `'uuid'` for the tenants of one Hanko, whose UUIDs are appended
   * to `apiUrl`. Nothing is shared between them but these options. With `maxStaleness: Infinity` each tenant needs an
   * audience that no other has.
   */
  tenants: 'uuid' | Readonly<Record<string, string | TenantOptions>>
  /**
   * Which tenant a request is for: a name of the record, or a UUID; never a URL. It gets what was passed to
   * `authenticate`, `known` or `forRequest`, once per request. What is no tenant (`undefined`, an unknown name) has no
   * keys: its tokens are refused with `unknown_key`, and nobody is asked. So it is when the function throws.
   */
  tenant: (request: RequestInput) => string | undefined
  /**
   * How many tenants are kept open with `tenants: 'uuid'`: one more closes the one that was not used for longest.
   * @default 1_000
   */
  maxTenants?: number
}

/** One tenant of a record. What is not given here holds as for all. */
export interface TenantOptions {
  apiUrl: string
  audience?: string | readonly string[]
  issuer?: string
}

export interface CacheOptions {
  /**
   * `text` keeps the tokens of remembered sessions in the memory of this process, where nothing but a heap dump shows
   * them; that is what makes a hit cheap. `digest` keeps their SHA-256 only, and tokens while a stream is open that is to be
   * asked about.
   * @default 'text'
   */
  hold?: 'text' | 'digest'
  /**
   * Of each tenant, where there are several.
   * @default 100_000
   */
  maxSessions?: number
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
  /** Milliseconds; 0 and `Infinity` have their meaning. */
  readonly maxStaleness: number
  /** Milliseconds; 0 when off. */
  readonly staleIfError: number
  /** Milliseconds. */
  readonly streamCheck: number
  readonly hold: 'text' | 'digest'
  readonly maxSessions: number
  readonly joinRequests: boolean
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined
  readonly store: SharedStore | undefined
  /** Milliseconds. */
  readonly clockSkew: number
  /** Milliseconds. */
  readonly deadline: number
  readonly limits: Limits
  readonly fetch: Fetch
  readonly clock: Clock
  readonly logger: Logger
  /** Nobody listens: then a check that costs less than a microsecond is not told of. */
  readonly isSilent: boolean
  readonly onDecision: ((decision: Decision) => void) | undefined
}
