import type { StandardSchemaV1 } from '@standard-schema/spec'
import { freezeDeep, toCustomClaims } from './custom-claims.ts'

/** One for all who have none, which is most: an object without a prototype takes much room. */
const NO_CLAIMS = Object.freeze(Object.create(null) as object)

/** The custom claims as they are, where there is no schema. */
export function takeClaims(payload: object): { value: unknown } {
  const claims = toCustomClaims(payload)
  return { value: Object.keys(claims).length === 0 ? NO_CLAIMS : freezeDeep(claims) }
}

/**
 * The custom claims as the user's schema returns them; `undefined` when they do not fit. What a schema says or throws
 * is not passed on: it may repeat the values.
 */
export async function checkClaims(payload: object, schema: StandardSchemaV1): Promise<{ value: unknown } | undefined> {
  try {
    const result = await schema['~standard'].validate(toCustomClaims(payload))
    return result.issues === undefined ? { value: freezeDeep(result.value) } : undefined
  } catch {
    return undefined
  }
}
