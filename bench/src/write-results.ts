import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Results, round } from './results.ts'

const FOLDER = new URL('../results/', import.meta.url)
/** Exact on a noisy machine too: they count even when a run's times are not valid. */
const EXACT = new Set([
  'hit.promises',
  'hit.bytes',
  'herd.same.calls',
  'trpc.batch10.validations',
  'yoga.batch10.validations',
  'size.coreGzip',
  'size.trpcGzip',
  'size.yogaGzip',
  'redis.tokensFound',
])

export interface Run {
  readonly results: Results
  readonly guarantees: readonly string[]
  readonly seconds: number
  readonly isQuick: boolean
}

/** Writes the figures as JSON and as a table; gives the table. A quick run leaves the committed files alone. */
export function writeResults({ results, guarantees, seconds, isQuick }: Run): string {
  const { figures, details, isValid } = results
  const facts = {
    valid: isValid,
    quick: isQuick,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    seconds: Math.round(seconds),
    asserted: guarantees,
  }
  const rows = Object.entries(figures).map(([name, { value, goal, ok }]) => {
    const isMost = AT_MOST.test(name)
    const verdict = ok ? 'met' : isValid || EXACT.has(name) ? '**not met**' : 'not met, times not valid'
    return `| \`${name}\` | ${value} | ${isMost ? 'at most' : 'at least'} ${goal} | ${verdict} |`
  })
  const table = [
    `Measured on ${facts.date} with Node ${facts.node} on ${facts.cpu}, in ${facts.seconds} s; times are ${isValid ? 'valid' : 'not valid: the control was not quiet'}.`,
    `Asserted first: ${guarantees.join(', ')}.`,
    '',
    '| what | value | goal | |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
  const rounded: [string, number | string][] = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === 'number' ? round(value) : value,
  ])
  const json = JSON.stringify({ ...facts, ...figures, details: Object.fromEntries<number | string>(rounded) }, null, 2)
  if (!isQuick) {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(fileURLToPath(new URL('latest.json', FOLDER)), `${json}\n`)
    writeFileSync(fileURLToPath(new URL('latest.md', FOLDER)), table)
  }
  return isQuick ? `${table}\n${json}` : table
}

const AT_MOST =
  /^(?:hit\.(?:vsReference|promises|bytes)|herd\.same\.|memory\.|size\.|start\.|trpc\.(?:protected|batch)|yoga\.batch10\.|fleet\.|redis\.tokensFound)/
