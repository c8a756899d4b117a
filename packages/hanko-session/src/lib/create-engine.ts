import type { DecisionLog, Logger } from './decision-log.ts'
import { createMemory, type Memory } from './cache/memory.ts'
import { ageOfEntry, createSessionMemory } from './cache/session-memory.ts'
import { createHankoClient, type HankoClient } from './http/hanko-client.ts'
import type { FleetAnswer } from './fleet/create-fleet.ts'
import { createClosing } from './http/closing.ts'
import { startDeadline } from './http/deadline.ts'
import { ageOf } from './instant.ts'
import { createKeySet, type KeySet, type KeySetEvent } from './jwks/create-key-set.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { Settings } from './options.ts'
import { createRunInBackground } from './run-in-background.ts'
import { type Bounded, createBounded } from './verify/bounded.ts'
import { createFly, type FlyParts } from './verify/fly.ts'
import type { Fly } from './verify/flights.ts'
import { createProbe } from './verify/probe.ts'
import { type AskHanko, createAskHanko, createPeekHanko } from './verify/remote.ts'
import { createToSubject } from './verify/to-subject.ts'
import { createCheckWatched } from './watch/create-check-watched.ts'
import { createWatchRoom, type WatchRoom } from './watch/create-watch-room.ts'

/** Everything that belongs to one API URL. Nothing of it is shared with another. */
export interface Engine {
  readonly sessions: Bounded
  readonly room: WatchRoom
  readonly ledger: Ledger
  readonly memory: Memory
  readonly keys: KeySet
  readonly client: HankoClient
  close(): void
}

const KEY_EVENTS: Record<KeySetEvent, [keyof Logger, string]> = {
  private_key: ['warn', 'Hanko publishes a private key: whoever read it can sign tokens'],
  refresh_failed: ['warn', 'the keys of Hanko could not be refreshed; the last good set is used meanwhile'],
  lapsed: ['error', 'the keys of Hanko could not be refreshed for too long, and are used no longer'],
}

/** @param ledger of an engine for the same Hanko that was closed; @default a new one */
export function createEngine(
  settings: Settings,
  log: DecisionLog,
  ledger: Ledger = createLedger(settings, log),
): Engine {
  const { clock, maxStaleness, staleIfError, limits } = settings
  const { tombstones, nextOrder, fleet } = ledger
  const closing = createClosing()
  const runInBackground = createRunInBackground(settings.waitUntil)

  const client = createHankoClient(settings)
  const keys = createKeySet({
    fetchKeys: (options) => client.fetchKeys(options),
    clock,
    clockSkew: settings.clockSkew,
    deadline: settings.deadline,
    limits,
    joinRequests: settings.joinRequests,
    startDeadline,
    runInBackground,
    onEvent: (event) => log.note(...KEY_EVENTS[event]),
  })
  const memory = createMemory(settings.maxSessions, (entry) => {
    return clock.now() >= entry.expiresAt * 1_000 || ageOfEntry(entry, clock) > maxStaleness + staleIfError
  })
  const probe = createProbe({
    client,
    keys,
    clock,
    joinRequests: settings.joinRequests,
    timeout: limits.attemptTimeout,
    closing,
  })
  const sessionMemory = createSessionMemory(settings, memory, tombstones, keys, nextOrder)
  const askHanko = createAskHanko(client, probe)
  const room = createWatchRoom({
    settings,
    tombstones,
    keys,
    check: (subject) => checkWatched(subject),
    runInBackground,
  })
  const flyBy = (ask: AskHanko, isEnough: FlyParts['isEnough']): Fly =>
    createFly({
      settings,
      askHanko: ask,
      memory: sessionMemory,
      ledger,
      isEnough,
      onConfirmed: (subject, landed) => room.confirm(subject, landed),
    })
  // What a stream is checked with serves it for a while, or the next check would be due at once.
  const isNews = ({ sentAt }: FleetAnswer): boolean => ageOf(sentAt, clock) <= maxStaleness / 3
  const checkWatched = createCheckWatched(settings, keys, flyBy(createPeekHanko(client, askHanko), isNews))
  const sessions = createBounded({
    settings,
    memory: sessionMemory,
    keys,
    toSubject: createToSubject(keys, settings),
    fly: flyBy(askHanko, sessionMemory.isEnough),
    ledger,
    runInBackground,
  })
  const stopListening = fleet?.listen(() => sessionMemory.forget())
  return {
    sessions,
    room,
    ledger,
    memory,
    keys,
    client,
    close() {
      closing.close()
      stopListening?.()
      room.close()
      client.close()
      keys.close()
    },
  }
}
