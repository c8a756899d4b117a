// One section, in a process of its own: a heap of 100,000 sessions, and call sites that have seen every peer, would
// weigh on what is measured after them.
import { createBenchContext } from './bench-context.ts'
import { createResults } from './results.ts'
import { SECTIONS } from './sections.ts'

const [name = '', pace] = process.argv.slice(2)
const measure = SECTIONS[name]
if (measure === undefined) throw new Error(`No section ${name}: there are ${Object.keys(SECTIONS).join(', ')}`)
const results = createResults()
const context = await createBenchContext(pace === 'quick', results)
await measure(context)
context.close()
const { figures, details, isValid } = results
process.send?.({ figures, details, isValid })
process.disconnect()
