import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Fault } from '../../testing.ts'
import { createStage, type Stage, until } from '../../../test/stage.ts'
import type { SessionValidator } from '../create-session-validator.ts'

afterEach(() => void vi.useRealTimers())

const down: Fault = { kind: 'status', status: 500 }

async function start(options: Parameters<Stage['warm']>[0] = {}, life: Parameters<typeof createStage>[0] = {}) {
  const stage = await createStage(life)
  const hanko = await stage.warm({ maxStaleness: '30s', staleIfError: '2m', deadline: 300, ...options })
  const ada = await stage.emulator.signIn()
  await hanko.validate(ada.token)
  const confirmedAt = stage.time.now()
  return { stage, hanko, ...ada, confirmedAt }
}

describe('staleIfError', () => {
  it('serves the last answer while Hanko is down, says since when, and no longer than the sum of both', async () => {
    const { stage, hanko, token, confirmedAt } = await start()
    stage.emulator.faults.set('all', { kind: 'database', state: 'down' })
    stage.time.pass(60_000)
    const state = await hanko.validate(token)
    expect(state).toMatchObject({ status: 'authenticated', session: { staleSince: confirmedAt } })
    expect(Object.isFrozen(state) && state.status === 'authenticated' && Object.isFrozen(state.session)).toBe(true)
    expect(stage.decisions.at(-1)).toMatchObject({ outcome: 'authenticated', source: 'memory', age: 60_000 })
    expect(hanko.known(token)).toBeUndefined()
    stage.time.pass(90_000)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    stage.time.pass(1)
    expect((await hanko.validate(token)).status).toBe('unavailable')
    stage.emulator.faults.clear()
    stage.time.pass(60_000)
    const healed = await hanko.validate(token)
    expect(healed).toMatchObject({ status: 'authenticated' })
    expect(healed).not.toHaveProperty('session.staleSince')
  })

  it.each<[string, Fault, boolean]>([
    ['500', down, true],
    ['429', { kind: 'status', status: 429 }, true],
    ['a reset', { kind: 'reset' }, true],
    ['no answer', { kind: 'hang' }, true],
    ['a false with the database down', { kind: 'database', state: 'down' }, true],
    ['404', { kind: 'status', status: 404 }, false],
    ['a redirect', { kind: 'redirect', to: 'https://evil.example/' }, false],
    ['an odd body', { kind: 'malformed', body: '<html>' }, false],
  ])('covers an outage, and nothing that is wrong with an answer: %s', async (_, fault, isCovered) => {
    const { stage, hanko, token } = await start()
    stage.time.pass(31_000)
    stage.emulator.faults.set('all', fault)
    expect((await hanko.validate(token)).status).toBe(isCovered ? 'authenticated' : 'unavailable')
  })

  it('covers an answer about another session never', async () => {
    const { stage, hanko, token } = await start()
    stage.time.pass(31_000)
    const other = '{"is_valid":true,"user_id":"x","claims":{"session_id":"y"},"expiration_time":"2030-01-01T00:00:00Z"}'
    stage.emulator.faults.set('validate', { kind: 'malformed', body: other })
    expect(await hanko.validate(token)).toMatchObject({ reason: 'identity_mismatch' })
  })

  it('is off by default, and never serves a fresh need', async () => {
    const off = await start({ staleIfError: 0 })
    off.stage.emulator.faults.set('all', down)
    off.stage.time.pass(31_000)
    expect((await off.hanko.validate(off.token)).status).toBe('unavailable')

    const { stage, hanko, token } = await start()
    stage.emulator.faults.set('all', down)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    expect((await hanko.validate(token, { fresh: true })).status).toBe('unavailable')
  })

  it('works with maxStaleness 0', async () => {
    const { stage, hanko, token } = await start({ maxStaleness: 0 })
    await hanko.validate(token)
    expect(stage.posts()).toBe(2)
    stage.emulator.faults.set('all', down)
    stage.time.pass(120_000)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    stage.time.pass(1)
    expect((await hanko.validate(token)).status).toBe('unavailable')
  })

  it('serves nobody whom it has no answer for', async () => {
    const { stage, hanko } = await start()
    const eve = await stage.emulator.signIn()
    stage.emulator.faults.set('all', down)
    expect((await hanko.validate(eve.token)).status).toBe('unavailable')
  })

  it.each<[string, (hanko: SessionValidator, sessionId: string, userId: string) => void]>([
    ['a session', (hanko, sessionId) => hanko.revoke({ sessionId })],
    ['a user', (hanko, _, userId) => hanko.revoke({ userId })],
  ])('never wins over a tombstone of %s', async (_, revoke) => {
    const { stage, hanko, token, sessionId, userId } = await start({}, {})
    stage.time.pass(31_000)
    stage.emulator.faults.set('all', down)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    revoke(hanko, sessionId, userId)
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
    stage.time.pass(119_000)
    expect((await hanko.validate(token)).status).not.toBe('authenticated')
  })

  it('never goes past exp or idle_expires_at', async () => {
    for (const life of [{ lifespan: '1m' }, { idleTimeout: '1m' }] as const) {
      const { stage, hanko, token } = await start({}, life)
      stage.emulator.faults.set('all', down)
      stage.time.pass(59_999)
      expect((await hanko.validate(token)).status).toBe('authenticated')
      stage.time.pass(1)
      expect((await hanko.validate(token)).status).not.toBe('authenticated')
    }
  })

  it('serves nothing when our own line is full', async () => {
    const { stage, hanko, token } = await start({ deadline: 2_500 })
    stage.time.pass(31_000)
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object
    const others = await Promise.all(
      Array.from({ length: 64 + 1_024 }, () =>
        stage.emulator.signToken({ ...payload, session_id: crypto.randomUUID() }),
      ),
    )
    stage.emulator.faults.set('validate', { kind: 'hang' })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }) // nobody's time is up before all are there
    const waiting = others.map((other) => hanko.validate(other))
    await until(() => hanko.stats().waiting === 1_024)
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_unavailable' })
    hanko.close()
    await Promise.all(waiting)
  })

  it('is said at start-up, as the sum of both', async () => {
    const { stage } = await start()
    stage.lines.length = 0
    stage.validator({ maxStaleness: '30s', staleIfError: '2m' })
    expect(stage.lines).toEqual([[{}, expect.stringMatching(/staleIfError.*150 s/)]])
  })
})
