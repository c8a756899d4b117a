import type { SharedStore } from 'hanko-session'
import { createRedisStore } from 'hanko-session-redis'
import type { Redis } from 'ioredis'
import { median } from './measure.ts'
import type { Results } from './results.ts'

const COUNT = 2_000
const LIFE = 3_600_000
const SCOPE = 'S'.repeat(43)

/** What a session and a revocation cost in Redis: `redis.bytes.*`, as Redis itself counts them. */
export async function measureBytes(client: Redis, results: Results): Promise<void> {
  for (const [name, options] of [
    ['plain', {}],
    ['signed', { secret: 'a secret that all nodes of the fleet share' }],
  ] as const) {
    await client.flushall()
    const store = createRedisStore({ client, ...options })
    await fill(store)
    const sizes = new Map<string, number[]>()
    for (const key of await client.keys('*')) {
      const kind = key.split(':').at(-1) ?? ''
      const bytes = Number(await client.call('MEMORY', 'USAGE', key))
      sizes.set(kind, [...(sizes.get(kind) ?? []), bytes])
    }
    for (const [kind, label] of [
      ['c', 'answer'],
      ['t', 'endedSession'],
      ['u', 'endedUser'],
    ] as const)
      results.details[`redis.bytes.${label}.${name}`] = median(sizes.get(kind) ?? [])
    const [bus = 0] = sizes.get('bus') ?? []
    results.details[`redis.bytes.message.${name}`] = bus / (2 * COUNT)
  }
}

async function fill(store: SharedStore): Promise<void> {
  const { signal } = new AbortController()
  const expiresAt = Math.floor((Date.now() + LIFE) / 1_000)
  for (let made = 0; made < COUNT; made++) {
    const session = { scope: SCOPE, sessionId: crypto.randomUUID(), userId: crypto.randomUUID() }
    const { now } = await store.read(session, { signal, lease: 1_000 })
    await store.confirm(session, { at: now, touchedAt: now }, { keepFor: LIFE, signal })
    const { sessionId, userId } = { sessionId: crypto.randomUUID(), userId: crypto.randomUUID() }
    await store.revoke({ scope: SCOPE, sessionId, expiresAt }, { keepFor: LIFE, signal })
    await store.revoke(
      { scope: SCOPE, userId, refuseBefore: expiresAt, askUntil: expiresAt },
      { keepFor: LIFE, signal },
    )
  }
}

/** The scripts that Redis has run since its start, and how long they took it, by its own account. */
export function readScripts(info: unknown): { calls: number; microseconds: number } {
  const [, calls = '0', microseconds = '0'] = /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(String(info)) ?? []
  return { calls: Number(calls), microseconds: Number(microseconds) }
}
