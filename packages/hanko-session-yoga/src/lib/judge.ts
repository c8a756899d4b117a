import type { RequestAuth, Session } from 'hanko-session'
import type { AuthOptions, RuleInput } from './auth-options.ts'
import type { Check, GrantCheck, Requirement } from './requirement.ts'
import { type Refusal, refuseAnothersResend, refuseForStepUp } from './resend.ts'

type AnySession = Session
type Args = Readonly<Record<string, unknown>>

/** Who wants what, for the user's functions. */
interface Asking {
  readonly auth: RequestAuth<unknown>
  readonly session: Session<unknown>
  readonly context: unknown
  readonly place: string
  /** Only read when a function looks at it. */
  args(): Args
}

/** What a function of the user's said, and whether it looked at arguments: then it is good for these alone. */
interface Said {
  readonly value: unknown
  readonly looked: boolean
}

/** What is known about an operation, so that its fields need not find it out again. */
export interface OperationMemory {
  /** By requirement, where arguments played no part: how it is refused, or that it is met. Gone when a stream begins: it lasts. */
  verdicts: Map<Requirement, Refusal | 'met'> | undefined
  /** What the user's functions say, from when they are called: a list does not ask the same a thousand times. Gone with the verdicts. */
  grants: Map<string, Promise<Said>> | undefined
  /** Where rules are only reported: hears of those that would refuse. */
  readonly report: ((check: Check, place: string) => void) | undefined
}

/** Whether a session meets a requirement: or how it is refused. */
export type Judge = (
  requirement: Requirement,
  asking: Asking,
  memory: OperationMemory | undefined,
) => Promise<Refusal | 'met'>

/** What the user's functions throw goes through: nobody is let in, and the app's error handling sees it. */
export function createJudge({
  scopes,
  roles,
  policies = {},
}: Pick<AuthOptions, 'scopes' | 'roles' | 'policies'>): Judge {
  return async (requirement, asking, memory) => {
    const used = { args: false }

    /** Runs a function of the user's, once per operation unless it looks at arguments, or fails. */
    async function call(name: string, run: (session: AnySession, input: RuleInput) => unknown): Promise<unknown> {
      const other = memory?.grants?.get(name)
      const known = other === undefined ? undefined : await other.catch(() => undefined)
      if (known?.looked === false) return known.value
      const calling = callNow(run)
      if (known === undefined) memory?.grants?.set(name, calling)
      return (await calling).value
    }

    async function callNow(run: (session: AnySession, input: RuleInput) => unknown): Promise<Said> {
      let looked = false
      const input: RuleInput = {
        get args() {
          looked = used.args = true
          return asking.args()
        },
        context: asking.context,
      }
      const value = await run(asking.session as AnySession, input)
      return { value, looked }
    }

    async function isGranted({ kind, anyOf }: GrantCheck): Promise<boolean> {
      if (kind === 'policy') return findOne(anyOf, (list) => holdAll(list, toHold))
      const had = await call(kind, (kind === 'roles' ? roles : scopes) ?? refuse)
      if (!Array.isArray(had)) throw new TypeError(`the function ${kind} of withAuth must return a list`)
      return anyOf.some((list) => list.every((name) => had.includes(name)))
    }

    /** Only `true` is a yes. A policy that is not there was refused at start-up; should it be gone, it says no. */
    async function toHold(name: string): Promise<boolean> {
      return Object.hasOwn(policies, name) && (await call(`policy ${name}`, policies[name] ?? refuse)) === true
    }

    async function refuseBy(check: Check): Promise<Refusal | undefined> {
      const isStepUp = check.kind === 'stepUp'
      const anothers = isStepUp ? await refuseAnothersResend(asking) : undefined
      if (anothers !== undefined) return anothers
      const isMet = isStepUp ? check.rule.isMetBy(asking.session, asking.auth.now()) : await isGranted(check)
      if (isMet) return undefined
      if (memory?.report === undefined)
        return isStepUp ? refuseForStepUp(asking, check.rule.needs) : asking.auth.forbid(asking.session)
      memory.report(check, asking.place)
      return undefined
    }

    for (const check of requirement.checks) {
      const refusal = await refuseBy(check)
      if (refusal === undefined) continue
      if (!used.args) memory?.verdicts?.set(requirement, refusal)
      return refusal
    }
    if (!used.args) memory?.verdicts?.set(requirement, 'met')
    return 'met'
  }
}

/** What was refused at start-up, should it be gone since. */
const refuse = (): undefined => undefined

async function findOne(lists: readonly (readonly string[])[], holds: (list: readonly string[]) => Promise<boolean>) {
  for (const list of lists) if (await holds(list)) return true
  return false
}

async function holdAll(list: readonly string[], holds: (name: string) => Promise<boolean>): Promise<boolean> {
  for (const name of list) if (!(await holds(name))) return false
  return true
}
