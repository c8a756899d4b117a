import type { StepUpRule } from 'hanko-session/rules'

/** What a session must have over and above being live: one of these lists, all of the list. */
export interface GrantCheck {
  readonly kind: 'roles' | 'scopes' | 'policy'
  readonly anyOf: readonly (readonly string[])[]
  /** Says all of it, in words: equal checks have equal keys. */
  readonly key: string
}

/** How, and how long ago, the user signed in. */
interface StepUpCheck {
  readonly kind: 'stepUp'
  readonly rule: StepUpRule
  readonly key: string
}

export type Check = GrantCheck | StepUpCheck

/** What somebody needs who asks for something: a session, and all of this. */
export interface Requirement {
  /** Says all of it, in words, for the surface of a schema. Equal requirements have equal keys. */
  readonly key: string
  /** Hanko is asked now. */
  readonly fresh: boolean
  /** What signing in again does not mend comes first, so that nobody signs in again for nothing. */
  readonly checks: readonly Check[]
}

type Maybe = Requirement | undefined

/** Makes requirements. Within one of these, equal ones are the same object. */
export interface Requirements {
  of(checks: readonly Check[], fresh: boolean): Requirement
  /** All that is asked for. */
  readonly and: (...all: readonly Maybe[]) => Maybe
  /** What each of several possibilities asks for; without possibilities, nothing. */
  readonly common: (all: readonly Maybe[]) => Maybe
}

const ORDER: readonly Check['kind'][] = ['roles', 'scopes', 'policy', 'stepUp']

export function createRequirements(): Requirements {
  const known = new Map<string, Requirement>()

  function of(checks: readonly Check[], fresh: boolean): Requirement {
    const byKey = new Map(checks.map((check) => [check.key, check]))
    const sorted = [...byKey.values()].toSorted(
      (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.key < b.key ? -1 : 1),
    )
    const key = ['session', ...sorted.map((check) => check.key), ...(fresh ? ['fresh'] : [])].join(', ')
    const requirement = known.get(key) ?? Object.freeze({ key, fresh, checks: sorted })
    known.set(key, requirement)
    return requirement
  }

  return {
    of,
    and(...all) {
      const [first, ...rest] = new Set(all.filter((one) => one !== undefined))
      if (first === undefined || rest.length === 0) return first
      const each = [first, ...rest]
      return of(
        each.flatMap(({ checks }) => checks),
        each.some(({ fresh }) => fresh),
      )
    },
    common([first, ...rest]) {
      if (first === undefined || rest.includes(undefined)) return undefined
      const others = rest as readonly Requirement[]
      const shared = first.checks.filter(({ key }) =>
        others.every(({ checks }) => checks.some((check) => check.key === key)),
      )
      return of(shared, first.fresh && others.every(({ fresh }) => fresh))
    },
  }
}
