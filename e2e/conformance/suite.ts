/** Who asks. What they may is in callers.ts. */
export type Caller = 'none' | 'ada' | 'bob' | 'carl' | 'stale' | 'made' | 'ended' | 'revoked' | 'garbage' | 'outage'

/** Why somebody is refused, as clients are told. */
export type Refusal =
  | 'no_token'
  | 'invalid_token'
  | 'revoked'
  | 'forbidden'
  | 'step_up_required'
  | 'upstream_unavailable'

/** What signing in again must bring; `maxAge` in seconds. */
export interface NeededStepUp {
  readonly maxAge?: number
  readonly amr?: readonly string[]
}

export interface RefusedField {
  readonly path: readonly (string | number)[]
  readonly reason: Refusal
  readonly stepUp?: NeededStepUp
  /**
   * The field itself is open, and was run; what it returned turned out to be of a type that is not.
   * @default false: it must not have run
   */
  readonly byRuntimeType?: boolean
}

export type Expected =
  /** All of it, and no error. `asked`: calls to Hanko about a session; nothing is known of the caller but by `fresh`. */
  | { readonly data: Readonly<Record<string, unknown>>; readonly asked?: number }
  /** Refused as a whole: no `data`, one error with the code and the status of the reason, and no resolver ran. */
  | { readonly refused: Refusal; readonly stepUp?: NeededStepUp; readonly asked?: number }
  /** Fields are refused: 200, an error for each, nulls that bubble; neither they nor anything below them ran. */
  | { readonly data: Readonly<Record<string, unknown>> | null; readonly refusedFields: readonly RefusedField[] }
  /** The events of a subscription, in order. */
  | { readonly events: readonly Readonly<Record<string, unknown>>[] }
  /** GraphQL itself refuses it, as it would without any `@auth`; no resolver ran. */
  | { readonly invalid: true }
  /** It does not matter how, but no resolver runs, and there is no data. */
  | { readonly closed: true }

export interface Operation {
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
}

/** One document; each caller is a case. */
export interface Question extends Operation {
  /** In plain words. */
  readonly name: string
  readonly expect: Readonly<Partial<Record<Caller, Expected>>>
}

/** Several operations in one HTTP request. */
export interface Batch {
  readonly name: string
  readonly caller: Caller
  readonly operations: readonly (Operation & { readonly expect: Expected })[]
  /** Calls to Hanko about a session, for all of them together. */
  readonly asked: number
}

/**
 * A schema and what is asked of it. Its resolvers are described, not written: each field gives its own coordinate
 * where it is a `String`, an `ID` or a scalar of the schema, 1 for `Int`, 1.5 for `Float`, true for `Boolean`, the
 * first value of an enum, a new object of an object type, and lists of one such thing. A `Subscription` field gives
 * two events.
 */
export interface Suite {
  readonly name: string
  /** Without the definitions of `@auth` and `@public`. */
  readonly schema: string
  readonly options?: {
    /** `protected`: what has no rule of its own needs a session, unless it is `@public`. */
    readonly default?: 'protected'
    /** Refuses field by field. */
    readonly partial?: true
    /** Sessions that break a rule are let through, and logged; nobody gets by without a session. */
    readonly reportOnly?: true
    readonly allowAdminSessions?: true
  }
  /** By coordinate, where a field gives something else: names of object types, or lists of them, for what is composite. */
  readonly gives?: Readonly<Record<string, unknown>>
  readonly questions?: readonly Question[]
  readonly batches?: readonly Batch[]
}

/** A schema that must be refused at start-up, with an error that names the coordinates. */
export interface Mistake extends Pick<Suite, 'name' | 'schema' | 'options'> {
  readonly named: readonly string[]
}
