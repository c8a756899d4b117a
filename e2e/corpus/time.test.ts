import { afterEach, describe, expect, it, vi } from 'vitest'
import { createStage } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)
const HOUR = 3_600_000

afterEach(() => void vi.restoreAllMocks())

async function start(options: Parameters<typeof createStage>[0] = {}, maxStaleness: number | '30s' | '10m' = '30s') {
  const stage = await createStage(options)
  const hanko = await stage.warm({ maxStaleness })
  const ada = await stage.emulator.signIn()
  expect((await hanko.validate(ada.token)).status).toBe('authenticated')
  return { stage, hanko, ...ada }
}

describe('Time', () => {
  attack('T02', async () => {
    const { stage, hanko, token, sessionId } = await start()
    await stage.emulator.endSession(sessionId)
    stage.time.stepWall(-HOUR)
    stage.time.pass(20_000)
    expect(hanko.known(token)).toBeDefined()
    stage.time.pass(10_001)
    expect(hanko.known(token)).toBeUndefined()
    expect((await hanko.validate(token)).status).toBe('unauthenticated')
  })
  attack('T03', async () => {
    const { stage, hanko, token } = await start()
    stage.time.stepWall(HOUR)
    expect(hanko.known(token)).toBeUndefined()
    for (let use = 0; use < 50; use++) expect((await hanko.validate(token)).status).toBe('authenticated')
    await stage.settled()
    expect([stage.jwks(), stage.posts()]).toEqual([1, 2])
  })
  attack('T05', async () => {
    const { stage, hanko, token, sessionId } = await start()
    await stage.emulator.endSession(sessionId)
    stage.time.suspend(2 * HOUR)
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })

    const short = await start({ lifespan: '1h' })
    short.stage.time.suspend(2 * HOUR)
    expect(await short.hanko.validate(short.token)).toMatchObject({ reason: 'expired' })
  })
  attack('T06', async () => {
    // A bound, and a life, of more than 2^31 ms: no timer is ever set to such a time.
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const { stage, hanko, token } = await start({ lifespan: '9999h', idleTimeout: '5000h' }, 4 * 2 ** 31)
    stage.time.pass(20 * HOUR)
    for (let use = 0; use < 5; use++) expect((await hanko.validate(token)).status).toBe('authenticated')
    await stage.settled()
    expect(stage.posts()).toBe(1)
    expect(Math.max(...timers.mock.calls.map(([, delay]) => delay ?? 0))).toBeLessThan(2 ** 31)
  })
  attack('T07', async () => {
    const { stage, hanko, token } = await start({ lifespan: '20s' })
    stage.time.pass(19_999)
    expect(hanko.known(token)).toBeDefined()
    stage.time.pass(1)
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toMatchObject({ reason: 'expired' })
  })
  attack('T08', async () => {
    const idle = await start({ idleTimeout: '60s' }, '10m')
    idle.stage.time.pass(60_000)
    expect(idle.hanko.known(idle.token)).toBeUndefined()
    expect((await idle.hanko.validate(idle.token)).status).toBe('unauthenticated')

    const { stage, hanko, token } = await start({ idleTimeout: '60s' }, '10m')
    for (let use = 0; use < 20; use++) {
      stage.time.pass(40_000)
      expect(hanko.known(token)).toBeDefined()
      await stage.settled() // touched by a POST that nobody waits for
    }
    expect(stage.posts()).toBe(21)
  })
  attack('T09', async () => {
    const { stage, hanko, token } = await start()
    const zone = process.env['TZ']
    const accepted: boolean[] = []
    for (const [TZ, step] of [
      ['Europe/Berlin', -1_000], // a leap second, as a step
      ['America/New_York', 1_000],
      ['Pacific/Apia', 0],
    ] as const) {
      process.env['TZ'] = TZ
      stage.time.stepWall(step)
      accepted.push(hanko.known(token) !== undefined)
      accepted.push((await hanko.validate((await stage.emulator.signIn()).token)).status === 'authenticated')
    }
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
    expect(accepted).toEqual([true, true, true, true, true, true])
  })
})
