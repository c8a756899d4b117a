import { createRedisStore, type RedisStoreOptions } from 'hanko-session-redis'
import type { SessionValidator, SharedStore } from 'hanko-session'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RedisServer, startRedis } from '../../packages/hanko-session-redis/test/start-redis.ts'
import { createStage, type Stage } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)
const LIVE = { status: 'authenticated' }
const REVOKED = { reason: 'revoked' }
/** A machine that is busy with other tests is no Redis that is down. */
const limits = { storeTimeout: 2_000 }
const SECRET = 'the secret of the fleet: 32 characters'

let server: RedisServer
let raw: Redis
let stage: Stage
let clients: Redis[]
let nodes: SessionValidator[]

beforeAll(async () => {
  server = await startRedis()
  raw = connect()
})
afterAll(async () => {
  raw.disconnect()
  await server.kill()
})
beforeEach(async () => {
  clients = []
  nodes = []
  stage = await createStage()
  await raw.call('FLUSHALL')
})
afterEach(() => {
  for (const node of nodes) node.close()
  for (const client of clients) client.disconnect()
})

function connect(port = server.port): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 })
  client.on('error', () => {})
  return client
}

function openStore(options: Partial<RedisStoreOptions> = {}, port?: number): SharedStore {
  const client = connect(port)
  clients.push(client)
  return createRedisStore({ client, ...options })
}

type Options = Parameters<Stage['warm']>[0]

/** A node of the fleet that hears what is revoked. */
async function join(options: Options = {}, store = openStore()): Promise<SessionValidator> {
  let hasBegun = false
  const listening: SharedStore = {
    ...store,
    subscribe: (scope, listener) =>
      store.subscribe(scope, {
        revoked: (revocation) => listener.revoked(revocation),
        missed() {
          hasBegun = true
          listener.missed()
        },
      }),
  }
  const node = await stage.warm({ store: listening, limits, ...options })
  nodes.push(node)
  await vi.waitFor(() => expect(hasBegun).toBe(true), { timeout: 10_000 })
  return node
}

/** Everything that stands in Redis. */
async function dump(): Promise<[key: string, ttl: number, value: string][]> {
  const all: [string, number, string][] = []
  for (const key of (await raw.call('KEYS', '*')) as string[]) {
    const type = String(await raw.call('TYPE', key))
    const value = await raw.call(
      ...((type === 'stream' ? ['XRANGE', key, '-', '+'] : ['GET', key]) as [string, string]),
    )
    all.push([key, Number(await raw.call('PTTL', key)), JSON.stringify(value)])
  }
  return all
}

const keysOf = async (kind: string): Promise<string[]> => (await raw.call('KEYS', `*:${kind}`)) as string[]

