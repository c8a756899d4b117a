import { beforeEach, describe, expect, it } from 'vitest'
import { createStage, type Stage, until } from '../../../test/stage.ts'
import { type AuthState, unavailable } from '../auth-state.ts'
import { createSessionValidator } from '../create-session-validator.ts'

const REVOKED = { status: 'unauthenticated', reason: 'revoked' }
const local = { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' }
const bounds = [
  ['0', { maxStaleness: 0 }],
  ['30s', {}],
  ['30s, held as digest', { cache: { hold: 'digest' } }],
  ['Infinity', local],
] as const

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})

describe.each(bounds)('revoke, with maxStaleness %s', (_, options) => {
  it('of a session refuses it at once, whatever Hanko says, and no other', async () => {
    const hanko = await stage.warm(options)
    const ada = await stage.emulator.signIn()
    const other = await stage.emulator.signIn({ userId: ada.userId })
    await hanko.validate(ada.token)
    hanko.revoke({ sessionId: ada.sessionId })
    expect(hanko.known(ada.token)).toBeUndefined()
    expect(await hanko.validate(ada.token)).toEqual(REVOKED)
    expect(await hanko.validate(ada.token, { fresh: true })).toEqual(REVOKED)
    expect((await hanko.validate(other.token)).status).toBe('authenticated')
    expect(hanko.stats().tombstones).toBe(1)
  })

  it('of a user refuses all sessions from before, asks about those of the moment, and takes a new one', async () => {
    const hanko = await stage.warm(options)
    const old = await stage.emulator.signIn()
    stage.time.pass(6_000)
    const recent = await stage.emulator.signIn({ userId: old.userId })
    for (const { token } of [old, recent]) await hanko.validate(token)
    hanko.revoke({ userId: old.userId })
    expect(await hanko.validate(old.token)).toEqual(REVOKED)
    const asked = stage.posts()
    // Within the skew only Hanko can tell: it is asked, and believed.
    expect((await hanko.validate(recent.token)).status).toBe('authenticated')
    expect(stage.posts()).toBe(asked + 1)
    await stage.emulator.endSession(recent.sessionId)
    stage.time.pass(6_000)
    const fresh = await stage.emulator.signIn({ userId: old.userId })
    expect((await hanko.validate(fresh.token)).status).toBe('authenticated')
  })

  it('never believes or remembers an answer that was sent before', async () => {
    const hanko = await stage.warm(options)
    const { token, sessionId, userId } = await stage.emulator.signIn()
    for (const revocation of [{ userId }, { sessionId }]) {
      const held = stage.hold()
      const asked = hanko.validate(token, { fresh: true })
      await until(() => held.count === 1)
      const posts = stage.posts()
      hanko.revoke(revocation)
      held.end()
      const state = await asked
      // Of the user: the session is from this very second, so Hanko is asked anew.
      expect([state.status, stage.posts() - posts]).toEqual(
        'userId' in revocation ? ['authenticated', 1] : ['unauthenticated', 0],
      )
    }
    expect(await hanko.validate(token)).toEqual(REVOKED)
  })
})

