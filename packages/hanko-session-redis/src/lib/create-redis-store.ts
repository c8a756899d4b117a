import type { SharedStore } from 'hanko-session'
import type { RedisClient } from './redis-client.ts'

export interface RedisStoreOptions {
  /** Your own client, of ioredis or node-redis, connected or about to be. It stays yours: nothing here closes it. */
  client: RedisClient
  /**
   * Signs all that is written, so that what others write to this Redis is not believed. The same for all processes
   * that share; at least 32 characters.
   * @default none: whoever can write to this Redis decides whose session lives, within the bound
   */
  secret?: string
  /**
   * What all keys begin with.
   * @default 'hanko-session'
   */
  prefix?: string
}

/**
 * @throws {TypeError} that names the option
 */
export function createRedisStore(_options: RedisStoreOptions): SharedStore {
  throw new TypeError('not built yet')
}