describe('Redis: what stands in it', () => {
  attack('A38', async () => {
    const node = await join()
    const [{ token }, other] = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    const before = await dump()
    const [header, payload, signature] = token.split('.')
    for (let count = 0; count < 1_000; count++) {
      const forged = [header, other.token.split('.')[1], `${count}${signature}`.slice(0, signature?.length)].join('.')
      expect(await node.validate(forged)).toMatchObject({ status: 'unauthenticated' })
    }
    await node.validate(`${header}.${payload}.`)
    expect(await dump()).toEqual(before)
    expect(node.stats().store?.calls).toBe(0)
  })

  it('is ids, times and seals, each with an end: no token, no claim, nothing of the user', async () => {
    const node = await join({}, openStore({ secret: SECRET }))
    const { token, sessionId, userId } = await stage.emulator.signIn({ email: 'ada@example.com' })
    const ended = await stage.emulator.signIn({ email: 'ada@example.com' })
    await node.validate(token)
    await node.validate(ended.token)
    node.revoke({ sessionId: ended.sessionId })
    node.revoke({ userId: ended.userId, before: stage.time.now() - 3_600_000 })
    await stage.settled()
    const all = await dump()
    expect(all.map(([key]) => key.split(':').at(-1) ?? '').toSorted((one, other) => one.localeCompare(other))).toEqual([
      'bus',
      'c',
      't',
      'u',
    ])
    for (const [key, ttl, value] of all) {
      expect(ttl).toBeGreaterThan(0)
      const known = [sessionId, userId, ended.sessionId, ended.userId]
      const rest = known.reduce((text, id) => text.replaceAll(id, ''), `${key} ${value}`)
      expect(rest).not.toMatch(/example|@/) // what is shorter a random seal may hold
      for (const part of token.split('.')) expect(rest).not.toContain(part.slice(0, 10))
    }
  })

  attack('A32', async () => {
    const node = await join()
    const [{ token }, other] = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    await node.validate(token)
    await node.validate(other.token)
    await stage.settled()
    // Redis knows both as live; a third token that says it is one of them was signed by nobody.
    expect(await keysOf('c')).toHaveLength(2)
    const [header, , signature] = token.split('.')
    const fresh = await join()
    expect(await fresh.validate([header, other.token.split('.')[1], signature].join('.'))).toMatchObject({
      reason: 'bad_signature',
    })
    expect(fresh.stats().store?.calls).toBe(0)
  })

  it('is not believed when it was written by others, with a secret: poisoned entries are as good as none', async () => {
    const store = openStore({ secret: SECRET })
    const node = await join({}, store)
    const { token, sessionId } = await stage.emulator.signIn()
    await node.validate(token)
    await stage.settled()
    await stage.emulator.endSession(sessionId)
    const [key = ''] = await keysOf('c')
    const sealed = String(await raw.call('GET', key))
    const [, ...rest] = sealed.split('|')
    const now = Date.now()
    for (const poison of [
      [now, ...rest].join('|'),
      `${now}|${now}|-|-`,
      `${now + 1_000_000}|-|-|-`,
      '',
      'x'.repeat(10_000),
      '{"is_valid":true}',
    ]) {
      await raw.call('SET', key, poison, 'PX', '60000')
      const late = await stage.warm({ store: openStore({ secret: SECRET }), limits })
      nodes.push(late)
      expect(await late.validate(token)).toMatchObject(REVOKED)
      await stage.settled()
      await raw.call('DEL', ...(await keysOf('t')))
    }
    // An honest one of another session is no better.
    await raw.call('SET', key, sealed.replace(/^\d+/, String(now)), 'PX', '60000')
    expect(await (await join({}, openStore({ secret: SECRET }))).validate(token)).toMatchObject(REVOKED)
  })

  attack('A36', async () => {
    const node = await join()
    const { token, sessionId } = await stage.emulator.signIn()
    await node.validate(token)
    await stage.settled()
    const [key = ''] = await keysOf('c')
    expect(Number(await raw.call('PTTL', key))).toBeGreaterThan(0)
    await raw.call('PERSIST', key)
    await raw.call('SET', key.replace(/c$/, 'l'), 'somebody') // nor has anybody the right to ask for ever
    await stage.emulator.endSession(sessionId)
    const late = await join()
    expect(await late.validate(token)).toMatchObject(REVOKED)
    expect(late.stats().store?.hits).toBe(0)
  })

  it('is apart for two audiences, two Hankos and two prefixes', async () => {
    const { token } = await stage.emulator.signIn()
    const stores = [{}, { audience: 'localhost' }, { audience: ['localhost', 'b'] }].map(
      (options) => [options, openStore()] as const,
    )
    for (const [options, store] of stores) await (await join(options, store)).validate(token)
    await (await join({}, openStore({ prefix: 'other' }))).validate(token)
    await stage.settled()
    expect(nodes.map((node) => node.stats().store?.hits)).toEqual([0, 0, 0, 0])
    expect(await keysOf('c')).toHaveLength(4)
  })
})

describe('Redis: revocations', () => {
  attack('A21', async () => {
    const [one, other] = [await join(), await join()]
    const { token, sessionId } = await stage.emulator.signIn()
    await one.validate(token)
    await stage.settled()
    expect(await other.validate(token)).toMatchObject(LIVE)
    one.revoke({ sessionId })
    await vi.waitFor(() => expect(other.known(token)).toBeUndefined(), { timeout: 10_000 })
    expect(await other.validate(token)).toMatchObject(REVOKED)
    expect(await (await join()).validate(token)).toMatchObject(REVOKED)
  })

  attack('A34', async () => {
    const deaf = openStore()
    const [one, other] = [
      await join(),
      await join({}, { ...deaf, subscribe: (scope, { missed }) => deaf.subscribe(scope, { revoked() {}, missed }) }),
    ]
    const { token, sessionId } = await stage.emulator.signIn()
    await other.validate(token)
    await stage.emulator.endSession(sessionId)
    one.revoke({ sessionId })
    await stage.settled()
    expect(await other.validate(token)).toMatchObject(LIVE) // nobody told it
    stage.time.pass(30_001)
    expect(await other.validate(token)).toMatchObject(REVOKED)
  })

  attack('A24', async () => {
    const [one, other] = [await join(), await join()]
    const { token, sessionId } = await stage.emulator.signIn()
    await one.validate(token)
    await stage.settled()
    expect(await other.validate(token)).toMatchObject(LIVE)
    await stage.emulator.endSession(sessionId) // and nobody hears of it
    stage.time.pass(30_001)
    await raw.call('DEL', ...(await keysOf('c'))) // as Redis would have by now, by its own clock
    expect(await one.validate(token)).toMatchObject(REVOKED)
    expect(await other.validate(token)).toMatchObject(REVOKED)
  })

  attack('A37', async () => {
    const one = await join()
    const { token, sessionId } = await stage.emulator.signIn()
    stage.time.pass(10_000) // one that is 10 s behind would take it for one of the future
    await one.validate(token)
    await stage.settled()
    await stage.emulator.endSession(sessionId)
    // The others' clocks are 10 s behind and ahead: what is young or old is told by Redis alone.
    for (const by of [-10_000, 10_000]) {
      const other = await join({
        clock: { now: () => stage.time.now() + by, monotonic: () => stage.time.monotonic() - by * 7 },
      })
      expect(await other.validate(token)).toMatchObject(LIVE)
      stage.time.pass(30_001)
      expect(other.known(token)).toBeUndefined()
      stage.time.pass(-30_001)
    }
  })
})

