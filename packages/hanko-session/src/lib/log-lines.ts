import type { Reason } from './errors.ts'

/** While one of them lasts, Hanko is down: its beginning and its end have a line each. */
export const OUTAGES: ReadonlySet<Reason> = new Set<Reason>(['upstream_unavailable', 'upstream_timeout'])

export const MINUTE = 60_000
/** What is written again and again is written this often, in milliseconds. */
export const SHORT = 10_000

/** How a reason is logged: at which level, what it tells the operator, and at most how often (ms; 0: always). */
interface Line {
  level: 'debug' | 'info' | 'warn' | 'error'
  every: number
  message: string
  /** A warning besides, once a minute: one such request is nothing, but all of them are an outage that nobody sees. */
  warning?: string
}

export const LINES: Readonly<Record<Reason, Line>> = {
  no_token: { level: 'debug', every: 0, message: 'no session token in the request' },
  malformed_credentials: { level: 'debug', every: 0, message: 'the Authorization value is not "Bearer <token>"' },
  ambiguous_credentials: {
    level: 'warn',
    every: SHORT,
    message: 'several session cookies of different users, or too many of them: check the cookie domains at Hanko',
  },
  malformed_token: { level: 'debug', every: 0, message: 'the token is not a Hanko session token' },
  unsupported_token: { level: 'debug', every: 0, message: 'the header of the token is not one that Hanko writes' },
  wrong_token_type: { level: 'debug', every: 0, message: 'a webhook token was sent as a session token' },
  not_yet_valid: {
    level: 'debug',
    every: 0,
    message: 'the token begins in the future: check the clocks',
    // Its signature is not looked at before, so it may be anybody's.
    warning: "tokens begin in the future: if they are Hanko's, new sign-ins are refused until the clocks agree",
  },
  expired: { level: 'debug', every: 0, message: 'the session has expired' },
  unknown_key: {
    level: 'warn',
    every: SHORT,
    message: 'the token names a key that Hanko does not list: is it a token of another Hanko, or of another tenant?',
  },
  bad_signature: {
    level: 'warn',
    every: SHORT,
    message: 'the signature is not by the key that the token names: somebody forges tokens',
  },
  wrong_audience: {
    level: 'warn',
    every: SHORT,
    message: 'the token was made for another audience: check the option audience',
  },
  wrong_issuer: {
    level: 'warn',
    every: SHORT,
    message: 'the token was made by another issuer: check the option issuer',
  },
  claims_invalid: {
    level: 'warn',
    every: SHORT,
    message: 'the custom claims do not fit the claims schema: check session.jwt_template at Hanko',
  },
  revoked: { level: 'info', every: 0, message: 'Hanko has ended the session' },
  cross_site: {
    level: 'warn',
    every: SHORT,
    message: 'refused the session cookie on a cross-site request: if this origin is yours, add it to trustedOrigins',
  },
  forbidden: { level: 'info', every: 0, message: 'a rule of the app refuses the session' },
  step_up_required: { level: 'info', every: 0, message: 'the session is too old for this, or began in another way' },
  identity_mismatch: {
    level: 'error',
    every: SHORT,
    message:
      'Hanko spoke of another session than it was asked about: look at what stands between this server and Hanko',
  },
  upstream_unavailable: { level: 'warn', every: SHORT, message: 'Hanko is unavailable; users are not signed out' },
  upstream_timeout: {
    level: 'warn',
    every: SHORT,
    message: 'Hanko did not answer within the deadline; users are not signed out',
  },
  upstream_invalid: {
    level: 'error',
    every: SHORT,
    message: 'the answer at apiUrl is not one of Hanko: check apiUrl and what stands before it',
  },
  upstream_misconfigured: {
    level: 'error',
    every: MINUTE,
    message: 'Hanko refuses our requests: check apiUrl, its tenant path and its certificate',
  },
  keys_unavailable: {
    level: 'error',
    every: SHORT,
    message: 'the keys of Hanko cannot be had, so no signature can be checked; users are not signed out',
  },
}
