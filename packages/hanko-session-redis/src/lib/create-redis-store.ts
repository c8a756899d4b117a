import type { SharedRevocation, SharedStore, StoreListener } from 'hanko-session'
import { listenToBus } from './create-bus.ts'
import { createKeys } from './keys.ts'
import {
  mergeUserTimes,
  readAnswer,
  readRevocation,
  readUserTimes,
  writeAnswer,
  writeRevocation,
  writeUserTimes,
} from './records.ts'
import type { RedisClient } from './redis-client.ts'
import { createRunScript } from './run-script.ts'
import { createSeal } from './seal.ts'
import { CONFIRM, END_SESSION, END_USER, PUBLISH, READ, READ_USER, RELEASE } from './scripts.ts'
import { toConnection } from './to-connection.ts'

export interface RedisStoreOptions {
  /**
   * Your own client, of ioredis or node-redis, for one server or a cluster. It stays yours: nothing here closes it. One
   * more connection like it is opened to listen, for as long as a validator that uses the store is open.
   */
  client: RedisClient
  /**
   * Signs all that is written, so that what others write to this Redis is not believed. At least 32 characters, and the
   * same in all processes that share.
   * @default none: whoever can write to this Redis can keep a session alive for longer than the bound
   */
  secret?: string
  /**
   * What all keys begin with.
   * @default 'hanko-session'
   */
  prefix?: string
}

/** Messages that are kept for those who were away, and for how long after the last one, in milliseconds. */
const [BUS_LENGTH, BUS_LIFE] = ['10000', '604800000']
/** Processes that revoke the same user at once take turns. */
const MAX_TRIES = 10

/**
 * The shared store of a fleet, in Redis >= 6.2 or Valkey.
 *
 * @example
 * ```ts
 * import { createSessionValidator } from 'hanko-session'
 * import { createRedisStore } from 'hanko-session-redis'
 * import { Redis } from 'ioredis'
 *
 * const store = createRedisStore({ client: new Redis('redis://localhost:6379'), secret: process.env['STORE_SECRET'] ?? '' })
 * export const hanko = createSessionValidator({ store })
 * ```
 *
 * @throws {TypeError} that names the option, when an option is missing, unknown or out of range
 */