describe('Redis: gone wrong', () => {
  const messages = (): string[] =>
    stage.lines.map((line) => String(line[1])).filter((line) => line.includes('shared store'))

  /** As if alone: every session costs a call, nobody is refused. */
  async function expectAlone(node: SessionValidator): Promise<void> {
    stage.emulator.requests.clear()
    for (let count = 0; count < 4; count++) {
      const { token } = await stage.emulator.signIn()
      expect(await node.validate(token)).toMatchObject(LIVE)
      expect(await node.validate(token)).toMatchObject(LIVE)
    }
    expect(stage.posts()).toBe(4)
    expect(node.stats().store).toMatchObject({ state: 'down' })
    expect(messages()).toHaveLength(1)
  }

  attack('A29', async () => {
    const own = await startRedis()
    try {
      const node = await join({}, openStore({}, own.port))
      await own.kill()
      await expectAlone(node)
      for (let flap = 0; flap < 2; flap++) {
        await own.restart()
        await vi.waitFor(() => expect(clients.at(-1)?.status).toBe('ready'), { timeout: 10_000 })
        stage.time.pass(40_000)
        await node.validate((await stage.emulator.signIn()).token)
        await stage.settled()
        expect(node.stats().store).toMatchObject({ state: 'up' })
        stage.lines.length = 0
        await own.kill()
        stage.time.pass(40_000)
        await expectAlone(node)
      }
      const late = await stage.warm({ store: openStore({}, own.port), limits: { storeTimeout: 100 } })
      nodes.push(late)
      await expectAlone(late)
    } finally {
      await own.kill()
    }
  })

  attack('A33', async () => {
    const own = await startRedis()
    const admin = connect(own.port)
    try {
      const faults: [begin: string[], end: string[]][] = [
        [
          ['CONFIG', 'SET', 'maxmemory', '1'],
          ['CONFIG', 'SET', 'maxmemory', '0'],
        ], // -OOM
        [
          ['REPLICAOF', '127.0.0.1', '1'],
          ['REPLICAOF', 'NO', 'ONE'],
        ], // -READONLY
        [
          ['ACL', 'SETUSER', 'default', '-evalsha', '-eval'],
          ['ACL', 'SETUSER', 'default', '+@all'],
        ], // -NOPERM
      ]
      for (const [begin, end] of faults) {
        const node = await join({}, openStore({}, own.port))
        stage.lines.length = 0
        await admin.call(...(begin as [string]))
        await expectAlone(node)
        await admin.call(...(end as [string]))
        node.close()
      }
      for (const error of ['MOVED 1 127.0.0.1:1', 'LOADING Redis is loading the dataset in memory', 'CLUSTERDOWN']) {
        const refuse = () => Promise.reject(new Error(error))
        const client = {
          status: 'ready',
          isCluster: false,
          call: refuse,
          duplicate: () => client,
          on() {},
          disconnect() {},
        }
        const node = await stage.warm({ store: createRedisStore({ client }), limits })
        nodes.push(node)
        await expectAlone(node)
        expect(JSON.stringify(stage.lines)).not.toContain(error)
      }
    } finally {
      admin.disconnect()
      await own.kill()
    }
  })

  it('a Redis that answers nobody costs a few requests its budget, and then none', async () => {
    const own = await startRedis()
    try {
      const node = await join({ limits: { storeTimeout: 50 } }, openStore({}, own.port))
      own.pause()
      await expectAlone(node)
      expect(node.stats().store?.errors).toBe(3)
    } finally {
      own.resume()
      await own.kill()
    }
  })

  it('a Redis that lost all has every node forget what it knew', async () => {
    const own = await startRedis()
    try {
      const node = await join({}, openStore({}, own.port))
      const { token } = await stage.emulator.signIn()
      await node.validate(token)
      expect(node.known(token)).toMatchObject(LIVE)
      await own.restart()
      await vi.waitFor(() => expect(node.known(token)).toBeUndefined(), { timeout: 10_000 })
    } finally {
      await own.kill()
    }
  })
})
