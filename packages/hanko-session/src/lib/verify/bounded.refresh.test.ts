import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createStage, until } from '../../../test/stage.ts'
import { createSessionValidator } from '../create-session-validator.ts'

afterEach(() => void vi.useRealTimers())

describe('a refresh', () => {
  it('is started by the first use past two thirds of the bound, is one POST, and serves all', async () => {
    const stage = await createStage()
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.time.pass(20_000)
    await hanko.validate(token)
    await stage.settled()
    expect(stage.posts()).toBe(1)
    stage.time.pass(1)
    const held = stage.hold()
    for (let use = 0; use < 20; use++) expect((await hanko.validate(token)).status).toBe('authenticated')
    await until(() => held.count === 1)
    held.end()
    await stage.settled()
    expect(stage.posts()).toBe(2)
    stage.time.pass(20_000)
    await hanko.validate(token)
    await stage.settled()
    expect(stage.posts()).toBe(2)
    expect(new Set(stage.emulator.requests.entries.map(({ method }) => method))).toEqual(new Set(['POST']))
  })

  it('is never started by a timer', async () => {
    const stage = await createStage({ idleTimeout: '1m' })
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] })
    await hanko.validate(token)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of a session that has ended makes the next use a refusal', async () => {
    const stage = await createStage()
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    await stage.emulator.endSession(sessionId)
    stage.time.pass(20_001)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    await stage.settled()
    expect(hanko.known(token)).toBeUndefined()
    const before = stage.posts()
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
    expect(stage.posts()).toBe(before)
  })

  it('that fails changes nothing, and is tried again after a while', async () => {
    const stage = await createStage()
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.emulator.faults.set('validate', { kind: 'status', status: 404 })
    stage.time.pass(20_001)
    for (let use = 0; use < 10; use++) {
      expect((await hanko.validate(token)).status).toBe('authenticated')
      await stage.settled()
    }
    expect(stage.posts()).toBe(2)
    stage.emulator.faults.clear()
    stage.time.pass(2_500)
    await hanko.validate(token)
    await stage.settled()
    expect(stage.posts()).toBe(3)
    stage.time.pass(20_000)
    expect(hanko.known(token)).toBeDefined()
  })

  it('never begins with Infinity', async () => {
    const stage = await createStage({ idleTimeout: '1m' })
    const hanko = await stage.warm({ maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' })
    const { token } = await stage.emulator.signIn()
    for (let use = 0; use < 10; use++) {
      await hanko.validate(token)
      stage.time.pass(600_000)
    }
    await stage.settled()
    expect(stage.posts()).toBe(0)
  })
})

describe('the claims schema', () => {
  it('is run once per token, and what it gave is kept, however often Hanko is asked', async () => {
    const stage = await createStage({ idleTimeout: '1h' })
    const schema = vi.fn<(value: unknown) => object>(() => ({ role: 'user' }))
    const hanko = createSessionValidator({
      apiUrl: stage.emulator.apiUrl,
      fetch: stage.emulator.fetch,
      clock: stage.time,
      claims: z.unknown().transform(schema),
    })
    const { token } = await stage.emulator.signIn()
    const claimsOf = async (fresh = false) => {
      const state = await hanko.validate(token, { fresh })
      return state.status === 'authenticated' ? state.session.claims : undefined
    }
    const claims = await claimsOf()
    expect([claims, Object.isFrozen(claims)]).toEqual([{ role: 'user' }, true])
    stage.time.pass(20_001)
    expect(await claimsOf()).toBe(claims) // and a refresh begins
    await until(() => stage.posts() === 2 && hanko.stats().inFlight === 0)
    expect(await claimsOf(true)).toBe(claims)
    stage.time.pass(60_000)
    expect(await claimsOf()).toBe(claims) // too old to be served: Hanko is asked
    expect([stage.posts(), schema.mock.calls.length]).toEqual([4, 1])
  })
})

describe('a touch', () => {
  it('is sent when the last is older than a quarter of the idle timeout, with nobody waiting', async () => {
    const stage = await createStage({ idleTimeout: '20m' })
    const hanko = await stage.warm({ maxStaleness: '30m' })
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.time.pass(300_000)
    expect(hanko.known(token)).toBeDefined()
    await stage.settled()
    expect(stage.posts()).toBe(1)
    stage.time.pass(1)
    expect(hanko.known(token)).toBeDefined()
    await stage.settled()
    expect(stage.posts()).toBe(2)
  })

  it.each([0.2, 0.5, 0.75])('keeps whoever uses it every %d of the idle timeout from idling out', async (share) => {
    const stage = await createStage({ idleTimeout: '20m', lifespan: '24h' })
    for (const maxStaleness of ['30s', '10m', '2h'] as const) {
      const hanko = await stage.warm({ maxStaleness })
      const { token } = await stage.emulator.signIn()
      for (let use = 0; use < 60; use++) {
        expect([use, (await hanko.validate(token)).status]).toEqual([use, 'authenticated'])
        await stage.settled()
        stage.time.pass(share * 1_200_000)
      }
    }
  })

  it('does not keep alive whoever does not use it', async () => {
    const stage = await createStage({ idleTimeout: '20m' })
    const hanko = await stage.warm({ maxStaleness: '2h' })
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.time.pass(1_200_000)
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
  })
})
