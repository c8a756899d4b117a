import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import type { RedisClient } from '../src/index.ts'

/** Clients that a test opens, each as its users would; all are closed together. */
export function createClients() {
  const closings: (() => void)[] = []

  const open = {
    async ioredis(port: number): Promise<RedisClient> {
      const client = new Redis(port, '127.0.0.1')
      client.on('error', () => {})
      closings.push(() => client.disconnect())
      return client
    },
    async 'node-redis'(port: number): Promise<RedisClient> {
      const client = createClient({ url: `redis://127.0.0.1:${port}` })
      client.on('error', () => {})
      closings.push(() => client.destroy())
      await client.connect().catch(() => {})
      return client
    },
    async 'ioredis cluster'(port: number): Promise<RedisClient> {
      const client = new Cluster([{ host: '127.0.0.1', port }])
      client.on('error', () => {})
      closings.push(() => client.disconnect())
      return client
    },
    async 'node-redis cluster'(port: number): Promise<RedisClient> {
      const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] })
      client.on('error', () => {})
      closings.push(() => client.destroy())
      await client.connect()
      return client
    },
  }
  return {
    open,
    close() {
      for (const close of closings.splice(0)) close()
    },
  }
}
