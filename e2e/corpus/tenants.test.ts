import { type SessionValidator, toRefusal } from 'hanko-session'
import { createTenantValidator, type TenantValidatorOptions } from 'hanko-session/tenants'
import { createHankoEmulator, type HankoEmulator, type SignedIn } from 'hanko-session/testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { titleOf } from './corpus.ts'

/** Two tenants of one Hanko in KMS mode: nothing but their URL tells them apart. */
const A = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
const B = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'
const tenant = (): string => A

let emulator: HankoEmulator
let ours: SignedIn
let urls: { a: string; b: string }
let opened: SessionValidator[]

beforeEach(async () => {
  emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), sharedKeys: true, tenants: [A, B] })
  ours = await emulator.signIn({ tenant: A })
  urls = { a: `${emulator.apiUrl}/${A}`, b: `${emulator.apiUrl}/${B}` }
  opened = []
})

afterEach(() => {
  for (const validator of opened) validator.close()
})

function open(options: Omit<TenantValidatorOptions, 'claims' | 'tenant'>): SessionValidator {
  const validator = createTenantValidator({
    tenant,
    fetch: emulator.fetch,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    ...options,
  })
  opened.push(validator)
  return validator
}

async function verdictOf(validator: SessionValidator, of: string, token = ours.token): Promise<string> {
  const state = await validator.validate(token, { tenant: of })
  return state.status === 'authenticated' ? 'accepted' : `${toRefusal(state).status} ${state.reason}`
}

const attack = (id: string, run: () => Promise<void>): void => it(titleOf(id), run)

describe('tenants', () => {
  attack('C26', async () => {
    const byAudience = open({ tenants: { a: urls.a, b: { apiUrl: urls.b, audience: 'b' } } })
    expect([await verdictOf(byAudience, 'a'), await verdictOf(byAudience, 'b')]).toEqual([
      'accepted',
      '401 wrong_audience',
    ])
    const asked = emulator.requests.count()
    expect([await verdictOf(byAudience, 'b'), emulator.requests.count()]).toEqual(['401 wrong_audience', asked])

    for (const [validator, a, b] of [
      [open({ tenants: urls, audience: 'localhost' }), 'a', 'b'],
      [open({ tenants: 'uuid', apiUrl: emulator.apiUrl }), A, B],
    ] as const) {
      const before = emulator.requests.entries.length
      expect([await verdictOf(validator, a), await verdictOf(validator, b)]).toEqual(['accepted', '401 revoked'])
      const paths = emulator.requests.entries.slice(before).map(({ path }) => path)
      expect(paths.filter((path) => path.endsWith('/validate'))).toContain(`/${B}/sessions/validate`)
      expect(await verdictOf(validator, a)).toBe('accepted')
    }

    const maxStaleness = Infinity
    for (const options of [
      { tenants: urls, audience: 'localhost' },
      { tenants: { a: { apiUrl: urls.a, audience: ['x', 'y'] }, b: { apiUrl: urls.b, audience: 'y' } } },
      { tenants: 'uuid', apiUrl: emulator.apiUrl, audience: 'localhost' },
    ] as const) {
      expect(() => open({ ...options, maxStaleness })).toThrow(TypeError)
    }
  })

  attack('A03', async () => {
    const validator = open({ tenants: 'uuid', apiUrl: emulator.apiUrl })
    expect(await verdictOf(validator, A)).toBe('accepted')
    expect(validator.known(ours.token, { tenant: A })).toMatchObject({ status: 'authenticated' })
    expect(validator.known(ours.token, { tenant: B })).toBeUndefined()
    expect(await verdictOf(validator, B)).toBe('401 revoked')
    expect(validator.known(ours.token, { tenant: B })).toBeUndefined()
    // Nor does what B was told show at A.
    expect(validator.known(ours.token, { tenant: A })).toMatchObject({ session: { userId: ours.userId } })
    validator.revoke({ userId: ours.userId, before: Date.now() + 60_000, tenant: B })
    expect(validator.known(ours.token, { tenant: A })).toMatchObject({ status: 'authenticated' })
    validator.revoke({ userId: ours.userId, before: Date.now() + 60_000, tenant: A })
    expect(await verdictOf(validator, A)).toBe('401 revoked')
  })

  attack('A04', async () => {
    const validator = open({
      tenants: { here: { apiUrl: urls.a, audience: 'localhost' }, there: { apiUrl: urls.a, audience: 'elsewhere' } },
    })
    for (let round = 0; round < 2; round++) {
      expect(await verdictOf(validator, 'here')).toBe('accepted')
      expect(await verdictOf(validator, 'there')).toBe('401 wrong_audience')
      expect(validator.known(ours.token, { tenant: 'there' })).toBeUndefined()
    }
  })
})
