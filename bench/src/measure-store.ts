import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createRedisStore } from 'hanko-session-redis'
import { Redis } from 'ioredis'
import { startRedisServer } from '../../e2e/fleet/redis-server.ts'
import type { BenchContext } from './bench-context.ts'
import { measureQuietly } from './measure.ts'
import { measureBytes, readScripts } from './redis-costs.ts'

const SESSIONS = 1_024
/** As many requests as a busy server has under way. */
const AT_ONCE = 50
const SECRET = 'a secret that all nodes of the fleet share'

/** `redis.hitVsPost`: what a node asks the store, next to what it would ask Hanko. Both are on this machine. */
export async function measureStore({ peers, tokens, rounds, results }: BenchContext): Promise<void> {
  const hanko = await startHanko()
  const redis = await startRedisServer()
  const client = new Redis({ port: redis.port, host: '127.0.0.1' })
  try {
    const plain = await createRead(client)
    const signed = await createRead(client, SECRET)
    assert.equal(await hanko.post(), true)

    const one = await measureQuietly({ common, base: plain, other: hanko.post }, rounds)
    results.control('redis.hitVsPost', one)
    results.atLeast('redis.hitVsPost', 8, one.value)
    const { calls, microseconds } = readScripts(await client.info('commandstats'))
    results.details['redis.usPerScript'] = microseconds / calls
    const few = Math.min(rounds, 24)
    let at = 0
    const postAtOnce = (): Promise<boolean> => peers.post(tokens[at++ % tokens.length] as string)
    for (const [name, base, other] of [
      ['redis.hitVsPost.withSecret', signed, hanko.post],
      ['redis.hitVsPost.50atOnce', together(plain), together(hanko.post)],
      ['redis.hitVsPost.answeringAtOnce', plain, postAtOnce],
    ] as const) {
      const ratio = await measureQuietly({ common, base, other }, few)
      results.details[name] = ratio.value
      results.details[`${name}.ns`] = ratio.baseNs
    }
    await measureBytes(client, results)
  } finally {
    client.disconnect()
    hanko.close()
    await redis.close()
  }
}

const common = (): Promise<void> => Promise.resolve()
const together = (work: () => Promise<unknown>) => (): Promise<unknown> =>
  Promise.all(Array.from({ length: AT_ONCE }, work))

/** A look-up of sessions that are confirmed. */
async function createRead(client: Redis, secret?: string): Promise<() => Promise<unknown>> {
  const store = createRedisStore({ client, ...(secret === undefined ? {} : { secret, prefix: 'signed' }) })
  const { signal } = new AbortController()
  const sessions = Array.from({ length: SESSIONS }, () => ({
    scope: 'S'.repeat(43),
    sessionId: crypto.randomUUID(),
    userId: crypto.randomUUID(),
  }))
  for (const session of sessions) {
    const { now } = await store.read(session, { signal, lease: 1_000 })
    await store.confirm(session, { at: now, touchedAt: now }, { keepFor: 3_600_000, signal })
    assert.ok((await store.read(session, { signal })).answer !== undefined)
  }
  let at = 0
  return () => store.read(sessions[at++ % SESSIONS] as (typeof sessions)[number], { signal })
}

async function startHanko(): Promise<{ readonly post: () => Promise<boolean>; close(): void }> {
  const child = fork(new URL('emulated-hanko.ts', import.meta.url), {
    execArgv: ['--conditions=@hanko-session/source'],
  })
  const [{ url, tokens }] = (await once(child, 'message')) as [{ url: string; tokens: string[] }]
  let at = 0
  return {
    close: () => child.disconnect(),
    async post() {
      const response = await fetch(`${url}/sessions/validate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ session_token: tokens[at++ % tokens.length] }),
      })
      return ((await response.json()) as { is_valid: boolean }).is_valid
    },
  }
}
