import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../../test/stage.ts'
import { type Unavailable, unavailable } from '../auth-state.ts'
import { createClosing } from '../http/closing.ts'
import type { HankoReply } from '../http/hanko-client.ts'
import { createProbe } from './probe.ts'

const REVOKED = { status: 'unauthenticated', reason: 'revoked' }
const GOOD: HankoReply = {
  status: 'answered',
  body: { keys: [{ kty: 'RSA', n: 'x' }] },
  isFromCache: false,
  sentAt: { wall: 0, monotonic: 0 },
}

afterEach(() => void vi.useRealTimers())

describe('a probe', () => {
  let now: number
  let answers: ((reply: HankoReply | Unavailable) => void)[]
  let probe: ReturnType<typeof createProbe>
  const closing = createClosing()

  beforeEach(() => {
    vi.useFakeTimers()
    now = 1_000_000
    answers = []
    probe = createProbe({
      client: { probe: () => new Promise((resolve) => answers.push(resolve)) },
      keys: { accept: (body) => Promise.resolve(body === GOOD.body) },
      clock: { now: () => now, monotonic: () => now },
      joinRequests: true,
      timeout: 1_000,
      closing,
    })
  })

  it('is not the one that was under way: those that come share the next, a second after it began', async () => {
    const first = probe()
    const late = Array.from({ length: 100 }, () => probe())
    expect(answers).toHaveLength(1)
    now += 200
    answers[0]?.(GOOD)
    expect(await first).toBeUndefined()
    await vi.advanceTimersByTimeAsync(799)
    expect(answers).toHaveLength(1)
    now += 800
    await vi.advanceTimersByTimeAsync(1)
    expect(answers).toHaveLength(2)
    answers[1]?.(GOOD)
    expect(new Set(await Promise.all(late))).toEqual(new Set([undefined]))
    expect(answers).toHaveLength(2)
  })

  it('that failed within the last second answers at once, those that waited as well', async () => {
    const first = probe()
    const late = probe()
    const failure = unavailable('upstream_unavailable')
    answers[0]?.(failure)
    expect(await first).toEqual(failure)
    expect(await late).toEqual(failure)
    now += 999
    expect(await probe()).toEqual(failure)
    expect(answers).toHaveLength(1)
    now += 1
    const next = probe()
    answers[1]?.(GOOD)
    expect(await next).toBeUndefined()
  })

  it.each<[string, HankoReply | Unavailable, string]>([
    ['a time-out is one', unavailable('upstream_timeout'), 'upstream_timeout'],
    ['no key is Hanko not being there', unavailable('upstream_invalid'), 'upstream_unavailable'],
    ['nor is a refusal', unavailable('upstream_misconfigured'), 'upstream_unavailable'],
    ['nor are keys that are not for RSA', { ...GOOD, body: { keys: [{ kty: 'EC' }] } }, 'upstream_unavailable'],
    ['nor is what a cache says', { ...GOOD, isFromCache: true }, 'upstream_unavailable'],
  ])('fails as an outage, never for want of keys: %s', async (_, reply, reason) => {
    const outcome = probe()
    answers[0]?.(reply)
    expect(await outcome).toMatchObject({ status: 'unavailable', reason })
  })

  it('leaves no timer behind, and none when all is closed', async () => {
    const first = probe()
    void probe()
    answers[0]?.(GOOD)
    await first
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(1)
    closing.close()
    await vi.advanceTimersByTimeAsync(0)
    answers[1]?.(GOOD)
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a false from Hanko', () => {
  let stage: Stage
  beforeEach(async () => {
    stage = await createStage()
  })

  it('is looked into for good signatures only', async () => {
    const hanko = await stage.warm()
    stage.emulator.faults.set('validate', { kind: 'database', state: 'down' })
    const { token } = await stage.emulator.signIn()
    await hanko.validate(`${token.slice(0, -10)}AAAAAAAAAA`)
    expect(stage.emulator.requests.count()).toBe(0)
  })

  it('costs a thousand users one GET during an outage, and not one is signed out', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    const tokens = await Promise.all(Array.from({ length: 100 }, async () => (await stage.emulator.signIn()).token))
    stage.emulator.faults.set('all', { kind: 'database', state: 'down' })
    const states = await Promise.all(tokens.map((token) => hanko.validate(token)))
    expect(new Set(states.map((state) => state.status !== 'authenticated' && state.reason))).toEqual(
      new Set(['upstream_unavailable']),
    )
    expect([stage.jwks(), stage.posts()]).toEqual([1, 100])
    expect(hanko.stats()).toMatchObject({ tombstones: 0, breaker: 'closed', inFlight: 0, waiting: 0 })
    stage.emulator.faults.clear()
    stage.time.pass(1_000)
    for (const token of tokens) expect((await hanko.validate(token)).status).toBe('authenticated')
  })

  it('is looked into though the breaker of others counts failures and all slots are taken', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    const { token, sessionId } = await stage.emulator.signIn()
    await stage.emulator.endSession(sessionId)
    const others = await Promise.all(Array.from({ length: 64 }, async () => (await stage.emulator.signIn()).token))
    const held = stage.hold()
    const ended = hanko.validate(token)
    await until(() => held.count === 1)
    const waiting = others.map((other) => hanko.validate(other))
    await until(() => held.count === 64 && hanko.stats().waiting === 1)
    held.letThrough() // its slot is free before the probe, and another takes it
    await until(() => stage.jwks() === 1)
    expect(hanko.stats().inFlight).toBe(64)
    held.end()
    expect(await ended).toEqual(REVOKED)
    await Promise.all(waiting)
  })

  it('takes nothing from the bucket of unknown keys', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    for (let ended = 0; ended < 5; ended++) {
      const { token, sessionId } = await stage.emulator.signIn()
      await stage.emulator.endSession(sessionId)
      expect(await hanko.validate(token)).toEqual(REVOKED)
      stage.time.pass(1_000)
    }
    stage.time.pass(5_000)
    await stage.emulator.rotateKeys(inject('signingKeys')[1])
    expect((await hanko.validate((await stage.emulator.signIn()).token)).status).toBe('authenticated')
  })

  it('is a live session when the second POST says so', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    stage.emulator.faults.set('validate', { kind: 'database', state: 'down', times: 1 })
    expect((await hanko.validate(token)).status).toBe('authenticated')
    expect(hanko.stats()).toMatchObject({ sessions: 1, tombstones: 0 })
    expect(hanko.known(token)).toBeDefined()
  })

  it.each([
    ['hang', 'upstream_timeout'],
    ['reset', 'upstream_unavailable'],
  ] as const)('proves nothing while the JWKS cannot be had: %s', async (kind, reason) => {
    const hanko = await stage.warm({ deadline: 250 })
    const { token, sessionId } = await stage.emulator.signIn()
    await stage.emulator.endSession(sessionId)
    stage.emulator.faults.set('jwks', { kind })
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason })
    expect(hanko.stats().tombstones).toBe(0)
  })

  it('shares one deadline among its three calls', async () => {
    const hanko = await stage.warm({ deadline: 900 })
    const { token, sessionId } = await stage.emulator.signIn()
    await stage.emulator.endSession(sessionId)
    await hanko.validate((await stage.emulator.signIn()).token)
    const before = stage.posts()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const held = stage.hold()
    const asked = hanko.validate(token)
    await until(() => held.count === 1)
    await vi.advanceTimersByTimeAsync(600)
    held.letThrough()
    await until(() => held.count === 1)
    expect(stage.posts()).toBe(before + 2)
    await vi.advanceTimersByTimeAsync(300)
    expect(await asked).toEqual({ status: 'unavailable', reason: 'upstream_timeout' })
    expect([hanko.stats().inFlight, vi.getTimerCount()]).toEqual([0, 0])
  })
})
