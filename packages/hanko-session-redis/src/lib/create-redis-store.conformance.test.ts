import { storeCases } from 'hanko-session/store-testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClients } from '../../test/clients.ts'
import { type RedisServer, startRedis, startRedisCluster } from '../../test/start-redis.ts'
import { createRedisStore, type RedisStoreOptions } from './create-redis-store.ts'

const clients = createClients()
const SECRET = 'a secret of at least 32 characters'
const pass = async (milliseconds: number): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds + 1))
}

const KINDS: readonly [keyof typeof clients.open, Partial<RedisStoreOptions>][] = [
  ['ioredis', {}],
  ['ioredis', { secret: SECRET }],
  ['node-redis', { secret: SECRET }],
  ['ioredis cluster', { secret: SECRET }],
  ['node-redis cluster', {}],
]

let server: RedisServer
let cluster: RedisServer
beforeAll(async () => {
  ;[server, cluster] = await Promise.all([startRedis(), startRedisCluster()])
})
afterAll(async () => {
  clients.close()
  await Promise.all([server.kill(), cluster.kill()])
})

describe.each(KINDS)('a store in Redis, by %s %j', (kind, options) => {
  it.each(storeCases)('$name', async ({ run }) => {
    const client = await clients.open[kind](kind.endsWith('cluster') ? cluster.port : server.port)
    await run({ open: () => createRedisStore({ client, ...options }), pass, announces: true })
    expect.assertions(0)
  })
})