describe('a tombstone', () => {
  it('lives for maxStaleness + staleIfError + 2 deadlines + 60 s; then Hanko is asked again, so a wrong one heals', async () => {
    const hanko = await stage.warm({ maxStaleness: '20s', staleIfError: '10s', deadline: '1s' })
    const { token, sessionId } = await stage.emulator.signIn()
    hanko.revoke({ sessionId })
    stage.time.pass(92_000)
    expect(await hanko.validate(token)).toEqual(REVOKED)
    expect(stage.posts()).toBe(0)
    stage.time.pass(1)
    expect((await hanko.validate(token)).status).toBe('authenticated')
  })

  it('of a session that Hanko ended answers for Hanko, at no cost', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    const { token, sessionId } = await stage.emulator.signIn()
    await stage.emulator.endSession(sessionId)
    await hanko.validate(token)
    const before = stage.emulator.requests.count()
    for (let time = 0; time < 10; time++) expect(await hanko.validate(token)).toEqual(REVOKED)
    expect([stage.emulator.requests.count(), hanko.stats().tombstones]).toEqual([before, 1])
  })

  it('of a session that Hanko ended is kept until its exp with Infinity, and no longer', async () => {
    const { emulator, time, warm } = await createStage({ lifespan: '1h' })
    const hanko = await warm(local)
    const { token, sessionId } = await emulator.signIn()
    await emulator.endSession(sessionId)
    expect(await hanko.validate(token, { fresh: true })).toEqual(REVOKED)
    time.pass(3_599_999)
    hanko.revoke({ sessionId: 'another' })
    expect([await hanko.validate(token), hanko.stats().tombstones]).toEqual([REVOKED, 2])
    time.pass(1)
    hanko.revoke({ sessionId: 'another' }) // who is added has those looked at whose time is over
    expect(hanko.stats().tombstones).toBe(1)
  })

  it('is neither made nor read for a token whose signature was not checked', async () => {
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    hanko.revoke({ sessionId })
    expect(await hanko.validate(`${token.slice(0, -10)}AAAAAAAAAA`)).toMatchObject({ reason: 'bad_signature' })
    stage.emulator.faults.set('validate', { kind: 'malformed', body: '{"is_valid":false}' })
    const other = await stage.emulator.signIn()
    await hanko.validate(`${other.token.slice(0, -10)}AAAAAAAAAA`)
    expect(hanko.stats().tombstones).toBe(1)
  })

  it('belongs to one validator', async () => {
    const [one, two] = [await stage.warm(), await stage.warm()]
    const { token, sessionId } = await stage.emulator.signIn()
    one.revoke({ sessionId })
    expect([(await one.validate(token)).status, (await two.validate(token)).status]).toEqual([
      'unauthenticated',
      'authenticated',
    ])
  })
})

describe('a revocation that comes while something is under way', () => {
  it.each([
    ['a bound', {}],
    ['Infinity', local],
  ] as const)('of the claims schema, is not forgotten: %s', async (_, options) => {
    let finish = (): void => {}
    let isChecking = false
    const claims = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        async validate(value: unknown) {
          isChecking = true
          await new Promise<void>((resolve) => (finish = resolve))
          return { value }
        },
      },
    }
    const { emulator, time } = stage
    const hanko = createSessionValidator({
      apiUrl: emulator.apiUrl,
      fetch: emulator.fetch,
      clock: time,
      claims,
      ...options,
    })
    const { token, sessionId } = await emulator.signIn()
    const asked = hanko.validate(token)
    await until(() => isChecking)
    hanko.revoke({ sessionId })
    finish()
    expect(await asked).toEqual(REVOKED)
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toEqual(REVOKED)
  })

  it('of the way into memory, is not forgotten either', async () => {
    const digest = crypto.subtle.digest.bind(crypto.subtle)
    for (const options of [{ cache: { hold: 'digest' } }, { ...local, cache: { hold: 'digest' } }] as const) {
      const hanko = await stage.warm(options)
      const { token, sessionId } = await stage.emulator.signIn()
      let digests = 0
      crypto.subtle.digest = async (...input) => {
        // The first is to look the token up, the second to remember it.
        if (++digests === 2) hanko.revoke({ sessionId })
        return digest(...input)
      }
      let state: AuthState = unavailable('upstream_timeout')
      try {
        state = await hanko.validate(token)
      } finally {
        crypto.subtle.digest = digest
      }
      expect(digests).toBe(2)
      // What was being decided before may pass, where no call to Hanko is at stake.
      expect(state.status).toBe('maxStaleness' in options ? 'authenticated' : 'unauthenticated')
      expect(await hanko.validate(token)).toEqual(REVOKED)
    }
  })
})

describe('before', () => {
  it('may be a Date or milliseconds: older sessions are refused, newer ones are not even asked about', async () => {
    for (const at of [(time: number) => new Date(time), (time: number) => time]) {
      const hanko = await stage.warm(local)
      const old = await stage.emulator.signIn()
      stage.time.pass(20_000)
      const before = at(stage.time.now())
      stage.time.pass(6_000)
      const fresh = await stage.emulator.signIn({ userId: old.userId })
      hanko.revoke({ userId: old.userId, before })
      expect(await hanko.validate(old.token)).toEqual(REVOKED)
      expect((await hanko.validate(fresh.token)).status).toBe('authenticated')
      expect(stage.posts()).toBe(0)
    }
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)])(
    'that is no time (%s) throws',
    async (before) => {
      const hanko = stage.validator()
      expect(() => hanko.revoke({ userId: 'ada', before })).toThrow(TypeError)
      expect(hanko.stats().tombstones).toBe(0)
    },
  )
})
