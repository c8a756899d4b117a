import { beforeEach, describe, expect, it } from 'vitest'
import { createStage, type Stage, until } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})

// What a webhook will bring, `revoke` brings here.
describe('Cache: revocations', () => {
  attack('A19', async () => {
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    const held = stage.hold()
    const asked = hanko.validate(token)
    await until(() => held.count === 1)
    hanko.revoke({ sessionId })
    held.end()
    await asked
    expect(hanko.known(token)).toBeUndefined()
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
  })
  attack('A20', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    const { token, sessionId } = await stage.emulator.signIn()
    hanko.revoke({ sessionId }) // Hanko goes on saying `is_valid: true`
    for (const how of [{}, { fresh: true }])
      expect(await hanko.validate(token, how)).toMatchObject({ reason: 'revoked' })
  })
  attack('A21', async () => {
    const [here, there] = [await stage.warm(), await stage.warm()]
    const { token, sessionId } = await stage.emulator.signIn()
    await Promise.all([here.validate(token), there.validate(token)])
    await stage.emulator.endSession(sessionId)
    here.revoke({ sessionId })
    expect(await here.validate(token)).toMatchObject({ reason: 'revoked' })
    stage.time.pass(30_001)
    expect(await there.validate(token)).toMatchObject({ reason: 'revoked' })
  })
  attack('A23', async () => {
    const hanko = await stage.warm()
    const old = await stage.emulator.signIn()
    stage.time.pass(10_000)
    hanko.revoke({ userId: old.userId })
    const fresh = await stage.emulator.signIn({ userId: old.userId })
    expect(await hanko.validate(old.token)).toMatchObject({ reason: 'revoked' })
    expect((await hanko.validate(fresh.token)).status).toBe('authenticated')
    stage.time.pass(10_000)
    const later = await stage.emulator.signIn({ userId: old.userId })
    expect((await hanko.validate(later.token)).status).toBe('authenticated')
  })
  attack('A24', async () => {
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    await stage.emulator.endSession(sessionId) // and nobody says so
    stage.time.pass(30_001)
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
  })
  attack('A26', async () => {
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    for (let event = 0; event < 2; event++) hanko.revoke({ sessionId }) // before it was ever seen
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
    expect([hanko.stats().tombstones, stage.posts()]).toEqual([1, 0])
  })
  attack('A27', async () => {
    const hanko = await stage.warm()
    const [ada, bob] = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    for (const { token } of [ada, bob]) await hanko.validate(token)
    await stage.emulator.endSession(ada.sessionId)
    hanko.revoke({ sessionId: ada.sessionId })
    for (let other = 1; other < 100_000; other++) hanko.revoke({ sessionId: `other-${other}` })
    expect(await hanko.validate(ada.token)).toMatchObject({ reason: 'revoked' })
    expect([hanko.stats().tombstones, stage.posts(), hanko.known(bob.token)?.status]).toEqual([
      100_000,
      2,
      'authenticated',
    ])
    // One too many: it folds, and what was answered before it is asked again.
    hanko.revoke({ sessionId: 'one more' })
    expect([hanko.stats().tombstones, hanko.known(ada.token), hanko.known(bob.token)]).toEqual([
      100_000,
      undefined,
      undefined,
    ])
    expect(await hanko.validate(ada.token)).toMatchObject({ reason: 'revoked' })
    expect((await hanko.validate(bob.token)).status).toBe('authenticated')
    expect(hanko.known(bob.token)).toBeDefined()
  })
})
