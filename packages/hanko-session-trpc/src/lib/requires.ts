import type { TRPCMiddlewareFunction } from '@trpc/server'
import type { RequestAuth, Session, SessionValidator } from 'hanko-session'
import { createStepUpRule, type StepUpRule } from 'hanko-session/rules'
import { toTRPCError } from './auth-error.ts'
import { type ClaimsRule, toClaimsRule } from './claims-rule.ts'
import { type Admitted, createGuard, type Rule, toSession } from './create-guard.ts'
import { withDemand } from './demand.ts'
import type { SessionContext, WithAuth } from './require-session.ts'
import { refuseAnothersResend, toStepUpError } from './resend.ts'
import type { ClaimRules, NarrowedClaims, Requirement } from './requirement.ts'

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
  const { claims, amr, maxAge, allowAdminSessions, fresh = false, check, ...unknown } = requirement
  const [extra] = Object.keys(unknown)
  if (extra !== undefined) throw new TypeError(`${extra} is not a requirement`)
  if (typeof fresh !== 'boolean') throw new TypeError('fresh must be true or false')
  if (check !== undefined && typeof check !== 'function') throw new TypeError('check must be a function')
  const claimsRule = claims === undefined ? undefined : toClaimsRule(claims, hanko)
  const hasStepUp = amr !== undefined || maxAge !== undefined || allowAdminSessions !== undefined
  const stepUp = hasStepUp ? createStepUpRule({ amr, maxAge, allowAdminSessions }) : undefined
  if (claimsRule === undefined && stepUp === undefined && !fresh && check === undefined)
    throw new TypeError('a requirement must require something: claims, amr, maxAge, fresh or check')

  const words = [...(claimsRule?.words ?? []), ...toStepUpWords(stepUp), ...toCheckWords(check)]
  return withDemand({ who: 'session', isFresh: fresh, words }, createGuard(toRule(fresh, claimsRule, stepUp, check)))
}

type AnyRequirement = Requirement<unknown, object, object, object, unknown>

/** Claims first: who may not do it at all is not sent to sign in again for it. */
function toRule(
  isFresh: boolean,
  claims: ClaimsRule | undefined,
  stepUp: StepUpRule | undefined,
  check: AnyRequirement['check'],
): Rule {
  return {
    isFresh,
    hasStepUp: stepUp !== undefined,
    admit(state, auth) {
      const session = toSession(state)
      if (claims !== undefined && !claims.isMetBy(session.claims)) throw toTRPCError(auth.forbid(session))
      return { session }
    },
    check:
      (stepUp ?? check) &&
      (async ({ session }: Admitted, auth, { path, ctx, input }) => {
        const found = session as Session<object>
        if (stepUp !== undefined) await checkStepUp(stepUp, found, auth, path)
        const isMet: unknown = check === undefined || (await check({ session: found, ctx, input }))
        if (isMet !== true) throw toTRPCError(auth.forbid(found))
      }),
  }
}

async function checkStepUp(
  rule: StepUpRule,
  session: Session<unknown>,
  auth: RequestAuth<unknown>,
  path: string,
): Promise<void> {
  await refuseAnothersResend(auth, path, session)
  if (!rule.isMetBy(session, auth.now())) throw await toStepUpError(auth, session, rule.needs)
}

function toStepUpWords(rule: StepUpRule | undefined): string[] {
  const { amr, maxAge } = rule?.needs ?? {}
  return [
    ...(amr === undefined ? [] : [`amr ${amr.join(' | ')}`]),
    ...(maxAge === undefined ? [] : [`maxAge ${maxAge} s`]),
  ]
}

const toCheckWords = (check: AnyRequirement['check']): string[] =>
  check === undefined ? [] : [`check ${check.name === 'check' ? '' : check.name}`.trimEnd()]
