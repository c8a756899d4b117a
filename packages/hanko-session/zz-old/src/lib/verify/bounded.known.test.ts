import { beforeEach, describe, expect, it } from 'vitest'
import type { SignedIn } from '../../testing.ts'
import { createStage, type Stage } from '../../../test/stage.ts'
import type { SessionValidator } from '../create-session-validator.ts'

let stage: Stage
let hanko: SessionValidator
let ada: SignedIn

beforeEach(async () => {
  stage = await createStage()
  hanko = await stage.warm()
  ada = await stage.emulator.signIn()
  await hanko.validate(ada.token)
  stage.emulator.requests.clear()
  stage.decisions.length = 0
})

const get = (headers: Record<string, string>) => new Request('https://app.example/', { headers })

describe('known', () => {
  it('answers from memory at once, whatever carries the token', () => {
    const inputs = [
      ada.token,
      get({ cookie: ada.cookie }),
      get({ authorization: ada.header }),
      get({ cookie: `${ada.cookie}; ${ada.cookie}` }), // equal values count once
      { headers: {}, connectionParams: { authorization: ada.header } },
    ]
    for (const input of inputs) {
      expect(hanko.known(input)).toMatchObject({
        status: 'authenticated',
        session: { userId: ada.userId, sessionId: ada.sessionId },
      })
    }
    expect(stage.emulator.requests.count()).toBe(0)
    expect(stage.decisions).toHaveLength(inputs.length)
    expect(stage.decisions[0]).toMatchObject({ outcome: 'authenticated', source: 'memory', age: 0 })
  })

  it('says what a request says by itself', () => {
    const fromElsewhere = { cookie: ada.cookie, host: 'app.example', origin: 'https://evil.example' }
    expect(hanko.known(get({}))).toEqual({ status: 'unauthenticated', reason: 'no_token' })
    expect(hanko.known(get({ authorization: 'Bearer' }))).toMatchObject({ reason: 'malformed_credentials' })
    expect(hanko.known(get({ authorization: 'Bearer x' }))).toMatchObject({ reason: 'malformed_token' })
    expect(hanko.known(fromElsewhere, { changesState: true })).toMatchObject({ reason: 'cross_site' })
    expect(hanko.known(fromElsewhere, { changesState: false })).toMatchObject({ status: 'authenticated' })
  })

  it('is undefined when something has to be parsed, verified or asked', async () => {
    const eve = await stage.emulator.signIn()
    expect(hanko.known(eve.token)).toBeUndefined()
    expect(hanko.known(get({ authorization: eve.header }))).toBeUndefined()
    expect(hanko.known('')).toBeUndefined()
    expect(hanko.known('garbage')).toBeUndefined()
    expect(hanko.known(`${ada.token.slice(0, -1)}!`)).toBeUndefined()
    expect(hanko.known(get({ cookie: `${ada.cookie}; ${eve.cookie}` }))).toBeUndefined()
    expect(stage.emulator.requests.count()).toBe(0)
    expect(stage.decisions).toEqual([])
  })

  it('never tries another source than the first that has something', async () => {
    const eve = await stage.emulator.signIn()
    expect(hanko.known(get({ authorization: eve.header, cookie: ada.cookie }))).toBeUndefined()
  })

  it.each(['text', 'digest'] as const)('is undefined once an answer is too old (held as %s)', async (hold) => {
    hanko = await stage.warm({ cache: { hold } })
    await hanko.validate(ada.token)
    // A digest takes a promise.
    expect(hanko.known(ada.token) !== undefined).toBe(hold === 'text')
    stage.time.pass(30_001)
    expect(hanko.known(ada.token)).toBeUndefined()
  })

  it('is always undefined with maxStaleness 0, staleIfError or not', async () => {
    for (const options of [{}, { staleIfError: '5m' }] as const) {
      hanko = await stage.warm({ maxStaleness: 0, ...options })
      await hanko.validate(ada.token)
      expect(hanko.known(ada.token)).toBeUndefined()
      expect(hanko.known(get({ cookie: ada.cookie }))).toBeUndefined()
    }
  })

  it('is undefined once the session was revoked, and once it expired', () => {
    stage.time.pass(20_000)
    expect(hanko.known(ada.token)).toBeDefined()
    hanko.revoke({ sessionId: ada.sessionId })
    expect(hanko.known(ada.token)).toBeUndefined()
  })

  it('counts as use: a due refresh begins, and nobody waits for it', async () => {
    stage.time.pass(20_000)
    expect(hanko.known(ada.token)).toBeDefined()
    await stage.settled()
    expect(stage.posts()).toBe(0)
    stage.time.pass(1)
    for (let time = 0; time < 10; time++) expect(hanko.known(ada.token)).toBeDefined()
    await stage.settled()
    expect(stage.posts()).toBe(1)
    // The age counts from the refresh.
    stage.time.pass(30_000)
    expect(hanko.known(ada.token)).toBeDefined()
  })
})
