// What the validator costs next to what one would use instead. `--quick`: a short run that writes nothing;
// `--only=hits,misses`: some of its sections.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type BenchContext, createBenchContext } from './bench-context.ts'
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
import { createResults } from './results.ts'
import { writeResults } from './write-results.ts'

const SECTIONS: Record<string, (context: BenchContext) => Promise<void>> = {
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

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length)
const isQuick = process.argv.includes('--quick') || only !== undefined
const names = only?.split(',') ?? Object.keys(SECTIONS)

const start = performance.now()
const results = createResults()
// A failed assertion is an error here, and ends the run.
const [guarantees] = (await once(new Worker(new URL('guarantees-worker.ts', import.meta.url)), 'message')) as [string[]]
const context = await createBenchContext(isQuick, results)
for (const name of names) {
  const began = performance.now()
  await SECTIONS[name]?.(context)
  console.log(`${name.padEnd(9)} ${((performance.now() - began) / 1_000).toFixed(1)} s`)
}
context.close()
console.log(writeResults({ results, guarantees, seconds: (performance.now() - start) / 1_000, isQuick }))
