export { createRedisStore, type RedisStoreOptions } from './lib/create-redis-store.ts'
export type { IoRedisClient, NodeRedisClient, NodeRedisCluster, RedisClient } from './lib/redis-client.ts'