export function createRedisStore(options: RedisStoreOptions): SharedStore {
  const { client, secret, prefix = 'hanko-session', ...others } = options
  for (const name of Object.keys(others)) throw new TypeError(`${name} is not an option of createRedisStore`)
  if ('secret' in options && (typeof secret !== 'string' || secret.length < 32))
    throw new TypeError('secret must have at least 32 characters: give it a value, or leave it out')
  if (typeof prefix !== 'string' || !/^[^{}\s]{1,100}$/.test(prefix))
    throw new TypeError('prefix must have 1 to 100 characters, without braces and white space')
  const connection = toConnection(client)
  const run = createRunScript(connection)
  const keys = createKeys(prefix)
  const seal = createSeal(secret)
  const holder = crypto.randomUUID()

  const answerOf = (scope: string, sessionId: string, userId: string): string => `c|${scope}|${sessionId}|${userId}`
  const tombstoneOf = (scope: string, sessionId: string): string => `t|${scope}|${sessionId}`
  const userOf = (scope: string, userId: string): string => `u|${scope}|${userId}`

  async function readUser(scope: string, userId: string) {
    const kept = await run(READ_USER, [keys.ofUser(scope, userId)])
    if (typeof kept !== 'string') return undefined
    const end = kept.indexOf('|')
    const at = kept.slice(0, end)
    const text = await seal.open(userOf(scope, userId), kept.slice(end + 1))
    const times = text === undefined ? undefined : readUserTimes(text)
    return { kept, revoked: times && /^\d{1,16}$/.test(at) ? { ...times, at: Number(at) } : undefined }
  }

  async function endUser(revocation: Extract<SharedRevocation, { userId: string }>, keepFor: string): Promise<void> {
    const { scope, userId } = revocation
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const known = await readUser(scope, userId)
      const times = mergeUserTimes(revocation, known?.revoked)
      const value = await seal.sign(userOf(scope, userId), writeUserTimes(times))
      if ((await run(END_USER, [keys.ofUser(scope, userId)], [known?.kept ?? '', value, keepFor])) === 1) return
    }
    throw new Error('others revoke the same user without end')
  }

  const listeners = new Map<string, Set<StoreListener>>()
  let hasBegun = false
  let stop: (() => void) | undefined

  const bus = {
    async onMessage(sealed: string) {
      const text = await seal.open('b', sealed)
      const revocation = text === undefined ? undefined : readRevocation(text)
      if (revocation === undefined) return
      for (const listener of listeners.get(revocation.scope) ?? []) listener.revoked(revocation)
    },
    onMissed() {
      hasBegun = true
      for (const all of listeners.values()) for (const listener of all) listener.missed()
    },
  }

  return Object.freeze<SharedStore>({
    async read({ scope, sessionId, userId }, { lease }) {
      const { answer, tombstone, lease: leaseKey } = keys.ofSession(scope, sessionId)
      const args = [lease === undefined ? '' : toWhole(lease), holder]
      const [session, user] = await Promise.all([
        run(READ, [answer, tombstone, leaseKey], args),
        readUser(scope, userId),
      ])
      const [now, sealedAnswer, sealedEnd, leased] = session as unknown[]
      const [text, end] = await Promise.all([
        typeof sealedAnswer === 'string' ? seal.open(answerOf(scope, sessionId, userId), sealedAnswer) : undefined,
        typeof sealedEnd === 'string' ? seal.open(tombstoneOf(scope, sessionId), sealedEnd) : undefined,
      ])
      const known = text === undefined ? undefined : readAnswer(text)
      const isSane = known !== undefined && known.at <= Number(now)
      return {
        now: Number(now),
        hasEnded: end !== undefined,
        hasLease: leased === 1,
        ...(isSane ? { answer: known } : {}),
        ...(user?.revoked === undefined ? {} : { userRevoked: user.revoked }),
      }
    },
    async confirm({ scope, sessionId, userId }, given, { keepFor }) {
      const { answer, tombstone, lease } = keys.ofSession(scope, sessionId)
      const value = await seal.sign(answerOf(scope, sessionId, userId), writeAnswer(given))
      const args = [value, toWhole(given.at), toWhole(keepFor), holder]
      return { now: Number(await run(CONFIRM, [answer, tombstone, lease], args)) }
    },
    async release({ scope, sessionId }) {
      await run(RELEASE, [keys.ofSession(scope, sessionId).lease], [holder])
    },
    async revoke(revocation, { keepFor }) {
      const life = toWhole(Math.max(keepFor, 1))
      if ('sessionId' in revocation) {
        const { scope, sessionId } = revocation
        const { tombstone, answer } = keys.ofSession(scope, sessionId)
        await run(END_SESSION, [tombstone, answer], [await seal.sign(tombstoneOf(scope, sessionId), 'ended'), life])
      } else await endUser(revocation, life)
      // Whoever hears of it finds the tombstone.
      await run(PUBLISH, [keys.bus], [await seal.sign('b', writeRevocation(revocation)), BUS_LENGTH, BUS_LIFE])
    },
    subscribe(scope, listener) {
      const all = listeners.get(scope) ?? new Set()
      listeners.set(scope, all.add(listener))
      stop ??= listenToBus(connection, keys.bus, bus)
      // It is listening already: for this one, telling begins now.
      if (hasBegun) queueMicrotask(() => all.has(listener) && listener.missed())
      return () => {
        all.delete(listener)
        if (all.size === 0 && listeners.get(scope) === all) listeners.delete(scope)
        if (listeners.size > 0) return
        stop?.()
        stop = undefined
        hasBegun = false
      }
    },
  })
}

const toWhole = (value: number): string => Math.floor(value).toFixed(0)
