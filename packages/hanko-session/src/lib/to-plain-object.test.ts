import { describe, expect, it } from 'vitest'
import { createSessionValidator } from './create-session-validator.ts'
import { createTenantValidator } from './tenants/create-tenant-validator.ts'
import { toPlainObject } from './to-plain-object.ts'
import { createWebhookReceiver } from './webhooks/create-webhook-receiver.ts'

const apiUrl = 'https://hanko.example'
const tenant = () => 'acme'

/** An instance of a class, as a configuration often is: what it has from a getter is not its own. */
const inheriting = (own: object, inherited: object): never => Object.assign(Object.create(inherited), own) as never

describe('toPlainObject', () => {
  it.each([{ a: 1 }, Object.assign(Object.create(null) as object, { a: 1 }), JSON.parse('{"a":1}') as object])(
    'copies %j, and nothing from Object.prototype',
    (given) => {
      const copy = toPlainObject(given, 'given')
      expect(Object.entries(copy)).toEqual([['a', 1]])
      expect('toString' in copy).toBe(false)
      expect(copy).not.toBe(given)
    },
  )

  it.each([undefined, null, 'a', 7, true, ['a'], () => ({}), new Map(), new Date(), inheriting({ a: 1 }, { b: 2 })])(
    'refuses %j',
    (given) => {
      const copy = () => toPlainObject(given as unknown as object, 'given')
      expect(copy).toThrow(TypeError)
      expect(copy).toThrow('given must be a plain object: what it inherits is not read')
    },
  )
})

describe('options that inherit some of what they say', () => {
  it.each<[string, () => unknown]>([
    ['the options of createSessionValidator', () => createSessionValidator(inheriting({ apiUrl }, { audience: 'a' }))],
    ['cache', () => createSessionValidator({ apiUrl, cache: inheriting({}, { hold: 'digest' }) })],
    ['limits', () => createSessionValidator({ apiUrl, limits: inheriting({}, { maxWaiting: 1 }) })],
    [
      'the options of createTenantValidator',
      () => createTenantValidator(inheriting({ tenants: { acme: apiUrl }, tenant }, { audience: 'a' })),
    ],
    [
      'tenants.acme',
      () => createTenantValidator({ tenants: { acme: inheriting({ apiUrl }, { audience: 'a' }) }, tenant }),
    ],
    [
      'the options of createWebhookReceiver',
      () =>
        createWebhookReceiver(createSessionValidator({ apiUrl }), inheriting({}, { endSessionsOn: ['user.login'] })),
    ],
  ])('%s are an error: nothing that was to close is left open in silence', (what, create) => {
    expect(create).toThrow(TypeError)
    expect(create).toThrow(`${what} must be a plain object`)
  })

  it('from Object.prototype are nobody’s', () => {
    Object.assign(Object.prototype, { maxTenants: 7, tenants: 'uuid' })
    try {
      // Of its own, `maxTenants` would be refused beside a record.
      expect(() => createTenantValidator({ tenants: { acme: apiUrl }, tenant })).not.toThrow()
      expect(() => createTenantValidator({ tenant } as never)).toThrow('tenants must be')
    } finally {
      for (const name of ['maxTenants', 'tenants']) delete (Object.prototype as Record<string, unknown>)[name]
    }
  })
})
