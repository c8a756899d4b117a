import type { TRPCMiddlewareFunction } from '@trpc/server'
import type { Session, SessionValidator } from 'hanko-session'
import {
  type ClaimRules,
  createClaimsRule,
  createStepUpRule,
  type StepUpRule,
  toPlainObject,
} from 'hanko-session/rules'
import { toTRPCError } from './auth-error.ts'
import { createGuard, type Rule, toSession } from './create-guard.ts'
import type { SessionContext, WithAuth } from './require-session.ts'
import { checkStepUp, isPlainlyMet } from './check-step-up.ts'
import type { NarrowedClaims, Requirement } from './requirement.ts'

/**
 * A middleware that lets a call through only with a live session that meets all of a requirement: values of claims,
 * how and how long ago the user signed in, a rule of your own. Claims it names are narrowed in the handler.
 *
 * Who has no session is refused as by `requireSession`, who has the wrong claims with `forbidden`, and whose sign-in is
 * too old or of another kind with `step_up_required`, which says what is needed. Both are FORBIDDEN.
 *
 * @param hanko the validator whose sessions are on the context: its `claims` schema types the rules
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import { createSessionValidator } from 'hanko-session'
 * import { hankoAuth, requires } from 'hanko-session-trpc'
 * import { z } from 'zod'
 *
 * const hanko = createSessionValidator({ claims: z.object({ role: z.enum(['admin', 'owner', 'editor']) }) })
 * const createContext = (options: { headers: Headers }) => ({ auth: hankoAuth(hanko, options) })
 * const t = initTRPC.context<typeof createContext>().create()
 *
 * export const adminProcedure = t.procedure.use(requires(hanko, { claims: { role: ['admin', 'owner'] } }))
 * export const dangerousProcedure = t.procedure.use(requires(hanko, { maxAge: '15m', amr: 'passkey', fresh: true }))
 * ```
 *
 * @throws {TypeError} that names what is wrong: an empty requirement, an unknown member, claims without a schema
 */
export function requires<
  Claims,
  Context extends object,
  Overrides extends object,
  Input,
  const Given extends ClaimRules<Claims> = {},
>(
  hanko: SessionValidator<Claims>,
  requirement: Requirement<Claims, Given, Context, Overrides, Input>,
): TRPCMiddlewareFunction<
  Context & WithAuth<Claims>,
  object,
  Overrides,
  SessionContext<NarrowedClaims<Claims, Given>>,
  Input
>
export function requires(hanko: SessionValidator<unknown>, requirement: AnyRequirement): unknown {
  const {
    claims,
    amr,
    maxAge,
    allowAdminSessions,
    fresh = false,
    check,
    ...others
  }: AnyRequirement = toPlainObject(requirement, 'a requirement')
  for (const name of Object.keys(others)) throw new TypeError(`${name} is not a requirement`)
  if (typeof fresh !== 'boolean' || (check !== undefined && typeof check !== 'function'))
    throw new TypeError('fresh must be true or false, and check a function')
  // What is null was meant to be a rule: it is not left out.
  const hasStepUp = amr !== undefined || maxAge !== undefined || allowAdminSessions !== undefined
  if (claims === undefined && !hasStepUp && !fresh && check === undefined)
    throw new TypeError('a requirement must name claims, amr, maxAge, fresh or check')

  const claimsRule = claims === undefined ? undefined : createClaimsRule(hanko, claims)
  const stepUp = hasStepUp ? createStepUpRule({ amr, maxAge, allowAdminSessions }) : undefined
  return createGuard({
    who: 'session',
    isFresh: fresh,
    hasStepUp,
    words: [...(claimsRule?.words ?? []), ...toWords(stepUp, allowAdminSessions, check)],
    // Claims first: who may not do it at all is not sent to sign in again for it.
    admit(state, auth) {
      const session = toSession(state)
      if (claimsRule?.isMetBy(session) === false) throw toTRPCError(auth.forbid(session))
      return { session }
    },
    check: (stepUp ?? check) && toCheck(stepUp, check),
  })
}

type AnyRequirement = Requirement<unknown, object, object, object, unknown>
type Check = NonNullable<AnyRequirement['check']>

/** Most calls that ask for a step-up meet it, and nothing has to be awaited. */
function toCheck(stepUp: StepUpRule | undefined, check: Check | undefined): Rule['check'] {
  return (admitted, auth, { path, ctx, input }) => {
    const session = admitted.session as Session<object>
    async function ask(): Promise<void> {
      if (stepUp !== undefined) await checkStepUp(stepUp, session, auth, path)
      const isMet: unknown = check === undefined || (await check({ session, ctx, input }))
      if (isMet !== true) throw toTRPCError(auth.forbid(session))
    }
    return check === undefined && stepUp !== undefined && isPlainlyMet(stepUp, session, auth) ? undefined : ask()
  }
}

/** A check by its name, if it has one of its own. */
function toWords(stepUp: StepUpRule | undefined, allowAdminSessions: unknown, check: Check | undefined): string[] {
  const { amr, maxAge } = stepUp?.needs ?? {}
  const words = [
    amr && `amr ${amr.join(' | ')}`,
    maxAge && `maxAge ${maxAge} s`,
    // They never meet `amr`.
    !amr && allowAdminSessions === true && 'admin sessions too',
    check && [...new Set(['check', check.name])].join(' ').trim(),
  ]
  return words.filter((word) => typeof word === 'string')
}
