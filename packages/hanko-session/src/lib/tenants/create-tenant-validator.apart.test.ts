import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest'
import { until } from '../../../test/stage.ts'
import { createHankoEmulator, type HankoEmulator } from '../../testing.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { createTenantValidator } from './create-tenant-validator.ts'

/** As on Workers: requests share no promise, and one that vanishes takes its timers and its calls along. */

const ids = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`)
const [first, second, third, fourth] = ids as [string, string, string, string]
const LIVE = { status: 'authenticated' }
const DEADLINE = 2_500

let emulator: HankoEmulator
let hanko: SessionValidator
/** The calls to these paths never come back. */
let lost: string | undefined
let calls: string[]

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), sharedKeys: true, tenants: ids })
  calls = []
  lost = undefined
  hanko = createTenantValidator({
    apiUrl: emulator.apiUrl,
    async fetch(input, init) {
      calls.push(input)
      if (lost !== undefined && input.includes(lost)) return new Promise<never>(() => {})
      return emulator.fetch(input, init)
    },
    clock: { now: () => emulator.clock.now(), monotonic: () => emulator.clock.now() },
    tenants: 'uuid',
    tenant: (request) => (request as Record<string, string>)['x-tenant'],
    joinRequests: false,
    maxTenants: 1,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
})

afterEach(() => {
  hanko.close()
  vi.useRealTimers()
})

async function use(tenant: string): Promise<string> {
  const { token } = await emulator.signIn({ tenant })
  expect(await hanko.validate(token, { tenant })).toMatchObject(LIVE)
  return token
}

/** The request is over as soon as it has called. */
async function vanish(path: string, work: () => unknown): Promise<void> {
  lost = path
  const before = calls.length
  void work()
  await until(() => calls.length > before)
  lost = undefined
  vi.clearAllTimers()
}

it('a check of a request that vanished keeps its tenant open no longer than a check may take', async () => {
  const token = await use(first)
  await vanish('validate', () => hanko.validate(token, { tenant: first, fresh: true }))
  await use(second)
  expect(hanko.stats()).toMatchObject({ tenants: 1, sessions: 2, inFlight: 1 }) // it may still be there
  emulator.clock.advance(DEADLINE + 1)
  await use(third)
  expect(hanko.stats()).toMatchObject({ tenants: 1, sessions: 1, inFlight: 0 })
})

it('a stream of a request that vanished keeps its tenant open no longer than it is known to be there', async () => {
  const token = await use(first)
  const request = { authorization: `Bearer ${token}`, 'x-tenant': first }
  await hanko.forRequest(request).watch()
  vi.clearAllTimers()
  await use(second)
  expect(hanko.stats()).toMatchObject({ tenants: 1, sessions: 2, watched: 1 })
  emulator.clock.advance('61s')
  await use(third)
  expect(hanko.stats()).toMatchObject({ tenants: 1, sessions: 1, watched: 0 })
})

it('the loading of keys by a request that vanished is given up, and what was revoked meanwhile is kept', async () => {
  const { token, sessionId } = await emulator.signIn({ tenant: first })
  await vanish('jwks', () => hanko.validate(token, { tenant: first }))
  hanko.revoke({ sessionId, tenant: first })
  expect(hanko.stats()).toMatchObject({ tenants: 0, tombstones: 1 })
  emulator.clock.advance(2 * DEADLINE + 1)
  await use(fourth)
  expect(hanko.stats()).toMatchObject({ tenants: 1, tombstones: 0 })
  expect(await hanko.validate(token, { tenant: first })).toMatchObject({ reason: 'revoked' })
})
