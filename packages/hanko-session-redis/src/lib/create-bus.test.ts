import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RedisServer, startRedis } from '../../test/start-redis.ts'
import { listenToBus } from './create-bus.ts'
import { createRunScript } from './run-script.ts'
import { PUBLISH } from './scripts.ts'
import { toConnection } from './to-connection.ts'

const BUS = 'bus'
const soon = { timeout: 10_000 }

let server: RedisServer
let client: Redis
let heard: string[]
let missed: number
let stop: () => void

const publish = async (text: string, length = '1000') =>
  createRunScript(toConnection(client))(PUBLISH, [BUS], [text, length, '60000'])

/** A stream that is new counts its messages anew in the millisecond of the old one: nobody deletes one that fast. */
async function passMillisecond(): Promise<void> {
  const read = async (): Promise<number> => {
    const [seconds, microseconds] = await client.time()
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
  }
  const start = await read()
  await vi.waitFor(async () => expect(await read()).toBeGreaterThan(start), { ...soon, interval: 1 })
}

/** Ends the connection of the listener, as a network would. */
const cut = async () => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')

beforeAll(async () => {
  server = await startRedis('--stream-node-max-entries', '1')
  client = new Redis(server.port, '127.0.0.1')
})
afterAll(async () => {
  client.disconnect()
  await server.kill()
})
beforeEach(async () => {
  await client.call('FLUSHALL')
  heard = []
  missed = 0
  await publish('before')
  stop = listenToBus(toConnection(client), BUS, {
    onMessage: async (text) => void heard.push(text),
    onMissed: () => void missed++,
  })
  await vi.waitFor(() => expect(missed).toBe(1), soon)
})
afterEach(() => stop())

describe('whoever listens to the bus', () => {
  it('hears all that comes after, in order, and nothing from before', async () => {
    for (const text of ['one', 'two', 'three']) await publish(text)
    await vi.waitFor(() => expect(heard).toEqual(['one', 'two', 'three']), soon)
    expect(missed).toBe(1)
  })

  it('catches up after its connection broke, and has missed nothing', async () => {
    await publish('one')
    await vi.waitFor(() => expect(heard).toEqual(['one']), soon)
    await cut()
    for (const text of ['two', 'three']) await publish(text)
    await vi.waitFor(() => expect(heard).toEqual(['one', 'two', 'three']), soon)
    expect(missed).toBe(1)
  })

  it('knows that it missed some when they are not kept any more', async () => {
    await publish('one')
    await vi.waitFor(() => expect(heard).toEqual(['one']), soon)
    await client
      .multi([
        ['client', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'],
        ...['two', 'three', 'four'].map((text, at) => ['xadd', BUS, '*', 'n', String(at + 3), 'm', text]),
        ['xtrim', BUS, 'MAXLEN', '=', '1'],
      ])
      .exec()
    await vi.waitFor(() => expect(heard).toEqual(['one', 'four']), soon)
    expect(missed).toBe(2)
  })

  it.each([
    ['is emptied', ['FLUSHALL']],
    ['is deleted', ['DEL', BUS]],
  ])('knows that it may have missed some when the bus %s', async (_, command) => {
    await publish('one')
    await publish('two')
    await vi.waitFor(() => expect(heard).toHaveLength(2), soon)
    await client.call(...(command as [string]))
    await passMillisecond()
    await publish('after')
    await vi.waitFor(() => expect(heard).toEqual(['one', 'two', 'after']), soon)
    expect(missed).toBe(2)
  })

  it('knows that another server may not have had all', async () => {
    await server.restart()
    await vi.waitFor(() => expect(missed).toBe(2), soon)
  })

  it('is not stopped by what others write there', async () => {
    await client.call('XADD', BUS, '*', 'odd', 'entry')
    await publish('one')
    await vi.waitFor(() => expect(heard.at(-1)).toBe('one'), soon)
    expect(missed).toBeGreaterThan(1)
    await client.call('SET', BUS, 'no stream at all')
    await publish('two')
    await vi.waitFor(() => expect(heard.at(-1)).toBe('two'), soon)
  })
})
