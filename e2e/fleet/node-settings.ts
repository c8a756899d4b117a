import type { Limits } from 'hanko-session'

/** How a node is set up, as JSON in the environment. */
export interface NodeSettings {
  readonly name: string
  /** Its own way to Hanko. */
  readonly hankoPort: number
  readonly maxStaleness: number
  /** Absent: a fleet whose nodes share nothing. */
  readonly redisPort?: number
  readonly client: 'ioredis' | 'node-redis'
  readonly secret: string
  /** What its wall clock is off by, in milliseconds. */
  readonly clockOffset: number
  readonly limits?: Partial<Limits>
  /** Says 200 to webhooks and does nothing: to see that the judge notices. */
  readonly isDeaf?: boolean
}

/** What a node is told while it runs. */
export interface NodeOrder {
  readonly stepClock: number
}

/** What a node tells by itself. */
export type NodeReport = { readonly port: number } | { readonly stalledFor: number }
