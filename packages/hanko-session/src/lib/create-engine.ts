import type { DecisionLog } from './decision-log.ts'
import { createMemory, type Memory } from './cache/memory.ts'
import { createTombstones, type Tombstones } from './cache/tombstones.ts'
import { createHankoClient, type HankoClient } from './http/hanko-client.ts'
import { DEFAULT_LIMITS } from './http/client-limits.ts'
import { startDeadline } from './http/deadline.ts'
import { ageOf } from './instant.ts'
import { createKeySet, type KeySet } from './jwks/create-key-set.ts'
import type { Settings } from './options.ts'
import { type Bounded, createBounded } from './verify/bounded.ts'
import { createProbe } from './verify/probe.ts'
import { createAskHanko } from './verify/remote.ts'
import { createToSubject } from './verify/to-subject.ts'

/** Everything that belongs to one API URL. Nothing of it is shared with another. */
export interface Engine {
  readonly sessions: Bounded
  readonly tombstones: Tombstones
  readonly memory: Memory
  readonly keys: KeySet
  readonly client: HankoClient
  close(): void
}

/** Tombstones outlive every answer that was obtained before them, by this much, in milliseconds. */
const TOMBSTONE_MARGIN = 60_000
const MAX_TOMBSTONES = 100_000

export function createEngine(settings: Settings, log: DecisionLog): Engine {
  const { clock, maxStaleness, staleIfError, deadline } = settings
  let calls = 0
  const nextOrder = (): number => ++calls
  const closing = new AbortController()
  const runInBackground = (work: Promise<unknown>): void => {
    const quiet = work.catch(() => {})
    settings.waitUntil?.(quiet)
  }

  const client = createHankoClient({ ...settings, limits: DEFAULT_LIMITS })
  const keys = createKeySet({
    fetchKeys: (options) => client.fetchKeys(options),
    clock,
    clockSkew: settings.clockSkew,
    startDeadline,
    runInBackground,
    onEvent: (event) => {
      if (event === 'private_key') log.note('warn', 'Hanko publishes a private key: whoever read it can sign tokens')
    },
  })
  const tombstones = createTombstones({
    clock,
    life: maxStaleness + staleIfError + 2 * deadline + TOMBSTONE_MARGIN,
    capacity: MAX_TOMBSTONES,
    nextOrder,
  })
  const memory = createMemory(settings.maxSessions, (entry) => {
    const age = ageOf({ wall: entry.confirmedWall, monotonic: entry.confirmedMonotonic }, clock)
    return clock.now() >= entry.expiresAt * 1_000 || age > maxStaleness + staleIfError
  })
  const probe = createProbe({ client, clock, timeout: DEFAULT_LIMITS.attemptTimeout, closed: closing.signal })
  const sessions = createBounded({
    settings,
    memory,
    tombstones,
    keys,
    toSubject: createToSubject(keys, settings),
    askHanko: createAskHanko(client, probe),
    nextOrder,
    runInBackground,
  })
  return {
    sessions,
    tombstones,
    memory,
    keys,
    client,
    close() {
      closing.abort()
      client.close()
      keys.close()
    },
  }
}
