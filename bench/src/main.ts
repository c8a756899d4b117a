// What the validator costs next to what one would use instead. `--quick`: a short run that writes nothing;
// `--only=hits,misses`: some of its sections.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createResults } from './results.ts'
import { runSection } from './run-section.ts'
import { SECTIONS } from './sections.ts'
import { writeResults } from './write-results.ts'

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length)
const isQuick = process.argv.includes('--quick') || only !== undefined
const names = only?.split(',') ?? Object.keys(SECTIONS)

const start = performance.now()
const results = createResults()
// A failed assertion is an error here, and ends the run.
const [guarantees] = (await once(new Worker(new URL('guarantees-worker.ts', import.meta.url)), 'message')) as [string[]]
for (const name of names) {
  const began = performance.now()
  const { figures, details, isValid } = await runSection(name, isQuick)
  Object.assign(results.figures, figures)
  Object.assign(results.details, details)
  results.isValid &&= isValid
  console.log(`${name.padEnd(9)} ${((performance.now() - began) / 1_000).toFixed(1)} s`)
}
console.log(writeResults({ results, guarantees, seconds: (performance.now() - start) / 1_000, isQuick }))
