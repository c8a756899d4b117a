import { applyRevocation } from '../apply-revocation.ts'
import type { KnownOptions, Revocation, SessionValidator, ValidateOptions } from '../create-session-validator.ts'
import { createDecisionLog } from '../decision-log.ts'
import { noteStaleIfError } from '../note-stale-if-error.ts'
import type { SessionValidatorOptions } from '../options.ts'
import { createRequestAuth, type RequestAuth, type StateOptions } from '../request-auth.ts'
import type { RequestInput } from '../request-input.ts'
import { createFixedTenants } from './create-fixed-tenants.ts'
import { createUuidTenants } from './create-uuid-tenants.ts'
import type { Entrance, Tenants } from './tenants.ts'
import { toTenantSettings } from './to-tenant-settings.ts'

/** The validator of several Hankos, each with an engine of its own. */
export function createTenantValidator(options: SessionValidatorOptions): SessionValidator<unknown> {
  const { tenantOf, common, record, maxTenants } = toTenantSettings(options)
  const log = createDecisionLog(common)
  const tenants: Tenants =
    record === undefined ? createUuidTenants(common, maxTenants) : createFixedTenants(record, common)
  noteStaleIfError(common, log)

  function findFor(request: RequestInput): Entrance {
    try {
      return tenants.find(tenantOf(request))
    } catch {
      // What was thrown may hold anything of the request.
      log.note('error', 'the function tenant threw: the request counts as one of no tenant')
      return tenants.find(undefined)
    }
  }

  /** Finds the tenant when somebody asks, as everything of a request is found. */
  function forRequest(request: RequestInput): RequestAuth<unknown> {
    let auth: RequestAuth<unknown> | undefined
    const found = (): RequestAuth<unknown> => (auth ??= findFor(request).forRequest(request))
    return createRequestAuth({
      state: (given) => found().state(given),
      watch: (given) => found().watch(given),
      known: (given) => found().known(given),
      forbid: (session, stepUp) => found().forbid(session, stepUp),
      now: () => common.clock.now(),
    })
  }

  return Object.freeze({
    validate: (token: string, given?: ValidateOptions) => tenants.find(given?.tenant).checks.validate(token, given),
    authenticate: async (request: RequestInput, given?: StateOptions) =>
      findFor(request).forRequest(request).state(given),
    known: (input: string | RequestInput, given?: KnownOptions) =>
      typeof input === 'string'
        ? tenants.find(given?.tenant).checks.recall(input, 'argument')
        : findFor(input).known(input, given),
    forRequest,
    revoke(revocation: Revocation) {
      const tombstones = tenants.tombstonesOf(revocation.tenant)
      if (tombstones === undefined) throw new TypeError('tenant must be one of the tenants of this validator')
      applyRevocation(revocation, tombstones, common)
    },
    stats: () => tenants.stats(),
    close: () => tenants.close(),
  })
}
