import type { BenchContext } from './bench-context.ts'
import { measureDoor } from './measure-door.ts'
import { measureFleet } from './measure-fleet.ts'
import { measureHerds } from './measure-herds.ts'
import { measureHits } from './measure-hits.ts'
import { measureMemory } from './measure-memory.ts'
import { measureMisses } from './measure-misses.ts'
import { measureRequests } from './measure-requests.ts'
import { measureStore } from './measure-store.ts'
import { measureTrpc } from './measure-trpc.ts'
import { measureYoga } from './measure-yoga.ts'

/** In the order of the table. */
export const SECTIONS: Readonly<Record<string, (context: BenchContext) => Promise<void>>> = {
  hits: measureHits,
  requests: measureRequests,
  misses: measureMisses,
  herds: measureHerds,
  yoga: measureYoga,
  memory: measureMemory,
  door: measureDoor,
  trpc: measureTrpc,
  store: measureStore,
  fleet: measureFleet,
}
