import type { StepUpRule } from 'hanko-session/rules'

/** What a session must have over and above being live: one of these lists, all of the list. */
export interface GrantCheck {
  readonly kind: 'roles' | 'scopes' | 'policy'
  readonly anyOf: readonly (readonly string[])[]
  readonly key: string
}

/** How, and how long ago, the user signed in. */
interface StepUpCheck {
  readonly kind: 'stepUp'
  readonly rule: StepUpRule
  readonly key: string
}

export type Check = GrantCheck | StepUpCheck

/** One thing that is asked for. Its key says all of it, in words: equal ones have equal keys. */
export type Part = Check | typeof SESSION | typeof FRESH

export const SESSION = { kind: 'session', key: 'session' } as const
/** Hanko is asked now. */
export const FRESH = { kind: 'fresh', key: 'fresh' } as const

/** What somebody needs who asks for something: a session, and all of this. */
export interface Requirement {
  /** Says all of it, in words, for the surface of a schema. Equal requirements have equal keys. */
  readonly key: string
  /** All that it is made of. */
  readonly parts: readonly Part[]
  /** Hanko is asked now. */
  readonly fresh: boolean
  /** What signing in again does not mend comes first, so that nobody signs in again for nothing. */
  readonly checks: readonly Check[]
}

type Maybe = Requirement | undefined

/** Makes requirements. Within one of these, equal ones are the same object. */
export interface Requirements {
  /** Of nothing: none. */
  readonly of: (parts: readonly Part[]) => Maybe
  /** All that is asked for, and what each of several possibilities asks for. */
  readonly combine: (all: readonly Maybe[], possible?: readonly Maybe[]) => Maybe
}

const ORDER: readonly Part['kind'][] = ['session', 'roles', 'scopes', 'policy', 'stepUp', 'fresh']

export function createRequirements(): Requirements {
  const known = new Map<string, Requirement>()

  function of(given: readonly Part[]): Maybe {
    const byKey = new Map(given.map((part) => [part.key, part]))
    const parts = [...byKey.values()].toSorted(
      (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.key < b.key ? -1 : 1),
    )
    const key = parts.map((part) => part.key).join(', ')
    if (!known.has(key) && key !== '')
      known.set(key, Object.freeze({ key, parts, fresh: byKey.has(FRESH.key), checks: parts.filter(isCheck) }))
    return known.get(key)
  }

  function combine(all: readonly Maybe[], [first, ...others]: readonly Maybe[] = []): Maybe {
    const common = partsOf(first).filter(({ key }) =>
      others.every((other) => partsOf(other).some((part) => part.key === key)),
    )
    return of([...all.flatMap(partsOf), ...common])
  }

  return { of, combine }
}

const partsOf = (requirement: Maybe): readonly Part[] => requirement?.parts ?? []

const isCheck = (part: Part): part is Check => part !== SESSION && part !== FRESH
