import type { Session } from 'hanko-session'
import { toOwn } from './to-own.ts'

/** What the user's functions are told beside the session. */
export interface RuleInput<Context = unknown> {
  /**
   * The arguments of the field that is asked for, as its resolver gets them. Empty where a type behind an interface or
   * a union is judged by what turned up.
   */
  readonly args: Readonly<Record<string, unknown>>
  /** The context of the operation. */
  readonly context: Context
}

type RuleFunction<Result, Claims, Context> = (
  session: Session<Claims>,
  input: RuleInput<Context>,
) => Result | Promise<Result>

/**
 * What `@auth` means in an app.
 *
 * A function that does not read `args` runs once per operation. What it throws refuses the work, as an error of the app.
 * Never build on a claim that Hanko's template feeds from `Metadata.Unsafe`: users write that themselves.
 */
export interface AuthOptions<Claims = Readonly<Record<string, unknown>>, Context = unknown> {
  /** The scopes that a caller has, for `@auth(scopes:)` and `@requiresScopes`. Compared to the letter. */
  readonly scopes?: RuleFunction<readonly string[], Claims, Context> | undefined
  /** The roles that a caller has, for `@auth(roles:)`. Compared to the letter. */
  readonly roles?: RuleFunction<readonly string[], Claims, Context> | undefined
  /** By name, for `@auth(policy:)` and `@policy`. Anything but `true` refuses. */
  readonly policies?: Readonly<Record<string, RuleFunction<boolean, Claims, Context>>> | undefined
  /**
   * Whether fields that say nothing need a session. With `'protected'` they do, unless they or their type are
   * `@public`.
   * @default 'public'
   */
  readonly default?: 'public' | 'protected' | undefined
  /**
   * Let sessions that were made through Hanko's admin API, to which nobody signed in, meet `maxAge`.
   * @default false
   */
  readonly allowAdminSessions?: boolean | undefined
}

/**
 * The options, checked.
 *
 * @throws {TypeError} that names the option
 */
export function toAuthOptions(options: AuthOptions<never, never>): AuthOptions {
  const own = toOwn(options as AuthOptions, {
    scopes: 'function',
    roles: 'function',
    policies: 'object',
    default: 'string',
    allowAdminSessions: 'boolean',
  })
  for (const [name, policy] of Object.entries(own.policies ?? {})) {
    if (typeof policy !== 'function') throw new TypeError(`policies.${name} must be of type function`)
  }
  if (!['public', 'protected'].includes(own.default ?? 'public'))
    throw new TypeError("default must be 'public' or 'protected'")
  return Object.freeze(Object.assign(own, { policies: Object.freeze({ ...own.policies }) }))
}
