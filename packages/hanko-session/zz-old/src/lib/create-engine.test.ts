import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../test/stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})
afterEach(() => void vi.useRealTimers())

describe('close', () => {
  it.each([
    ['0', { maxStaleness: 0 }],
    ['30s', {}],
    ['Infinity', { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' }],
    ['30s and staleIfError', { staleIfError: '1m' }],
  ] as const)('makes all later checks unavailable, known sessions included: maxStaleness %s', async (_, options) => {
    const hanko = await stage.warm(options)
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.emulator.requests.clear()
    hanko.close()
    hanko.close()
    expect(hanko.known(token)).toBeUndefined()
    for (const how of [{}, { fresh: true }]) expect((await hanko.validate(token, how)).status).toBe('unavailable')
    stage.time.pass(3_600_000)
    expect((await hanko.validate(token)).status).toBe('unavailable')
    expect(stage.emulator.requests.count()).toBe(0)
  })

  it('aborts what is under way, and leaves no timer', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    await hanko.validate((await stage.emulator.signIn()).token)
    const ended = await stage.emulator.signIn()
    const tokens = await Promise.all(Array.from({ length: 3 }, async () => (await stage.emulator.signIn()).token))
    await stage.emulator.endSession(ended.sessionId)
    stage.emulator.faults.set('jwks', { kind: 'hang' })
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] })
    const probing = hanko.validate(ended.token)
    await until(() => stage.jwks() === 1)
    stage.emulator.faults.set('validate', { kind: 'hang' })
    const before = stage.posts()
    const waiting = tokens.map((token) => hanko.validate(token))
    await until(() => stage.posts() === before + 3)
    expect(vi.getTimerCount()).toBeGreaterThan(0)
    hanko.close()
    for (const state of await Promise.all([probing, ...waiting]))
      expect(state).toEqual({ status: 'unavailable', reason: 'upstream_unavailable' })
    expect(vi.getTimerCount()).toBe(0)
    expect(hanko.stats()).toMatchObject({ inFlight: 0, waiting: 0 })
  })

  it('ends the pause before the next probe', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    const ended = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    for (const { sessionId } of ended) await stage.emulator.endSession(sessionId)
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] })
    await hanko.validate(ended[0]?.token as string)
    const before = stage.posts()
    const waiting = hanko.validate(ended[1]?.token as string) // a second has not passed: its probe is not due
    await until(() => stage.posts() === before + 1 && hanko.stats().inFlight === 0 && vi.getTimerCount() === 3)
    hanko.close()
    expect((await waiting).status).toBe('unavailable')
    expect([stage.jwks(), vi.getTimerCount()]).toEqual([1, 0])
  })

  it('during a first fetch of the keys leaves no timer either', async () => {
    stage.emulator.faults.set('jwks', { kind: 'hang' })
    const { token } = await stage.emulator.signIn()
    const hanko = stage.validator()
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] })
    const waiting = hanko.validate(token)
    await until(() => stage.jwks() === 1)
    hanko.close()
    expect(await waiting).toEqual({ status: 'unavailable', reason: 'keys_unavailable' })
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a check', () => {
  it('leaves no timer behind, whatever comes of it', async () => {
    const hanko = await stage.warm()
    const [live, ended] = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    await hanko.validate((await stage.emulator.signIn()).token)
    await stage.emulator.endSession(ended.sessionId)
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] })
    const outcomes = [await hanko.validate(live.token), await hanko.validate(ended.token), await hanko.validate('x')]
    stage.emulator.faults.set('validate', { kind: 'status', status: 404 })
    outcomes.push(await hanko.validate(live.token, { fresh: true }))
    expect(outcomes.map((state) => state.status)).toEqual([
      'authenticated',
      'unauthenticated',
      'unauthenticated',
      'unavailable',
    ])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('stats', () => {
  it('counts what is there', async () => {
    const hanko = await stage.warm()
    expect(hanko.stats()).toMatchObject({ sessions: 0, tombstones: 0, keys: 1, inFlight: 0, waiting: 0 })
    const tokens = await Promise.all(Array.from({ length: 66 }, async () => (await stage.emulator.signIn()).token))
    const held = stage.hold()
    const asked = tokens.map((token) => hanko.validate(token))
    await until(() => held.count === 64 && hanko.stats().waiting === 2)
    expect(hanko.stats()).toMatchObject({ inFlight: 64, waiting: 2 })
    held.end()
    await Promise.all(asked)
    hanko.revoke({ sessionId: 'x' })
    expect(hanko.stats()).toMatchObject({ sessions: 66, tombstones: 1, inFlight: 0, waiting: 0, breaker: 'closed' })
    stage.emulator.faults.set('validate', { kind: 'reset' })
    for (let call = 0; call < 5; call++) await hanko.validate(tokens[0] as string, { fresh: true })
    expect(hanko.stats().breaker).toBe('open')
    stage.time.pass(30_000)
    expect(hanko.stats().breaker).toBe('half-open')
  })
})
