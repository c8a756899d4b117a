import type { Limits } from 'hanko-session'
import { createBalancer } from './balancer.ts'
import { createNodeHandle, type NodeHandle } from './node-handle.ts'
import type { NodeSettings } from './node-settings.ts'
import type { Random } from './random.ts'
import { type RedisServer, startRedisServer } from './redis-server.ts'
import { watchStalls } from './watch-stalls.ts'
import { startWatchedHanko } from './watched-hanko.ts'
import type { Answer, SessionFacts, Trouble, World } from './world.ts'
import type { HankoEmulator } from 'hanko-session/testing'

/** How a fleet is set up for a while. */
export interface FleetOptions {
  /** `maxStaleness`, in milliseconds. */
  readonly bound: number
  readonly lifespan: number
  readonly idleTimeout?: number
  /** What the wall clock of one node is off by. */
  readonly clockOffset: number
  readonly random: Random
  /** Absent: as it should be. */
  readonly broken?: 'bound' | 'deaf'
  readonly limits?: Partial<Limits>
  /** Nodes that share nothing. */
  readonly isAlone?: boolean
}

export interface FleetSession {
  readonly facts: SessionFacts
  readonly token: string
  /** Calls about it that reached Hanko. */
  calls: number
}

export interface Fleet {
  readonly world: World
  readonly hanko: HankoEmulator
  readonly redis: RedisServer
  readonly nodes: readonly NodeHandle[]
  readonly sessions: FleetSession[]
  readonly counts: {
    delivered: number
    acknowledged: number
    undelivered: number
    unanswered: number
    /** Calls to the store that failed though nobody declared an outage of Redis. */
    undeclared: number
  }
  readonly now: () => number
  signIn(userId?: string): Promise<FleetSession>
  /** Asks a node about a session; undefined when nobody answers. */
  readonly ask: (node: NodeHandle, session: FleetSession, isFresh?: boolean) => Promise<Answer | undefined>
  startNode(node: NodeHandle): Promise<void>
  /** Declares an outage; what it returns declares its end. */
  declare(of: Trouble['of'], what: string, nodes?: readonly NodeHandle[]): () => void
  close(): Promise<void>
}

const CLOCKS = ['true', 'true', 'stepped', 'off'] as const

/** Steps once and never further than this. */
export const CLOCK_STEP = 4_000

/** The clock of the judge and of Hanko: the true time, and never steps. */
const now = (): number => performance.timeOrigin + performance.now()

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { bound, lifespan, idleTimeout, clockOffset, random, broken, isAlone, limits } = options
  const redis = await startRedisServer()
  const sessions: FleetSession[] = []
  const byToken = new Map<string, FleetSession>()
  const counts = { delivered: 0, acknowledged: 0, undelivered: 0, unanswered: 0, undeclared: 0 }
  const world: World = {
    bound,
    // Less than it is: clocks step, and an answer takes its time.
    keptFor: bound + (limits?.tombstoneMargin ?? 45_000) - 500,
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    nodes: {},
    sessions: {},
    troubles: [],
    losses: [],
    acknowledged: [],
  }

  function noteStall(ms: number, names: readonly string[]): void {
    world.troubles.push({ of: 'machine', what: 'busy', nodes: names, from: now() - ms, until: now() })
  }

  const nodes: NodeHandle[] = []
  const hanko = await startWatchedHanko({
    now,
    lifespan,
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    deliver: createBalancer({ world, nodes, sessions, counts, now, random }),
    onAnswer(token, isValid) {
      const session = byToken.get(token)
      if (session === undefined) return
      session.calls++
      if (isValid) session.facts.lastUsed = now()
    },
  })

  for (const [at, clock] of CLOCKS.entries()) {
    const name = `node-${at + 1}`
    const settings: Omit<NodeSettings, 'hankoPort' | 'redisPort'> = {
      name,
      maxStaleness: broken === 'bound' && at === 1 ? bound * 2 : bound,
      client: at % 2 === 0 ? 'ioredis' : 'node-redis',
      secret: 'a secret that all nodes of the fleet share',
      clockOffset: clock === 'off' ? clockOffset : 0,
      ...(limits === undefined ? {} : { limits }),
      isDeaf: broken === 'deaf' && at === 1,
    }
    const clockError = clock === 'off' ? Math.abs(clockOffset) : clock === 'stepped' ? CLOCK_STEP : 0
    world.nodes[name] = { clockError, starts: [] }
    nodes.push(
      await createNodeHandle({
        settings,
        hankoPort: () => hanko.port,
        ...(isAlone === true ? {} : { redisPort: redis.port }),
        onStall: (ms) => noteStall(ms, [name]),
      }),
    )
  }

  // Hanko is in this process.
  const endWatch = watchStalls((ms) => noteStall(ms, Object.keys(world.nodes)))

  const seen = new Map<string, { errors: number; at: number }>()

  /**
   * A machine that is busy makes the store too slow, though nobody declared an outage; the node says so, and was
   * alone for a while. It excuses nobody's bound.
   */
  function noteStore(name: string, errors: number): void {
    const { errors: before, at } = seen.get(name) ?? { errors: 0, at: now() }
    seen.set(name, { errors, at: now() })
    if (errors <= before) return
    const isDeclared = world.troubles.some(
      ({ of, nodes: names, until = Infinity }) => of === 'redis' && names.includes(name) && until + 5_000 > at,
    )
    if (isDeclared) return
    counts.undeclared += errors - before
    world.troubles.push({ of: 'redis', what: 'too slow', nodes: [name], from: at, until: now() })
  }

  async function startNode(node: NodeHandle): Promise<void> {
    await node.start()
    world.nodes[node.name]?.starts.push(now())
  }
  await Promise.all(nodes.map(startNode))

  return {
    world,
    hanko: hanko.emulator,
    redis,
    nodes,
    sessions,
    counts,
    now,
    startNode,
    async signIn(userId) {
      const { token, sessionId, userId: of } = await hanko.emulator.signIn(userId === undefined ? {} : { userId })
      const issuedAt = Math.floor(now() / 1_000) * 1_000
      const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number }
      const facts = { sessionId, userId: of, issuedAt, expiresAt: payload.exp * 1_000, lastUsed: now() }
      const session = { facts, token, calls: 0 }
      world.sessions[sessionId] = facts
      sessions.push(session)
      byToken.set(token, session)
      return session
    },
    async ask(node, { facts: { sessionId }, token }, isFresh = false) {
      const start = now()
      try {
        const { text } = await node.send(isFresh ? '/check?fresh' : '/check', { authorization: `Bearer ${token}` })
        const { storeErrors, ...said } = JSON.parse(text) as Pick<Answer, 'status' | 'reason' | 'accepted'> & {
          storeErrors: number
        }
        noteStore(node.name, storeErrors)
        return { node: node.name, sessionId, isFresh, start, end: now(), ...said }
      } catch {
        counts.unanswered++
        return undefined
      }
    },
    declare(of, what, meant = nodes) {
      const trouble: Trouble = { of, what, nodes: meant.map(({ name }) => name), from: now() }
      world.troubles.push(trouble)
      return () => void (trouble.until = now())
    },
    async close() {
      endWatch()
      await Promise.all(nodes.map((node) => node.close()))
      await hanko.close()
      await redis.close()
    },
  }
}
