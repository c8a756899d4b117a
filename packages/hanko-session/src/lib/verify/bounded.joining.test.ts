import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { SignedIn } from '../../testing.ts'
import { createStage, type Stage, until } from '../../../test/stage.ts'
import { createSessionValidator } from '../create-session-validator.ts'

let stage: Stage
let ada: SignedIn

beforeEach(async () => {
  stage = await createStage()
  ada = await stage.emulator.signIn()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

describe('requests with the same token', () => {
  it('share one parse, one signature check and one call', async () => {
    const checked = vi.spyOn(crypto.subtle, 'verify')
    const schema = vi.fn<(value: unknown) => boolean>(() => true)
    const hanko = createSessionValidator({
      apiUrl: stage.emulator.apiUrl,
      fetch: stage.emulator.fetch,
      clock: stage.time,
      claims: z.unknown().refine(schema),
    })
    const states = await Promise.all(times(1_000, () => hanko.validate(ada.token)))
    expect(new Set(states).size).toBe(1)
    expect(states[0]?.status).toBe('authenticated')
    expect([stage.jwks(), stage.posts(), schema.mock.calls.length]).toEqual([1, 1, 1])
    expect(checked).toHaveBeenCalledTimes(2) // ours and the emulator's
  })

  it('that come one by one while the call is under way check no signature again', async () => {
    const hanko = await stage.warm()
    const held = stage.hold()
    const checked = vi.spyOn(crypto.subtle, 'verify')
    const states = [hanko.validate(ada.token)]
    await until(() => held.count === 1)
    for (let more = 0; more < 10; more++) {
      states.push(hanko.validate(ada.token))
      await new Promise((resolve) => setImmediate(resolve))
    }
    held.end()
    expect(new Set((await Promise.all(states)).map((state) => state.status))).toEqual(new Set(['authenticated']))
    expect(checked).toHaveBeenCalledTimes(2) // ours and the emulator's
    expect(stage.posts()).toBe(1)
  })

  it('that come as the answer does take it from memory', async () => {
    const hanko = await stage.warm()
    const held = stage.hold()
    const first = hanko.validate(ada.token)
    await until(() => held.count === 1)
    held.end()
    const states: Promise<unknown>[] = []
    while (hanko.stats().sessions === 0) {
      states.push(hanko.validate(ada.token))
      await Promise.resolve()
    }
    await first
    for (const state of await Promise.all(states)) expect(state).toMatchObject({ status: 'authenticated' })
    expect(stage.posts()).toBe(1)
  })

  it('share one signature check where nobody is asked', async () => {
    const hanko = await stage.warm({ maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' })
    const checked = vi.spyOn(crypto.subtle, 'verify')
    await Promise.all(times(100, () => hanko.validate(ada.token)))
    expect(checked).toHaveBeenCalledTimes(1)
    expect(stage.emulator.requests.count()).toBe(0)
  })

  it('share a refusal as well, and it is remembered nowhere', async () => {
    const hanko = await stage.warm()
    const checked = vi.spyOn(crypto.subtle, 'verify')
    const forged = `${ada.token.slice(0, -10)}AAAAAAAAAA`
    const states = await Promise.all(times(50, () => hanko.validate(forged)))
    expect(new Set(states.map((state) => state.status !== 'authenticated' && state.reason))).toEqual(
      new Set(['bad_signature']),
    )
    expect(checked).toHaveBeenCalledTimes(1)
    await hanko.validate(forged)
    expect(checked).toHaveBeenCalledTimes(2)
    expect(hanko.stats()).toMatchObject({ sessions: 0, tombstones: 0 })
    expect(stage.posts()).toBe(0)
  })
})

describe('an answer', () => {
  it('ages from the moment its call was sent', async () => {
    const hanko = await stage.warm()
    const held = stage.hold()
    const asked = hanko.validate(ada.token)
    await until(() => held.count === 1)
    stage.time.pass(19_000)
    held.end()
    expect((await asked).status).toBe('authenticated')
    stage.time.pass(1_000)
    await hanko.validate(ada.token)
    expect(stage.decisions.at(-1)).toMatchObject({ source: 'memory', age: 20_000 })
    stage.time.pass(10_001)
    expect(hanko.known(ada.token)).toBeUndefined()
  })

  it('that another request had asked for serves within the bound on arrival; beyond it one next call is shared', async () => {
    const hanko = await stage.warm()
    const held = stage.hold()
    const first = hanko.validate(ada.token)
    await until(() => held.count === 1)
    stage.time.pass(10_000)
    const inTime = hanko.validate(ada.token)
    held.letThrough()
    expect([(await first).status, (await inTime).status, stage.posts()]).toEqual(['authenticated', 'authenticated', 1])

    stage.time.pass(30_000)
    const slow = hanko.validate(ada.token)
    await until(() => held.count === 1)
    const late = times(5, () => hanko.validate(ada.token))
    await stage.emulator.endSession(ada.sessionId)
    stage.time.pass(30_001)
    held.letThrough()
    // It was asked after this request began: that serves, however long it took.
    expect((await slow).status).toBe('authenticated')
    held.end()
    for (const state of await Promise.all(late)) expect(state).toMatchObject({ reason: 'revoked' })
    expect(stage.posts()).toBe(4) // three of them, and the second that a refusal takes
  })

  it('never replaces one whose call was sent later', async () => {
    const hanko = await stage.warm({ joinRequests: false })
    const held = stage.hold()
    const first = hanko.validate(ada.token)
    await until(() => held.count === 1)
    stage.time.pass(10_000)
    const second = hanko.validate(ada.token)
    await until(() => held.count === 2)
    held.letThrough(1)
    await second
    held.letThrough(0)
    await first
    stage.time.pass(20_000)
    expect(hanko.known(ada.token)).toBeDefined()
    expect(stage.decisions.at(-1)).toMatchObject({ age: 20_000 })
  })
})

describe('with maxStaleness 0, and for fresh', () => {
  it.each([
    ['maxStaleness 0', { maxStaleness: 0 }, {}],
    ['fresh', {}, { fresh: true }],
  ] as const)('a request joins only a call sent after it began: %s', async (_, options, how) => {
    const hanko = await stage.warm(options)
    const together = await Promise.all(times(20, () => hanko.validate(ada.token, how)))
    expect([together.every((state) => state.status === 'authenticated'), stage.posts()]).toEqual([true, 1])

    const held = stage.hold()
    const first = hanko.validate(ada.token, how)
    await until(() => held.count === 1)
    await stage.emulator.endSession(ada.sessionId)
    const late = times(20, () => hanko.validate(ada.token, how))
    held.end()
    expect((await first).status).toBe('authenticated')
    for (const state of await Promise.all(late)) expect(state).toMatchObject({ reason: 'revoked' })
    expect(stage.posts()).toBe(4) // those that came during the flight shared the next one: a `false` and its second
  })

  it('waiting counts against the deadline of the one who waits', async () => {
    const hanko = await stage.warm({ maxStaleness: 0, deadline: 800 })
    await hanko.validate(ada.token) // what is loaded on the first call is there
    stage.hold()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const before = stage.posts()
    const first = hanko.validate(ada.token)
    await until(() => stage.posts() === before + 1)
    await vi.advanceTimersByTimeAsync(500)
    const second = hanko.validate(ada.token)
    await vi.advanceTimersByTimeAsync(300)
    expect(await first).toEqual({ status: 'unavailable', reason: 'upstream_timeout' })
    await until(() => stage.posts() === before + 2)
    await vi.advanceTimersByTimeAsync(500)
    expect(await second).toEqual({ status: 'unavailable', reason: 'upstream_timeout' })
    expect(hanko.stats().inFlight).toBe(1) // the call itself has time left
    await vi.advanceTimersByTimeAsync(300)
    expect([hanko.stats().inFlight, vi.getTimerCount()]).toEqual([0, 0])
  })
})

describe("one caller's abort", () => {
  it('harms nobody: not those who joined, nor memory', async () => {
    const hanko = await stage.warm()
    const held = stage.hold()
    const leader = new AbortController()
    const left = hanko.validate(ada.token, { signal: leader.signal })
    const stayed = hanko.validate(ada.token)
    await until(() => held.count === 1)
    leader.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    held.end()
    expect((await stayed).status).toBe('authenticated')
    expect([stage.posts(), hanko.stats().sessions]).toEqual([1, 1])
  })
})

describe('where promises must not cross requests', () => {
  it('each request asks for itself, the parts of one request share, and all share memory', async () => {
    const hanko = await stage.warm({ joinRequests: false })
    // Signatures are verified in no order: an answer that were not held back could serve the other from memory.
    const held = stage.hold()
    const both = Promise.all([hanko.validate(ada.token), hanko.validate(ada.token)])
    await until(() => held.count === 2)
    held.end()
    await both
    expect(stage.posts()).toBe(2)
    stage.time.pass(30_001)
    const request = hanko.forRequest(new Request('https://app.example/', { headers: { cookie: ada.cookie } }))
    await Promise.all([request.state(), request.state(), request.state({ fresh: true })])
    expect(stage.posts()).toBe(3)
    await hanko.validate(ada.token)
    expect(stage.posts()).toBe(3)
  })

  it('gives its background work to waitUntil', async () => {
    const work: Promise<unknown>[] = []
    const hanko = await stage.warm({ joinRequests: false, waitUntil: (more) => work.push(more) })
    await hanko.validate(ada.token)
    work.length = 0
    stage.time.pass(25_000)
    await hanko.validate(ada.token)
    expect(work).toHaveLength(1)
    await Promise.all(work)
    expect(stage.posts()).toBe(2)
  })
})
