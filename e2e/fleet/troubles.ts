import { CLOCK_STEP, type Fleet } from './fleet.ts'
import type { NodeHandle } from './node-handle.ts'
import type { Random } from './random.ts'

/** Something that goes wrong: begun, and after a while over. */
type Happening = (fleet: Fleet, random: Random, last: (ms: number) => Promise<void>) => Promise<void>

/** All that can go wrong, one after the other; each is declared to the judge before it begins. */
const HAPPENINGS: Record<string, Happening> = {
  'a node is cut off from Redis': async (fleet, random, last) => {
    const node = random.pick(fleet.nodes)
    const over = fleet.declare('redis', 'cut', [node])
    node.redis.set(random.pick(['cut', 'frozen'] as const))
    await last(random.between(500, 5_000))
    node.redis.set('open')
    over()
  },
  'the nodes are cut off from Redis in turns': async (fleet, random, last) => {
    const over = fleet.declare('redis', 'flapping')
    for (let turn = 0; turn < 8; turn++) {
      const node = random.pick(fleet.nodes)
      node.redis.set('cut')
      await last(random.between(50, 400))
      node.redis.set('open')
    }
    over()
  },
  'Redis is slow for a node': async (fleet, random, last) => {
    const node = random.pick(fleet.nodes)
    const over = fleet.declare('redis', 'slow', [node])
    node.redis.set(random.pick([20, 45, 90]))
    await last(random.between(1_000, 5_000))
    node.redis.set('open')
    over()
  },
  'Redis crashes, and comes back empty': async (fleet, random, last) => {
    const over = fleet.declare('redis', 'crashed')
    await fleet.redis.crash()
    fleet.world.losses.push(fleet.now())
    await last(random.between(100, 4_000))
    await fleet.redis.start()
    over()
  },
  'Redis is emptied': async (fleet) => {
    await fleet.redis.command('FLUSHALL')
    fleet.world.losses.push(fleet.now())
  },
  'Redis stands still': async (fleet, random, last) => {
    const over = fleet.declare('redis', 'frozen')
    fleet.redis.freeze()
    await last(random.between(300, 5_000))
    fleet.redis.thaw()
    over()
  },
  'Redis is full': async (fleet, random, last) => {
    const over = fleet.declare('redis', 'full')
    await fleet.redis.command('CONFIG', 'SET', 'maxmemory', '1')
    await last(random.between(1_000, 4_000))
    await fleet.redis.command('CONFIG', 'SET', 'maxmemory', '0')
    over()
  },
  'Redis becomes a replica, which takes no writes': async (fleet, random, last) => {
    const over = fleet.declare('redis', 'read-only')
    await fleet.redis.command('REPLICAOF', '127.0.0.1', '1')
    await last(random.between(1_000, 4_000))
    await fleet.redis.command('REPLICAOF', 'NO', 'ONE')
    over()
  },
  'all connections to Redis are closed': async (fleet, random, last) => {
    const over = fleet.declare('redis', 'killed')
    await fleet.redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await last(random.between(100, 500))
    over()
  },
  'a node is cut off from Hanko': async (fleet, random, last) => {
    const node = random.pick(fleet.nodes)
    const over = fleet.declare('hanko', 'cut', [node])
    node.hanko.set(random.pick(['cut', 'frozen'] as const))
    await last(random.between(500, 5_000))
    node.hanko.set('open')
    over()
  },
  'Hanko has lost its database': async (fleet, random, last) => {
    const over = fleet.declare('hanko', 'without a database')
    fleet.hanko.faults.set('all', { kind: 'database', state: 'down' })
    await last(random.between(500, 3_000))
    fleet.hanko.faults.clear()
    over()
  },
  'a node crashes': async (fleet, random, last) => {
    const node = random.pick(fleet.nodes)
    await node.crash()
    await last(random.between(100, 2_000))
    await fleet.startNode(node)
  },
  'a node is cut off from everything': async (fleet, random, last) => {
    const node = random.pick(fleet.nodes)
    const over = [fleet.declare('redis', 'cut', [node]), fleet.declare('hanko', 'cut', [node])]
    for (const way of [node.redis, node.hanko]) way.set('frozen')
    await last(random.between(1_000, 5_000))
    for (const way of [node.redis, node.hanko]) way.set('open')
    for (const end of over) end()
  },
}

/** One after the other, with calm in between, until it is stopped. All of them, in an order of chance, then again. */
export function makeTrouble(
  fleet: Fleet,
  random: Random,
): { readonly happened: Map<string, number>; stop(): Promise<void> } {
  const stopped = new AbortController()
  const happened = new Map<string, number>()
  const isStopped = (): boolean => stopped.signal.aborted
  const last = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, stopped.signal.aborted ? 0 : ms)
      stopped.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })

  async function run(): Promise<void> {
    let left: string[] = []
    while (!isStopped()) {
      await last(random.between(1_000, 5_000))
      if (left.length === 0) left = Object.keys(HAPPENINGS)
      const name = random.pick(left)
      left = left.filter((other) => other !== name)
      if (isStopped()) return
      happened.set(name, (happened.get(name) ?? 0) + 1)
      await HAPPENINGS[name]?.(fleet, random, last)
    }
  }

  const work = run()
  const clocks = stepClocks(fleet, random)
  return {
    happened,
    async stop() {
      stopped.abort()
      clocks.stop()
      await work
    },
  }
}

/** The wall clock of one node jumps ahead and back again. */
function stepClocks(fleet: Fleet, random: Random): { stop(): void } {
  const node = fleet.nodes[2] as NodeHandle
  let isAhead = false
  let timer: NodeJS.Timeout
  const step = (): void => {
    timer = setTimeout(
      () => {
        // A process that began anew has the true time; one step from there is still within what the judge allows.
        isAhead = !isAhead
        node.stepClock(isAhead ? CLOCK_STEP : -CLOCK_STEP)
        step()
      },
      random.between(1_500, 7_000),
    )
  }
  step()
  return { stop: () => clearTimeout(timer) }
}
