import type { StandardSchemaV1 } from '@standard-schema/spec'
import { applyRevocation } from '../apply-revocation.ts'
import type { KnownOptions, Revocation, SessionValidator, ValidateOptions } from '../create-session-validator.ts'
import { createDecisionLog } from '../decision-log.ts'
import { noteStaleIfError } from '../note-stale-if-error.ts'
import type { TenantValidatorOptions } from '../options.ts'
import { readHeader } from '../read-request.ts'
import { createRequestAuth, type RequestAuth, type StateOptions, type Ways } from '../request-auth.ts'
import type { RequestInput } from '../request-input.ts'
import { createFixedTenants } from './create-fixed-tenants.ts'
import { createUuidTenants } from './create-uuid-tenants.ts'
import type { Entrance, Tenants } from './tenants.ts'
import { toTenantSettings } from './to-tenant-settings.ts'
import { withParts } from '../validator-parts.ts'
import { createClosing } from '../http/closing.ts'

/**
 * Creates the validator of several Hankos: each has keys, memory, revocations and a circuit breaker of its own.
 *
 * @example
 * ```ts
 * import { createTenantValidator } from 'hanko-session/tenants'
 *
 * const hanko = createTenantValidator({
 *   tenants: { acme: 'https://acme.hanko.io', globex: 'https://globex.hanko.io' },
 *   tenant: (request) => (request instanceof Request ? new URL(request.url).hostname.split('.')[0] : undefined),
 * })
 *
 * export const whoIs = (request: Request) => hanko.authenticate(request)
 * ```
 *
 * @throws {TypeError} that names the option, when an option is missing, unknown or out of range
 */
export function createTenantValidator(options: TenantValidatorOptions & { claims?: never }): SessionValidator
export function createTenantValidator<Schema extends StandardSchemaV1>(
  options: TenantValidatorOptions<Schema> & { claims: Schema },
): SessionValidator<StandardSchemaV1.InferOutput<Schema>>
export function createTenantValidator(options: TenantValidatorOptions): SessionValidator<unknown> {
  const { tenantOf, common, record, maxTenants } = toTenantSettings(options)
  const log = createDecisionLog(common)
  const tenants: Tenants =
    record === undefined ? createUuidTenants(common, maxTenants) : createFixedTenants(record, common)
  const closing = createClosing()
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
  function forRequest(request: RequestInput, defaults?: Omit<StateOptions, 'signal'>): RequestAuth<unknown> {
    let auth: RequestAuth<unknown> | undefined
    const found = (): RequestAuth<unknown> => (auth ??= findFor(request).forRequest(request))
    const ways: Ways<unknown> = {
      state: (given) => found().state(given),
      watch: (given) => found().watch(given),
      known: (given) => found().known(given),
      forbid: (session, stepUp) => found().forbid(session, stepUp),
      now: () => common.clock.now(),
      header: (name) => readHeader(request, name),
    }
    return createRequestAuth(ways, defaults)
  }

  const validator = Object.freeze({
    hasClaimsSchema: common.claims !== undefined,
    validate: (token: string, given?: ValidateOptions) => tenants.find(given?.tenant).checks.validate(token, given),
    authenticate: async (request: RequestInput, given?: StateOptions) =>
      findFor(request).forRequest(request).state(given),
    known: (input: string | RequestInput, given?: KnownOptions) =>
      typeof input === 'string'
        ? tenants.find(given?.tenant).checks.recall(input, 'argument')
        : findFor(input).known(input, given),
    forRequest,
    revoke(revocation: Revocation) {
      const ledger = tenants.ledgerOf(revocation.tenant)
      if (ledger === undefined) throw new TypeError(NO_SUCH_TENANT)
      applyRevocation(revocation, ledger, common)
    },
    stats: () => tenants.stats(),
    close() {
      closing.close()
      tenants.close()
    },
  })
  return withParts(validator, {
    onClose: closing.onClose,
    settingsOf(tenant) {
      const settings = tenants.settingsOf(tenant)
      if (settings === undefined) throw new TypeError(NO_SUCH_TENANT)
      return settings
    },
  })
}

const NO_SUCH_TENANT = 'tenant must be one of the tenants of this validator'
