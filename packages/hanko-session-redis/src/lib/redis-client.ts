/** What is used of a client of ioredis: `new Redis()` or `new Cluster()`. */
export interface IoRedisClient {
  readonly status: string
  call(command: string, ...args: string[]): Promise<unknown>
  duplicate(...args: never[]): IoRedisClient
  on(event: string, listener: (...args: unknown[]) => void): unknown
  disconnect(): void
}

/** What is used of a client of node-redis: `createClient()`. */
export interface NodeRedisClient {
  readonly isReady: boolean
  sendCommand(args: readonly string[], options?: { abortSignal?: AbortSignal }): Promise<unknown>
  duplicate(overrides?: object): NodeRedisClient
  connect(): Promise<unknown>
  on(event: string, listener: (...args: unknown[]) => void): unknown
  destroy(): void
}

/** What is used of a cluster of node-redis: `createCluster()`. */
export interface NodeRedisCluster {
  readonly slots: readonly unknown[]
  sendCommand(firstKey: string | undefined, isReadonly: boolean, args: string[]): Promise<unknown>
  duplicate(overrides?: object): NodeRedisCluster
  connect(): Promise<unknown>
  on(event: string, listener: (...args: unknown[]) => void): unknown
  destroy(): void
}

export type RedisClient = IoRedisClient | NodeRedisClient | NodeRedisCluster
