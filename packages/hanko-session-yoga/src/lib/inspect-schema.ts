import type { GraphQLSchema } from 'graphql'
import { readAuthRules } from './auth-rules.ts'
import type { Enforcement } from './enforcement.ts'
import { type Guarded, guardedFunctions } from './guard-field.ts'
import { createOperationNeeds, type OperationNeeds } from './operation-needs.ts'
import { readEnforcement } from './with-auth.ts'

/** What the plugin knows of a schema. */
export interface Inspected {
  readonly needs: OperationNeeds
  /** Whether anything in it makes Hanko be asked now. */
  readonly hasFresh: boolean
  /** Whether what turns up behind an interface or a union is judged by itself. */
  readonly turnsUp: boolean
  /** None where nothing needs a session. */
  readonly enforcement: Enforcement | undefined
}

/**
 * What the operations of a schema need, if all of its guards are in place.
 *
 * @throws {TypeError} naming the coordinates where `@auth` would not be enforced
 */
export function inspectSchema(schema: GraphQLSchema): Inspected {
  const enforcement = readEnforcement(schema)
  const rules = readAuthRules(schema, enforcement?.options, enforcement?.placed)
  const guarded = [...guardedFunctions(schema, rules)]
  const open = findOpen(guarded, enforcement)
  if (open.size > 0)
    throw new TypeError(
      `@auth is not enforced on ${[...open].join(', ')}. Pass withAuth(schema) to Yoga, with withAuth applied last, ` +
        'and put useHankoSession before plugins that wrap resolvers.',
    )
  return {
    needs: createOperationNeeds(schema, rules),
    hasFresh: rules.hasFresh,
    turnsUp: guarded.some(({ coordinate }) => !coordinate.includes('.')),
    enforcement,
  }
}

/** The coordinates of functions that should be guarded and are not, or by something that asks for less. */
export function findOpen(guarded: readonly Guarded[], enforcement: Enforcement | undefined): ReadonlySet<string> {
  return new Set(guarded.filter((each) => !each.isGuardedBy(enforcement)).map(({ coordinate }) => coordinate))
}
