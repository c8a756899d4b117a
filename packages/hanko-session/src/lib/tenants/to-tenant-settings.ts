import type { SessionValidatorOptions, Settings, TenantOptions, TenantValidatorOptions } from '../options.ts'
import type { RequestInput } from '../request-input.ts'
import { toPlainObject } from '../to-plain-object.ts'
import { toSettings } from '../to-settings.ts'

const DEFAULT_MAX_TENANTS = 1_000

/** The options of a validator with tenants: checked, filled, and cut off from the caller's object. */
export interface TenantSettings {
  /** Whose a request is, as the app says: anything at all, and it may throw. */
  readonly tenantOf: (request: RequestInput) => unknown
  /** What holds for all tenants; its `apiUrl` is that of the first, or what UUIDs are appended to. */
  readonly common: Settings
  /** Those of a fixed record, by name; `undefined` when tenants are UUIDs. */
  readonly record: ReadonlyMap<string, Settings> | undefined
  readonly maxTenants: number
}

/** @throws {TypeError} that names the option, for anything missing, unknown or out of range. */
export function toTenantSettings(given: TenantValidatorOptions): TenantSettings {
  const options = toPlainObject(given, 'the options of createTenantValidator')
  const { tenants, tenant: tenantOf, maxTenants = DEFAULT_MAX_TENANTS, ...others } = options
  check(typeof tenantOf === 'function', 'tenant must be a function from a request to its tenant')
  check(Number.isSafeInteger(maxTenants) && maxTenants > 0, 'maxTenants must be a positive integer')
  if (tenants === 'uuid') {
    // Tenants of one Hanko may share their keys and their audience: then nothing but asking tells them apart.
    check(options.maxStaleness !== Number.POSITIVE_INFINITY, "maxStaleness: Infinity does not go with tenants: 'uuid'")
    return { tenantOf, common: toSettings(others), record: undefined, maxTenants }
  }
  check(isRecord(tenants), "tenants must be a record of API URLs, or 'uuid'")
  check(options.maxTenants === undefined, "maxTenants goes with tenants: 'uuid' only")
  check(options.apiUrl === undefined, 'apiUrl does not go with a record of tenants: each of them has its own')
  const record = new Map(
    Object.entries(tenants).map(([name, own]): [string, Settings] => [name, toOwnSettings(name, own, others)]),
  )
  const [common] = record.values()
  check(common !== undefined, 'tenants must hold at least one tenant')
  if (common.maxStaleness === Number.POSITIVE_INFINITY) checkAudiences(record)
  return { tenantOf, common, record, maxTenants: record.size }
}

function toOwnSettings(name: string, own: string | TenantOptions, others: SessionValidatorOptions): Settings {
  check(typeof own === 'string' || isRecord(own), `tenants.${name} must be an API URL, or have one as apiUrl`)
  const options = toPlainObject<TenantOptions>(typeof own === 'string' ? { apiUrl: own } : own, `tenants.${name}`)
  const { apiUrl, audience, issuer, ...unknown } = options
  const [stranger] = Object.keys(unknown)
  check(stranger === undefined, `tenants.${name}.${stranger} is not an option of a tenant`)
  check(typeof apiUrl === 'string', `tenants.${name} must be an API URL, or have one as apiUrl`)
  // As at the top: what is there but undefined must not switch a check off in silence.
  const ownChecks = {
    ...('audience' in options ? { audience } : {}),
    ...('issuer' in options ? { issuer } : {}),
  } as Pick<SessionValidatorOptions, 'audience' | 'issuer'>
  try {
    return toSettings({ ...others, apiUrl, ...ownChecks })
  } catch (error) {
    throw new TypeError(`tenants.${name}: ${(error as Error).message}`, { cause: error })
  }
}

/** Without asking Hanko, nothing but the audience tells tenants apart that share their keys. */
function checkAudiences(record: ReadonlyMap<string, Settings>): void {
  const seen = new Set<string>()
  for (const [name, { audience = [] }] of record) {
    check(
      !audience.some((value) => seen.has(value)),
      `maxStaleness: Infinity needs an audience for each tenant that no other has: tenants.${name} shares its own`,
    )
    for (const value of audience) seen.add(value)
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new TypeError(message)
}
