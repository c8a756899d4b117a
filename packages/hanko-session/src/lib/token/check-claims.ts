import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonObject } from './strict-json.ts'
import { freezeDeep, toCustomClaims } from './custom-claims.ts'

/** One for all who have none, which is most: an object without a prototype takes much room. */
const NO_CLAIMS = Object.freeze(Object.create(null) as object)

/**
 * The custom claims as the user's schema returns them, or as they are without one. `undefined` when they do
 * not fit. What a schema says or throws is not passed on: it may repeat the values.
 */
export async function checkClaims(
  payload: JsonObject,
  schema: StandardSchemaV1 | undefined,
): Promise<{ value: unknown } | undefined> {
  const claims = toCustomClaims(payload)
  if (schema === undefined) return { value: Object.keys(claims).length === 0 ? NO_CLAIMS : freezeDeep(claims) }
  try {
    const result = await schema['~standard'].validate(claims)
    return result.issues === undefined ? { value: freezeDeep(result.value) } : undefined
  } catch {
    return undefined
  }
}
