import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { describe, it } from 'vitest'
import { createRedisStore } from './create-redis-store.ts'

describe('createRedisStore', () => {
  it('takes the clients and clusters of ioredis and node-redis', () => {
    createRedisStore({ client: new Redis() })
    createRedisStore({ client: new Cluster([]) })
    createRedisStore({ client: createClient() })
    createRedisStore({ client: createCluster({ rootNodes: [] }) })
  })

  it('takes nothing that cannot be waited on for news', () => {
    // @ts-expect-error A pool gives no connection of its own.
    createRedisStore({ client: createClientPool() })
  })
})
void createSentinel
