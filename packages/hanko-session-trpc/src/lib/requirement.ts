import type { TRPCMiddlewareFunction } from '@trpc/server'
import type { Session } from 'hanko-session'
import type { ClaimRules, StepUpOptions } from 'hanko-session/rules'

/** The claims of a session that meets the rules. */
export type NarrowedClaims<Claims, Given> = Claims & {
  readonly [Name in keyof Given]: Given[Name] extends readonly (infer Value)[] ? Value : Given[Name]
}

/** The context as a middleware at its place in the procedure sees it. */
type ContextAt<Context, Overrides> = Parameters<
  TRPCMiddlewareFunction<Context, object, Overrides, object, unknown>
>[0]['ctx']

/** What a caller must have. All that is given must hold. */
export interface Requirement<Claims, Given, Context, Overrides, Input> extends StepUpOptions {
  /**
   * Values of custom claims: `{ role: 'admin' }`, or any of several, `{ role: ['admin', 'owner'] }`. Compared with
   * `===`. The validator must have a `claims` schema. A session that has others is refused with `forbidden`.
   *
   * Never name a claim that the operator's template feeds from `Metadata.Unsafe`: users write that themselves.
   */
  readonly claims?: Given & { readonly [Name in Exclude<keyof Given, keyof ClaimRules<Claims>>]: never }
  /**
   * Ask Hanko now, whatever memory says.
   * @default false
   */
  readonly fresh?: boolean
  /**
   * A rule of your own, asked last. Only `true` lets the call through, anything else is `forbidden`. `input` is what
   * the parsers *before* this `.use` left, so put it after `.input()`, and that after `.use(requireSession())`.
   */
  readonly check?: (options: {
    readonly session: Session<NarrowedClaims<Claims, Given>>
    readonly ctx: ContextAt<Context, Overrides>
    readonly input: Input
  }) => boolean | Promise<boolean>
}
