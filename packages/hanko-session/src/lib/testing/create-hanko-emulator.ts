import { createAnswer } from './answer-request.ts'
import type { EmulatorApi } from './answer-request.ts'
import { createEmulatorClock } from './emulator-clock.ts'
import type { EmulatorClock } from './emulator-clock.ts'
import { settleEmulatorOptions } from './emulator-options.ts'
import type { HankoEmulatorOptions } from './emulator-options.ts'
import { createFaultRegistry } from './faults/fault-registry.ts'
import type { EmulatorFaults } from './faults/fault-registry.ts'
import { createFlowStore } from './flow/flow-store.ts'
import { createInProcessFetch } from './in-process-fetch.ts'
import { createKeyRing } from './key-ring.ts'
import { createRequestLog } from './request-log.ts'
import type { RequestLog } from './request-log.ts'
import { deleteUser, endSession } from './session-life.ts'
import { signIn } from './sign-in.ts'
import type { SignedIn, SignInOptions } from './sign-in.ts'
import { createSessionStore } from './state/sessions.ts'
import type { Tenant, World } from './state/tenant.ts'
import { createUserStore } from './state/users.ts'
import { createWebhookSender } from './webhooks.ts'
import type { EmulatedWebhooks } from './webhooks.ts'

/** A Hanko v3.0.4 in this process. Made by `createHankoEmulator`. */
export interface HankoEmulator {
  /** The URL to give to `createSessionValidator`; in multi-tenant mode the tenant's id is to be added. */
  readonly apiUrl: string
  readonly adminUrl: string
  /** Answers for both URLs as the global `fetch` would; any other URL is a refused connection. Can be detached. */
  readonly fetch: typeof fetch
  readonly clock: EmulatorClock
  readonly faults: EmulatorFaults
  readonly requests: RequestLog
  readonly webhooks: EmulatedWebhooks
  /** Answers one request; for servers of your own. Rejects with `ConnectionResetError` where a socket must be destroyed. */
  answer(api: EmulatorApi, request: Request): Promise<Response>
  /** Says where a server made the emulator available; changes `apiUrl`, `adminUrl` and what `fetch` answers for. */
  servedAt(urls: { apiUrl: string; adminUrl: string }): void
  /** Signs a user in, who is made if need be. Faults do not apply. */
  signIn(options?: SignInOptions): Promise<SignedIn>
  /** Ends a session as the admin API does. Unknown ids are ignored. */
  endSession(sessionId: string): Promise<void>
  /** Deletes a user as the admin API does, which ends all sessions. Unknown ids are ignored. */
  deleteUser(userId: string): Promise<void>
  /**
   * Adds a key, which signs from now on; tokens of the old ones stay good while these are listed.
   * @param newKey a private RSA JWK; default: a new RSA-4096 key
   * @returns the new key's `kid`
   */
  rotateKeys(newKey?: JsonWebKey, options?: { keepOld?: boolean; tenant?: string }): Promise<string>
  /**
   * Signs anything with the newest key: no session is made. Texts are signed as they are, and header fields override
   * `alg`, `kid` and `typ` (`undefined` leaves one out); the algorithm used is RS256 all the same.
   */
  signToken(
    payload: object | string,
    header?: Record<string, unknown> | string,
    options?: { tenant?: string },
  ): Promise<string>
}

/**
 * Makes a Hanko for tests, demos and work without a network: it answers as a real Hanko v3.0.4 does, odd parts
 * included, with faults that can be switched and a clock that can be moved. Uses Web APIs only.
 *
 * @throws {TypeError} naming an option that makes no sense
 * @example
 * ```ts
 * import { createHankoEmulator } from 'hanko-session/testing'
 *
 * const hanko = await createHankoEmulator({ lifespan: '1h' })
 * const { token, header } = await hanko.signIn({ email: 'ada@example.com', claims: { role: 'editor' } })
 * const reply = await hanko.fetch(`${hanko.apiUrl}/sessions/validate`, { headers: { Authorization: header } })
 * console.log(reply.status, token.length)
 * hanko.clock.advance('2h')
 * ```
 */
export async function createHankoEmulator(options: HankoEmulatorOptions = {}): Promise<HankoEmulator> {
  const settings = settleEmulatorOptions(options)
  const clock = createEmulatorClock(options.clock)
  const webhooks = createWebhookSender(clock, settings.audience, options.webhooks)
  const world: World = { settings, clock, webhooks }
  const tenants = await createTenants(world, options)
  const faults = createFaultRegistry()
  const requests = createRequestLog()
  let urls = {
    apiUrl: options.apiUrl ?? 'http://localhost:8000',
    adminUrl: options.adminUrl ?? 'http://localhost:8001',
  }

  const tenantOf = (id: string | undefined): Tenant => {
    const tenant = tenants.get(id?.toLowerCase() ?? (settings.tenantIds[0] as string))
    if (tenant === undefined) throw new TypeError('There is no tenant of this id')
    return tenant
  }

  const answer = createAnswer({ world, tenants, faults, requests })

  return {
    get apiUrl() {
      return urls.apiUrl
    },
    get adminUrl() {
      return urls.adminUrl
    },
    clock,
    faults,
    requests,
    answer,
    fetch: createInProcessFetch(() => urls, answer),
    webhooks: {
      token: (event, data, { tenant } = {}) => webhooks.token(tenantOf(tenant).keys, event, data),
      send: (event, data, { tenant } = {}) => webhooks.send(tenantOf(tenant).keys, event, data),
      faults: webhooks.faults,
      settled: webhooks.settled,
    },
    servedAt(served) {
      urls = { ...served }
    },
    signIn: (input = {}) => signIn(world, tenantOf(input.tenant), input),
    async endSession(sessionId) {
      for (const tenant of tenants.values()) {
        const session = tenant.sessions.get(sessionId)
        if (session !== undefined) await endSession(world, tenant, session, 'session.delete.admin.revoke')
      }
    },
    async deleteUser(userId) {
      for (const tenant of tenants.values()) {
        const user = tenant.users.get(userId)
        if (user !== undefined) await deleteUser(world, tenant, user)
      }
    },
    rotateKeys: (newKey, { keepOld = true, tenant } = {}) => tenantOf(tenant).keys.rotate(newKey, keepOld),
    signToken: (payload, header, { tenant } = {}) => tenantOf(tenant).keys.sign(payload, header),
  }
}

async function createTenants(
  { settings, clock }: World,
  { keys = [], sharedKeys }: HankoEmulatorOptions,
): Promise<Map<string, Tenant>> {
  const shared = sharedKeys === true || !settings.multiTenant ? await createKeyRing(keys) : undefined
  const made = settings.tenantIds.map(async (id, at): Promise<[string, Tenant]> => {
    const tenant: Tenant = {
      id,
      keys: shared ?? (await createKeyRing(keys.slice(at, at + 1))),
      users: createUserStore(clock),
      sessions: createSessionStore(clock),
      flows: createFlowStore(clock, settings.flowLifespan),
    }
    return [id, tenant]
  })
  return new Map(await Promise.all(made))
}
