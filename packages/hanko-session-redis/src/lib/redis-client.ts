type Listen = (event: 'error', listener: () => void) => unknown

/** What is used of a client of ioredis: `new Redis()` or `new Cluster()`. */
export interface IoRedisClient {
  readonly status: string
  readonly isCluster: boolean
  call(command: string, ...args: string[]): Promise<unknown>
  duplicate(...args: never[]): IoRedisClient
  on: Listen
  disconnect(): void
}

/** What is used of a client of node-redis: `createClient()`. */
export interface NodeRedisClient {
  readonly isReady: boolean
  readonly options?: object | undefined
  sendCommand(args: readonly string[]): Promise<unknown>
  duplicate(overrides?: object): NodeRedisClient
  connect(): Promise<unknown>
  on: Listen
  destroy(): void
}

/** What is used of a cluster of node-redis: `createCluster()`. */
export interface NodeRedisCluster {
  readonly slots: readonly unknown[]
  sendCommand(firstKey: string | undefined, isReadonly: boolean, args: string[]): Promise<unknown>
  duplicate(overrides?: object): NodeRedisCluster
  connect(): Promise<unknown>
  on: Listen
  destroy(): void
}

export type RedisClient = IoRedisClient | NodeRedisClient | NodeRedisCluster
