import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { createRedisStore } from './create-redis-store.ts'

/** It never connects: options are looked at first. */
const client = new Redis({ lazyConnect: true })
afterAll(() => client.disconnect())

describe('the options of a Redis store', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ secret: 'short' }, 'secret'],
    [{ secret: undefined }, 'secret'],
    [{ secret: Buffer.alloc(32) }, 'secret'],
    // Misspelt, it would leave unsigned what was to be signed.
    [{ secrets: 'a secret of at least 32 characters' }, 'secrets'],
    [{ prefix: '' }, 'prefix'],
    [{ prefix: 'a b' }, 'prefix'],
    [{ prefix: '{a}' }, 'prefix'],
    [{ prefix: 'a'.repeat(101) }, 'prefix'],
    [{ client: {} }, 'client'],
    [{ client: undefined }, 'client'],
  ])('are refused with a TypeError that names it: %j', (options, named) => {
    const create = () => createRedisStore({ client, ...options })
    expect(create).toThrow(TypeError)
    expect(create).toThrow(named)
  })

  it('are taken as they are meant', () => {
    expect(() => createRedisStore({ client, prefix: 'app:sessions', secret: 's'.repeat(32) })).not.toThrow()
  })
})
