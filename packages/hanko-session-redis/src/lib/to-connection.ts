import type { IoRedisClient, NodeRedisClient, NodeRedisCluster, RedisClient } from './redis-client.ts'

/** One way to talk to Redis, whichever client it is. */
export interface Connection {
  /** @param key that the command is about, which says where it goes in a cluster */
  send(key: string, ...command: [string, ...string[]]): Promise<unknown>
  /** A cluster has no one server that could be told from another. */
  readonly isCluster: boolean
  /**
   * Another connection, for commands that wait. It never connects anew by itself: whoever listens must know when a
   * connection is another one.
   */
  open(): Promise<OpenConnection>
}

export interface OpenConnection extends Connection {
  close(): void
}

/** @throws {TypeError} for what is no such client */
export function toConnection(client: RedisClient): OpenConnection {
  const given = client as unknown as Partial<Record<string, unknown>> | null | undefined
  if (typeof given?.['call'] === 'function' && 'status' in given) return ofIoRedis(client as IoRedisClient)
  if (typeof given?.['sendCommand'] === 'function' && typeof given['duplicate'] === 'function') {
    return 'slots' in given ? ofNodeRedisCluster(client as NodeRedisCluster) : ofNodeRedis(client as NodeRedisClient)
  }
  throw new TypeError('client must be a client of ioredis (new Redis()) or of node-redis (createClient())')
}

const ignore = (): void => {}
const never = (): null => null

/** While it is away, commands would be queued, and come long after they are of use. */
const AWAY = new Set(['reconnecting', 'close', 'end'])

function ofIoRedis(client: IoRedisClient): OpenConnection {
  const { isCluster } = client
  return {
    isCluster,
    async send(_key, command, ...args) {
      if (AWAY.has(client.status)) throw new Error('Redis is not connected')
      return client.call(command, ...args)
    },
    async open() {
      const options = { retryStrategy: never, autoResendUnfulfilledCommands: false, lazyConnect: false }
      const single = { ...options, commandTimeout: undefined, socketTimeout: undefined, maxRetriesPerRequest: 0 }
      const args = isCluster ? [[], { clusterRetryStrategy: never, redisOptions: single }] : [single]
      const other = client.duplicate(...(args as never[]))
      other.on('error', ignore)
      return ofIoRedis(other)
    },
    close: () => client.disconnect(),
  }
}

function ofNodeRedis(client: NodeRedisClient): OpenConnection {
  return {
    isCluster: false,
    async send(_key, ...command) {
      if (!client.isReady) throw new Error('Redis is not connected')
      return client.sendCommand(command)
    },
    async open() {
      const { socket } = (client.options ?? {}) as { socket?: object }
      const other = client.duplicate({
        socket: { ...socket, reconnectStrategy: false, socketTimeout: undefined },
        disableOfflineQueue: true,
        commandOptions: undefined,
      })
      other.on('error', ignore)
      await other.connect()
      return ofNodeRedis(other)
    },
    close: () => client.destroy(),
  }
}

function ofNodeRedisCluster(client: NodeRedisCluster): OpenConnection {
  return {
    isCluster: true,
    send: async (key, ...command) => client.sendCommand(key, false, command),
    async open() {
      const other = client.duplicate()
      other.on('error', ignore)
      await other.connect()
      return ofNodeRedisCluster(other)
    },
    close: () => client.destroy(),
  }
}
