import { describe, expect, inject, it } from 'vitest'
import { createStage, until } from '../../../test/stage.ts'

const REVOKED = { status: 'unauthenticated', reason: 'revoked' }
const local = { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' }

describe('an ended session', () => {
  it.each(['text', 'digest'] as const)('is refused after maxStaleness at the latest (held as %s)', async (hold) => {
    const stage = await createStage()
    const hanko = await stage.warm({ maxStaleness: '10s', cache: { hold } })
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    await stage.emulator.endSession(sessionId)
    stage.time.pass(10_000)
    stage.emulator.faults.set('validate', { kind: 'status', status: 404, times: 1 }) // no refresh tells of it before
    expect((await hanko.validate(token)).status).toBe('authenticated')
    await stage.settled()
    stage.time.pass(1)
    expect(await hanko.validate(token)).toEqual(REVOKED)
  })

  it('is refused by the next check with maxStaleness 0', async () => {
    const stage = await createStage()
    const hanko = await stage.warm({ maxStaleness: 0 })
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    await stage.emulator.endSession(sessionId)
    expect(await hanko.validate(token)).toEqual(REVOKED)
    expect(hanko.stats().sessions).toBe(0)
  })

  it('is not seen with Infinity until its exp; fresh sees it, and then everybody does', async () => {
    const stage = await createStage()
    const hanko = await stage.warm(local)
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    await stage.emulator.endSession(sessionId)
    stage.time.pass(12 * 3_600_000 - 1)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    expect(stage.posts()).toBe(0)
    expect(await hanko.validate(token, { fresh: true })).toEqual(REVOKED)
    expect(await hanko.validate(token)).toEqual(REVOKED)
    stage.time.pass(1)
    expect(await hanko.validate(token)).toMatchObject({ reason: 'expired' })
  })

  it('is not accepted with Infinity when it expired while the keys were on their way', async () => {
    const stage = await createStage()
    const { token } = await stage.emulator.signIn()
    let letThrough = (): void => {}
    const released = new Promise<void>((resolve) => (letThrough = resolve))
    const hanko = stage.validator({
      ...local,
      fetch: async (input, init) => released.then(() => stage.emulator.fetch(input, init)),
    })
    stage.time.pass(12 * 3_600_000 - 1)
    const asked = hanko.validate(token)
    stage.time.pass(1)
    letThrough()
    expect(await asked).toEqual({ status: 'unauthenticated', reason: 'expired' })
    expect(hanko.stats().sessions).toBe(0)
  })

  it('is accepted no later than the call that confirmed it, where that takes longer than the bound', async () => {
    const stage = await createStage()
    const hanko = await stage.warm({ maxStaleness: '1s' })
    const { token, sessionId } = await stage.emulator.signIn()
    const held = stage.hold()
    const asked = hanko.validate(token)
    await until(() => held.count === 1)
    await stage.emulator.endSession(sessionId)
    stage.time.pass(2_000)
    held.end()
    expect((await asked).status).toBe('authenticated')
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toEqual(REVOKED)
  })
})

describe('the age of an answer', () => {
  it.each([
    ['time passes', 'pass'],
    ['the machine sleeps', 'suspend'],
    ['the wall clock is set forward', 'stepWall'],
  ] as const)('counts when %s', async (_, step) => {
    const stage = await createStage()
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.time[step](30_000)
    expect(hanko.known(token)).toBeDefined()
    await stage.settled()
    stage.time[step](30_001)
    expect(hanko.known(token)).toBeUndefined()
  })

  it('is not made younger by a wall clock that is set back', async () => {
    const stage = await createStage()
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    await stage.emulator.endSession(sessionId)
    stage.time.stepWall(-3_600_000)
    stage.time.pass(30_001)
    expect(hanko.known(token)).toBeUndefined()
  })
})

describe('no session is served from memory', () => {
  it.each([
    ['a finite bound', { maxStaleness: '10m' }],
    ['Infinity', local],
  ] as const)('beyond its exp: %s', async (_, options) => {
    const stage = await createStage({ lifespan: '5m' })
    const hanko = await stage.warm(options)
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.time.pass(299_999)
    expect(hanko.known(token)).toBeDefined()
    await stage.settled()
    stage.time.pass(1)
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toMatchObject({ reason: 'expired' })
  })

  it('beyond its exp or its idle_expires_at, when the wall clock is set back', async () => {
    for (const life of [{ lifespan: '5m' }, { idleTimeout: '5m' }] as const) {
      const stage = await createStage(life)
      const hanko = await stage.warm({ maxStaleness: '10m' })
      const { token } = await stage.emulator.signIn()
      await hanko.validate(token)
      stage.time.stepWall(-3_600_000)
      stage.time.pass(299_999)
      stage.emulator.faults.set('all', { kind: 'status', status: 404 })
      expect(hanko.known(token)).toBeDefined()
      await stage.settled()
      stage.time.pass(1)
      expect(hanko.known(token)).toBeUndefined()
    }
  })

  it('beyond its idle_expires_at', async () => {
    const stage = await createStage({ idleTimeout: '5m' })
    const hanko = await stage.warm({ maxStaleness: '10m' })
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.time.pass(300_000)
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toEqual(REVOKED)
  })

  it.each([
    ['a finite bound', {}],
    ['Infinity', local],
  ] as const)('once its key has left the set: %s', async (_, options) => {
    const stage = await createStage()
    const hanko = await stage.warm(options)
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.time.pass(5_001) // the new token's iat is later than the last look at the keys
    await stage.emulator.rotateKeys(inject('signingKeys')[1], { keepOld: false })
    await hanko.validate((await stage.emulator.signIn()).token)
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toMatchObject({ reason: 'unknown_key' })
  })
})
