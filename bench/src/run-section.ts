import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Results } from './results.ts'

/** What a section found. */
export type Found = Pick<Results, 'figures' | 'details' | 'isValid'>

/** Runs a section in a process of its own. An assertion that fails there fails here. */
export async function runSection(name: string, isQuick: boolean): Promise<Found> {
  const child = fork(fileURLToPath(new URL('section-process.ts', import.meta.url)), [name, isQuick ? 'quick' : 'full'])
  let found: Found | undefined
  child.once('message', (message) => (found = message as Found))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0 || found === undefined) throw new Error(`The section ${name} failed`)
  return found
}
