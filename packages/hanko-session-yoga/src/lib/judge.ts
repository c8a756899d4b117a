import type { Forbidden, RequestAuth, Session } from 'hanko-session'
import type { AuthOptions, RuleInput } from './auth-options.ts'
import type { Check, GrantCheck, Requirement } from './requirement.ts'

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

/** What is known about an operation, so that its fields need not find it out again. */
export interface OperationMemory {
  /** By requirement, where arguments played no part: how it is refused, or that it is met. Not for streams: they last. */
  verdicts: Map<Requirement, Forbidden | 'met'> | undefined
  /** What the user's functions said without looking at arguments. Not for streams. */
  grants: Map<string, unknown> | undefined
  /** The user's functions that run, so that a list does not ask the same a thousand times. */
  readonly running: Map<string, Promise<void>>
  /** Where rules are only reported: hears of those that would refuse. */
  readonly report: ((check: Check, place: string) => void) | undefined
}

/** Whether a session meets a requirement: or how it is refused. */
export type Judge = (
  requirement: Requirement,
  asking: Asking,
  memory: OperationMemory | undefined,
) => Promise<Forbidden | 'met'>

/** What the user's functions throw goes through: nobody is let in, and the app's error handling sees it. */
export function createJudge({
  scopes,
  roles,
  policies = {},
}: Pick<AuthOptions, 'scopes' | 'roles' | 'policies'>): Judge {
  return async (requirement, asking, memory) => {
    const used = { args: false }

    /** Runs a function of the user's, once per operation unless it looks at arguments. */
    async function call(name: string, run: (session: AnySession, input: RuleInput) => unknown): Promise<unknown> {
      if (memory?.grants === undefined) return callNow(run).then(({ said }) => said)
      const other = memory.running.get(name)
      if (other !== undefined) await other
      if (memory.grants.has(name)) return memory.grants.get(name)
      const calling = callNow(run)
      const done = calling.then(
        ({ said, looked }) => void (looked || memory.grants?.set(name, said)),
        () => {},
      )
      if (other === undefined) memory.running.set(name, done)
      await done
      return calling.then(({ said }) => said)
    }

    async function callNow(run: (session: AnySession, input: RuleInput) => unknown) {
      let looked = false
      const input: RuleInput = {
        get args() {
          looked = used.args = true
          return asking.args()
        },
        context: asking.context,
      }
      const said = await run(asking.session as AnySession, input)
      return { said, looked }
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

    for (const check of requirement.checks) {
      const isMet =
        check.kind === 'stepUp' ? check.rule.isMetBy(asking.session, asking.auth.now()) : await isGranted(check)
      if (isMet) continue
      if (memory?.report !== undefined) {
        memory.report(check, asking.place)
        continue
      }
      const refusal = asking.auth.forbid(asking.session, check.kind === 'stepUp' ? check.rule.needs : undefined)
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
