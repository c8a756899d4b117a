import { toMilliseconds } from '../duration.ts'
import type { Duration } from '../duration.ts'
import type { EmulatedUser } from './state/users.ts'
import type { WebhookOptions } from './webhooks.ts'

/** How the session cookie is set; the names follow Hanko's `session.cookie`. */
export interface EmulatedCookieOptions {
  /** @default 'hanko' */
  name?: string
  /** The `Domain` attribute. @default none: a cookie of the host alone */
  domain?: string
  /** @default true */
  httpOnly?: boolean
  /** @default false: the emulator speaks plain HTTP (a real Hanko defaults to true) */
  secure?: boolean
  /** @default 'lax' (a real Hanko defaults to `strict`) */
  sameSite?: 'lax' | 'strict' | 'none'
  /** `persistent` sets `Max-Age`; the other two make a cookie of the browser session. @default 'persistent' */
  retention?: 'persistent' | 'session' | 'prompt'
}

/** Claims that the operator's `session.jwt_template` adds: fixed ones, or made for each user. */
export type JwtTemplate = Record<string, unknown> | ((user: EmulatedUser) => Record<string, unknown>)

/** Options of `createHankoEmulator`. Defaults are those of Hanko v3.0.4 unless said otherwise. */
export interface HankoEmulatorOptions {
  /** Where the public API is said to be. @default 'http://localhost:8000' */
  apiUrl?: string
  /** Where the admin API is said to be. @default 'http://localhost:8001' */
  adminUrl?: string
  /**
   * Private RSA keys as JWKs, oldest first; the last one signs. A `kid` is kept, a missing one made up.
   * With `tenants`, the n-th key belongs to the n-th tenant.
   * @default one new RSA-4096 key (takes up to seconds: make keys once and pass them)
   */
  keys?: readonly JsonWebKey[]
  /** Life of a session. @default '12h' */
  lifespan?: Duration
  /** Ends a session that nobody used for so long. @default none */
  idleTimeout?: Duration
  /** Sessions a user can have; one more silently ends the oldest. @default 5 */
  sessionLimit?: number
  /** The `aud` of tokens. @default ['localhost'] */
  audience?: readonly string[]
  /** The `iss` of tokens. @default none */
  issuer?: string
  cookie?: EmulatedCookieOptions
  /** Hand the token out as `X-Auth-Token` instead of `Set-Cookie`. @default false */
  authTokenHeader?: boolean
  /**
   * Origins that browsers may call from; `'*'` lets every origin in, `null` included.
   * @default ['http://localhost:3000', 'http://localhost:3001', 'http://localhost:3002']
   */
  corsOrigins?: readonly string[]
  /** Custom claims of every session. They may overwrite claims in replies, as with a real Hanko. @default none */
  jwtTemplate?: JwtTemplate
  /** Tenant ids (UUIDs). When given, every path sits under `/<tenant id>`. @default single-tenant */
  tenants?: readonly string[]
  /** One key set for all tenants, as with AWS KMS. @default false: each tenant has keys of its own */
  sharedKeys?: boolean
  webhooks?: WebhookOptions
  /** Shortest password that registration takes. @default 8 */
  passwordMinLength?: number
  /** Life of a login or registration flow. @default '1h' */
  flowLifespan?: Duration
  /** The clock that the emulator's own offset (`clock.advance`) is added to. @default Date */
  clock?: { now(): number }
}

export type EmulatorSettings = ReturnType<typeof settleEmulatorOptions>

/** The id that a single-tenant Hanko uses for its only tenant (webhooks.txt, `password.tenant_id`). */
const ONLY_TENANT = '00000000-0000-0000-0000-000000000001'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Checks and fills the options, once. */
export function settleEmulatorOptions(options: HankoEmulatorOptions) {
  const tenants = options.tenants?.map((id) => id.toLowerCase())
  for (const id of tenants ?? []) {
    if (!UUID.test(id)) throw new TypeError('tenants must be UUIDs')
  }
  const sessionLimit = options.sessionLimit ?? 5
  if (!Number.isInteger(sessionLimit) || sessionLimit < 1)
    throw new TypeError('sessionLimit must be a positive integer')
  return Object.freeze({
    lifespan: toMilliseconds(options.lifespan ?? '12h', 'lifespan'),
    idleTimeout: options.idleTimeout === undefined ? undefined : toMilliseconds(options.idleTimeout, 'idleTimeout'),
    flowLifespan: toMilliseconds(options.flowLifespan ?? '1h', 'flowLifespan'),
    sessionLimit,
    audience: [...(options.audience ?? ['localhost'])],
    issuer: options.issuer,
    cookie: Object.freeze({
      name: options.cookie?.name ?? 'hanko',
      domain: options.cookie?.domain,
      httpOnly: options.cookie?.httpOnly ?? true,
      secure: options.cookie?.secure ?? false,
      sameSite: options.cookie?.sameSite ?? 'lax',
      retention: options.cookie?.retention ?? 'persistent',
    }),
    authTokenHeader: options.authTokenHeader ?? false,
    corsOrigins: options.corsOrigins ?? ['http://localhost:3000', 'http://localhost:3001', 'http://localhost:3002'],
    jwtTemplate: options.jwtTemplate,
    multiTenant: tenants !== undefined,
    tenantIds: tenants ?? [ONLY_TENANT],
    passwordMinLength: options.passwordMinLength ?? 8,
  })
}
