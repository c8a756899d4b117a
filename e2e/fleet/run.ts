// A fleet of four processes behind one Redis and one Hanko, with everything going wrong that may; every answer is
// judged. FLEET_SECONDS: how long (150). FLEET_SEED: the same again. FLEET_BREAK=bound|deaf: a node that must be caught.
import { writeFileSync } from 'node:fs'
import { type Fleet, type FleetOptions, startFleet } from './fleet.ts'
import { createRandom } from './random.ts'
import { runStorm } from './storm.ts'
import { makeTraffic } from './traffic.ts'
import { makeTrouble } from './troubles.ts'
import type { Answer } from './world.ts'

const SECONDS = Number(process.env['FLEET_SECONDS'] ?? 150)
const SEED = Number(process.env['FLEET_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const BROKEN = process.env['FLEET_BREAK'] as FleetOptions['broken']
const IS_ALONE = process.env['FLEET_ALONE'] === '1'
const RECORD = process.env['FLEET_RECORD']
/** Of which the storm of webhooks takes this. */
const STORM_SECONDS = Number(process.env['FLEET_STORM_SECONDS'] ?? (SECONDS < 120 || BROKEN !== undefined ? 0 : 60))
const HOUR = 3_600_000

/** One life after the other: what differs between them cannot be had at once. */
const LIVES: readonly Omit<FleetOptions, 'random'>[] = [
  { bound: 3_000, lifespan: 12 * HOUR, clockOffset: HOUR },
  { bound: 3_000, lifespan: 12 * HOUR, idleTimeout: 12_000, clockOffset: -HOUR },
  { bound: 4_000, lifespan: 25_000, clockOffset: HOUR },
]
const LIFE_SECONDS = Math.max(20, Math.min(60, (SECONDS - STORM_SECONDS) / LIVES.length))

const random = createRandom(SEED)
const totals = { answers: 0, violations: 0, forbidding: 0 }
const tally = new Map<string, number>()
const count = (what: string, by = 1): void => void tally.set(what, (tally.get(what) ?? 0) + by)

function report(fleet: Fleet, answer: Answer, violation: string): void {
  totals.violations++
  if (totals.violations > 20) return
  const { world } = fleet
  const facts = world.sessions[answer.sessionId]
  const rel = (time: number | undefined): string => (time === undefined ? '-' : `${Math.round(time - answer.start)} ms`)
  console.log(`VIOLATION ${answer.node}${answer.isFresh ? ', fresh' : ''}: ${violation}`)
  console.log(
    `  took ${rel(answer.end)}; doomed ${rel(facts?.doomedAt)}, ended ${rel(facts?.endedAt)}, used ${rel(facts?.lastUsed)}, exp ${rel(facts?.expiresAt)}`,
  )
  for (const { of, what, nodes, from, until } of world.troubles.slice(-4))
    console.log(`  ${of} ${what} (${nodes.join(' ')}) ${rel(from)} to ${rel(until)}`)
  for (const each of world.acknowledged.filter(({ sessionIds }) => sessionIds.includes(answer.sessionId)))
    console.log(`  acknowledged by ${each.by} ${rel(each.at)}`)
  if (RECORD !== undefined && totals.violations === 1) record(RECORD, fleet, answer)
}

/** One case for the test of the judge: the answer, and what it is judged by. */
function record(file: string, { world }: Fleet, answer: Answer): void {
  const { [answer.sessionId]: session } = world.sessions
  const acknowledged = world.acknowledged.filter(({ sessionIds }) => sessionIds.includes(answer.sessionId))
  const kept = { ...world, sessions: { [answer.sessionId]: session }, acknowledged }
  writeFileSync(file, `${JSON.stringify({ world: kept, answer }, null, 2)}\n`)
}

async function live(options: Omit<FleetOptions, 'random'>, seconds: number): Promise<void> {
  const fleet = await startFleet({
    ...options,
    random,
    isAlone: IS_ALONE,
    ...(BROKEN === undefined ? {} : { broken: BROKEN }),
  })
  try {
    for (let user = 0; user < 12; user++) await fleet.signIn()
    const traffic = makeTraffic(fleet, random, (answer, { violation, excuse, forbidding }) => {
      totals.answers++
      totals.forbidding += forbidding
      count(excuse === undefined ? answer.status : `${answer.status}, excused (${excuse})`)
      if (violation !== undefined) report(fleet, answer, violation)
    })
    const trouble = makeTrouble(fleet, random)
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
    await trouble.stop()
    await traffic.stop()
    for (const [what, times] of trouble.happened) count(`trouble: ${what}`, times)
    for (const [what, times] of Object.entries(fleet.counts)) count(`webhooks and requests: ${what}`, times)
  } finally {
    await fleet.close()
  }
}

console.log(`fleet: seed ${SEED}, ${SECONDS} s`)
const began = performance.now()
if (STORM_SECONDS > 0) {
  for (const wrong of await runStorm(STORM_SECONDS, IS_ALONE)) {
    totals.violations++
    if (totals.violations <= 20) console.log(`VIOLATION ${wrong}`)
  }
}
// A storm that takes a slow machine longer takes it from the lives, but not all of it.
const end = Math.max(began + SECONDS * 1_000, performance.now() + 400 * (SECONDS - STORM_SECONDS))
for (let life = 0; performance.now() < end - 5_000; life++) {
  const left = (end - performance.now()) / 1_000
  await live(LIVES[life % LIVES.length] as (typeof LIVES)[number], Math.min(LIFE_SECONDS, left))
}
for (const [what, times] of [...tally].toSorted(([a], [b]) => a.localeCompare(b)))
  console.log(`  ${String(times).padStart(7)} ${what}`)
console.log(`  ${String(totals.forbidding).padStart(7)} answers that an acknowledged revocation forbade to accept`)
console.log(`fleet: ${totals.answers} answers judged, ${totals.violations} violations`)
process.exitCode = totals.violations > 0 || totals.answers === 0 ? 1 : 0
