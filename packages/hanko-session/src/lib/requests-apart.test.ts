import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createHankoEmulator, type HankoEmulator } from '../testing.ts'
import { createSessionValidator, type SessionValidator } from './create-session-validator.ts'
import type { SessionValidatorOptions } from './options.ts'

/**
 * As on Workers: what a request has begun ends with it. Its calls are never answered and its timers never fire, so
 * whoever waits for one of its promises waits for ever.
 */
interface Incoming {
  isOver: boolean
}

const requests = new AsyncLocalStorage<Incoming>()
const LIVE = { status: 'authenticated' }
const MINUTE = 60_000

let emulator: HankoEmulator
let token: string
let sessionId: string
let jump: number
let hanko: SessionValidator
/** The methods of the calls that reached Hanko, and of those whose answers are held back. */
let calls: string[]
let held: readonly string[]
let letThrough: (() => void)[]

beforeEach(async () => {
  emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
  const signedIn = await emulator.signIn()
  token = signedIn.token
  sessionId = signedIn.sessionId
  jump = 0
  calls = []
  held = []
  letThrough = []
  const { setTimeout } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, delay: number) => {
    const owner = requests.getStore()
    return setTimeout(() => {
      if (owner?.isOver !== true) work()
    }, delay)
  }) as typeof setTimeout)
})

afterEach(() => {
  hanko.close()
  vi.restoreAllMocks()
})

function open(options: Omit<SessionValidatorOptions, 'claims'> & { claims?: never } = {}): void {
  hanko = createSessionValidator({
    apiUrl: emulator.apiUrl,
    joinRequests: false,
    clock: { now: () => Date.now() + jump, monotonic: () => performance.now() + jump },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    async fetch(input, init) {
      const owner = requests.getStore()
      calls.push(init.method ?? 'GET')
      const response = await emulator.fetch(input, init)
      if (held.includes(init.method ?? 'GET')) await new Promise<void>((resolve) => letThrough.push(resolve))
      return owner?.isOver === true ? new Promise<never>(() => {}) : response
    },
    ...options,
  })
}

/** A request that goes as far as a call of such a method, and is over. */
async function comeAndGo(work: () => unknown, methods: readonly string[] = ['GET', 'POST']): Promise<void> {
  held = methods
  const incoming = { isOver: false }
  requests.run(incoming, () => void work())
  await vi.waitFor(() => expect(letThrough).not.toHaveLength(0))
  incoming.isOver = true
  held = []
  for (const go of letThrough.splice(0)) go()
}

const come = <T>(work: () => T): T => requests.run({ isOver: false }, work)
const validate = () => hanko.validate(token)

describe('requests that share no promise', () => {
  it('are what this test can tell: joined ones wait for a request that is over', async () => {
    open({ joinRequests: true, deadline: 300 })
    const gone = comeAndGo(validate)
    const other = come(validate)
    await gone
    const patience = new Promise((resolve) => void setTimeout(() => resolve('still waiting'), 600))
    expect(await Promise.race([other, patience])).toBe('still waiting')
  })

  it('find keys by themselves when the request that fetched them has gone', async () => {
    open({ deadline: '10s' })
    const gone = comeAndGo(validate)
    const other = come(validate)
    await gone
    expect(await other).toMatchObject(LIVE)
    expect(await come(validate)).toMatchObject(LIVE)
  })

  it('share the keys that one of them has found, as data', async () => {
    open({ deadline: '10s' })
    const all = await Promise.all(Array.from({ length: 20 }, () => come(validate)))
    expect(all).toMatchObject(all.map(() => LIVE))
    expect(calls.filter((method) => method === 'GET')).toHaveLength(1)
  })

  it('refresh keys after a refresh that has gone', async () => {
    open({ maxStaleness: 0, deadline: '10s', limits: { refreshKeysAfter: MINUTE } })
    await come(validate)
    jump += 2 * MINUTE
    await comeAndGo(validate)
    jump += 2_000
    calls.length = 0
    expect(await come(validate)).toMatchObject(LIVE)
    expect(calls).toContain('GET')
  })

  it('probe by themselves when the request that probed has gone', async () => {
    open({ maxStaleness: 0, deadline: '10s' })
    await come(validate)
    await emulator.endSession(sessionId)
    await comeAndGo(validate, ['GET'])
    expect(await come(validate)).toMatchObject({ reason: 'revoked' })
    expect(await Promise.all([come(validate), come(validate)])).toMatchObject([
      { reason: 'revoked' },
      { reason: 'revoked' },
    ])
  })

  it('share one probe, as data', async () => {
    open({ maxStaleness: 0, deadline: '10s' })
    const others = await Promise.all(Array.from({ length: 10 }, () => emulator.signIn()))
    await come(validate)
    for (const other of others) await emulator.endSession(other.sessionId)
    calls.length = 0
    const states = await Promise.all(others.map((other) => come(() => hanko.validate(other.token))))
    expect(states).toMatchObject(states.map(() => ({ reason: 'revoked' })))
    expect(calls.filter((method) => method === 'GET').length).toBeLessThanOrEqual(2)
  })

  it('begin a refresh of their own when the one under way has gone', async () => {
    open({ maxStaleness: '60s', deadline: '10s' })
    await come(validate)
    jump += 41_000
    await comeAndGo(() => hanko.known(token))
    jump += 10_001 // longer than any call
    calls.length = 0
    expect(come(() => hanko.known(token))).toMatchObject(LIVE)
    await vi.waitFor(() => expect(calls).toEqual(['POST']))
  })

  it('end by a timer of their own, though they began together', async () => {
    const schema = {
      '~standard': { version: 1, vendor: 'test', validate: () => new Promise<never>(() => {}) },
    } as const
    open({ maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost', deadline: 300, claims: schema as never })
    const gone = { isOver: false }
    requests.run(gone, () => void validate())
    const other = come(validate)
    gone.isOver = true
    expect(await other).toMatchObject({ reason: 'upstream_timeout' })
  })

  it('get the slot of a request that has gone', async () => {
    open({ maxStaleness: 0, deadline: '10s', limits: { maxInFlight: 1, maxWaiting: 1 } })
    await come(validate)
    await comeAndGo(validate)
    const next = come(validate)
    // Signatures are verified in no order: whose is first would be first in the line.
    await vi.waitFor(() => expect(hanko.stats().waiting).toBe(1))
    expect(await come(validate)).toMatchObject({ reason: 'upstream_unavailable' }) // the line is full
    expect(hanko.stats()).toMatchObject({ inFlight: 1, waiting: 1 })
    jump += 10_001
    expect(await next).toMatchObject(LIVE)
    expect(hanko.stats()).toMatchObject({ inFlight: 0, waiting: 0 })
  })

  it('find out whether Hanko is back when the request that was to do so has gone', async () => {
    open({ maxStaleness: 0, deadline: '10s', limits: { attempts: 1, failuresInARow: 1 } })
    await come(validate)
    emulator.faults.set('validate', { kind: 'status', status: 503 })
    await come(validate)
    emulator.faults.clear()
    jump += 2_000
    await comeAndGo(validate)
    expect(await come(validate)).toMatchObject({ reason: 'upstream_unavailable' })
    jump += 10_001
    expect(await come(validate)).toMatchObject(LIVE)
    expect(hanko.stats().breaker).toBe('closed')
  })
})
