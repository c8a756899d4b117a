import assert from 'node:assert/strict'
import { type Fleet, type FleetSession, startFleet } from '../../e2e/fleet/fleet.ts'
import { createRandom } from '../../e2e/fleet/random.ts'
import type { BenchContext } from './bench-context.ts'
import { findTokens } from './find-tokens.ts'
import { median } from './measure.ts'
import { readScripts } from './redis-costs.ts'

const BOUND = 2_000
const SESSIONS = 10
/** Each session is used at each node about this often, in milliseconds. */
const EVERY = 150

/** `fleet.*` and `redis.tokensFound`: four processes that share a Redis, as in the fleet test; nothing goes wrong. */
export async function measureFleet({ isQuick, results }: BenchContext): Promise<void> {
  const options = { lifespan: 3_600_000, clockOffset: 0, random: createRandom(1) }
  const bounds = isQuick ? 6 : 22
  const fleet = await startFleet({ ...options, bound: BOUND })
  try {
    const { calls, scripts, errors } = await countQuietly(fleet, bounds)
    results.details['fleet.bounds'] = bounds
    results.atMost('fleet.callsPerSessionPerBound', 1.6, calls)
    results.details['fleet.redisScriptsPerSessionPerBound'] = scripts
    results.details['fleet.storeErrors'] = errors

    const lags = await measureLags(fleet, isQuick ? 20 : 300)
    results.details['fleet.revocationLagMs.p50'] = median(lags)
    results.atMost('fleet.revocationLagMs.p99', 50, lags.toSorted((a, b) => a - b)[Math.floor(lags.length * 0.99)] ?? 0)
    results.atMost('redis.tokensFound', 0, await findTokens(fleet.redis, fleet.sessions))
  } finally {
    await fleet.close()
  }

  const alone = await startFleet({ ...options, bound: BOUND, isAlone: true })
  try {
    results.details['fleet.callsPerSessionPerBound.withoutRedis'] = await countCalls(alone, isQuick ? 4 : 8)
  } finally {
    await alone.close()
  }
}

/**
 * On a machine that is busy the store is too slow at times, and a node goes on alone: then it is counted again, three
 * times at most.
 */
async function countQuietly(fleet: Fleet, bounds: number) {
  for (let attempt = 1; ; attempt++) {
    const before = await readCounters(fleet)
    const calls = await countCalls(fleet, bounds)
    const after = await readCounters(fleet)
    const errors = after.errors - before.errors
    const scripts = (after.scripts - before.scripts) / SESSIONS / (bounds + 1)
    if (errors === 0 || attempt === 3) return { calls, scripts, errors }
  }
}

/** How often Hanko is asked about a session that is in use at all nodes, within a bound. */
async function countCalls(fleet: Fleet, bounds: number): Promise<number> {
  const sessions: FleetSession[] = []
  while (sessions.length < SESSIONS) sessions.push(await fleet.signIn())
  // The first answers and the keys are the start, not the course.
  await use(fleet, sessions, BOUND)
  for (const session of sessions) session.calls = 0
  await use(fleet, sessions, bounds * BOUND)
  return sessions.reduce((sum, session) => sum + session.calls, 0) / SESSIONS / bounds
}

async function use({ nodes, ask, now }: Fleet, sessions: readonly FleetSession[], duration: number): Promise<void> {
  const end = now() + duration
  const users = nodes.flatMap((node) =>
    sessions.map(async (session) => {
      while (now() < end) {
        // On a busy machine one may come too late; none is signed out.
        assert.notEqual((await ask(node, session))?.status, 'unauthenticated')
        await new Promise((resolve) => setTimeout(resolve, EVERY * (0.5 + Math.random())))
      }
    }),
  )
  await Promise.all(users)
}

async function readCounters({ nodes, redis }: Fleet): Promise<{ scripts: number; errors: number }> {
  let errors = 0
  for (const node of nodes) {
    const { store } = JSON.parse((await node.send('/stats')).text) as { store: { errors: number } }
    errors += store.errors
  }
  return { scripts: readScripts(await redis.command('INFO', 'commandstats')).calls, errors }
}

/**
 * From before a webhook is sent to one node until the last of them has refused. Hanko goes on to call the session live, so that
 * nothing but the webhook can be the cause.
 */
async function measureLags(fleet: Fleet, count: number): Promise<number[]> {
  const { nodes, hanko, ask, now } = fleet
  const lags: number[] = []
  for (let at = 0; at < count; at++) {
    const session = await fleet.signIn()
    for (const node of nodes) assert.equal((await ask(node, session))?.status, 'authenticated')
    const event = 'session.delete.explicit.logout'
    const token = await hanko.webhooks.token(event, { id: session.facts.sessionId })
    const headers = { 'content-type': 'application/json' }
    const since = now()
    const sent = nodes[at % nodes.length]?.send('/hooks', headers, JSON.stringify({ token, event }))
    await Promise.all(
      nodes.map(async (node) => {
        while ((await ask(node, session))?.status === 'authenticated') assert.ok(now() - since < 1_000)
      }),
    )
    lags.push(now() - since)
    assert.equal((await sent)?.status, 200)
  }
  return lags
}
