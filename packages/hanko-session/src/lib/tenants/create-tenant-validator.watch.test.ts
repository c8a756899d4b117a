import { afterEach, expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../testing.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { asRequestAuth } from '../request-auth.ts'
import { createTenantValidator } from './create-tenant-validator.ts'

const [first, second, third] = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`) as [
  string,
  string,
  string,
]
let hanko: SessionValidator

afterEach(() => hanko.close())

async function open(maxTenants: number) {
  const emulator = await createHankoEmulator({
    keys: inject('signingKeys').slice(0, 3),
    tenants: [first, second, third],
  })
  hanko = createTenantValidator({
    apiUrl: emulator.apiUrl,
    fetch: emulator.fetch,
    tenants: 'uuid',
    tenant: (request) => (request as Record<string, string>)['x-tenant'],
    maxTenants,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  const signIn = (tenant: string) => emulator.signIn({ tenant })
  const watch = async (tenant: string, token: string) =>
    hanko.forRequest({ authorization: `Bearer ${token}`, 'x-tenant': tenant }).watch()
  return { emulator, signIn, watch }
}

it('watches the sessions of a tenant, and revokes at that tenant only', async () => {
  const { signIn, watch } = await open(5)
  const [one, two] = [await signIn(first), await signIn(second)]
  const [ofFirst, ofSecond] = [await watch(first, one.token), await watch(second, two.token)]
  expect(hanko.stats().watched).toBe(2)
  expect(asRequestAuth(ofFirst.auth)?.signal).toBe(ofFirst.signal)
  hanko.revoke({ sessionId: one.sessionId, tenant: second })
  expect(ofFirst.signal.aborted).toBe(false)
  hanko.revoke({ sessionId: one.sessionId, tenant: first })
  expect(ofFirst.signal.aborted).toBe(true)
  expect(ofSecond.signal.aborted).toBe(false)
  hanko.close()
  expect(ofSecond.refusal()).toMatchObject({ reason: 'upstream_unavailable' })
})

it('does not close a tenant that has streams, and closes it when they are over', async () => {
  const { signIn, watch } = await open(1)
  const { token, sessionId } = await signIn(first)
  const watched = await watch(first, token)
  const other = await signIn(second)
  await hanko.validate(other.token, { tenant: second })
  expect(hanko.stats()).toMatchObject({ tenants: 1, watched: 1, sessions: 2 })
  expect(watched.refusal()).toBeUndefined()

  watched.release()
  watched.release()
  expect(hanko.stats()).toMatchObject({ watched: 0, sessions: 1 })

  // It is let in again, and its streams hear of what is revoked beside those of before.
  const again = await watch(first, token)
  const beside = await watch(second, other.token)
  hanko.revoke({ sessionId, tenant: first })
  expect([again.signal.aborted, beside.signal.aborted]).toEqual([true, false])
})

it('watches nothing of what is no tenant', async () => {
  const { signIn, watch } = await open(5)
  const { token } = await signIn(first)
  expect((await watch('nobody', token)).refusal()).toMatchObject({ reason: 'unknown_key' })
  expect(hanko.stats().watched).toBe(0)
})
