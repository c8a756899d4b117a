import type { SessionValidator } from 'hanko-session'
import { createWebhookReceiver, type WebhookReceiver } from 'hanko-session/webhooks'
import { beforeEach, describe, expect, it } from 'vitest'
import { createStage, type Stage, until } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'

/** How a revocation comes in: by the app's own call, or from Hanko. */
type Revoke = (ended: { sessionId: string; userId: string }, whole?: 'user') => Promise<void>

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})

/** The same by `revoke` and by a webhook. */
function bothWays(id: string, run: (hanko: SessionValidator, revoke: Revoke) => Promise<void>, options?: object): void {
  attack(id, async () => {
    const byCall = await stage.warm(options)
    await run(byCall, async ({ sessionId, userId }, whole) => byCall.revoke(whole ? { userId } : { sessionId }))
    const byWebhook = await stage.warm(options)
    await run(byWebhook, async ({ sessionId, userId }, whole) => {
      const event = whole ? 'user.delete' : 'session.delete.explicit.logout'
      const token = await stage.emulator.webhooks.token(event, { id: whole ? userId : sessionId })
      expect(await deliver(byWebhook, token)).toBe(200)
    })
  })
}

async function deliver(to: SessionValidator | WebhookReceiver, token: string): Promise<number> {
  const receiver = 'handle' in to ? to : createWebhookReceiver(to)
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ token, event: 'x' })
  const answer = await receiver.handle(new Request('https://app.example/hook', { method: 'POST', headers, body }))
  await stage.settled() // on a machine that is busy, the effect may come after the answer
  return answer.status
}

describe('Cache: revocations', () => {
  bothWays('A19', async (hanko, revoke) => {
    const session = await stage.emulator.signIn()
    const held = stage.hold()
    const asked = hanko.validate(session.token)
    await until(() => held.count === 1)
    await revoke(session)
    held.end()
    await asked
    // The late `true` is not remembered: neither to be served, nor for a time without the tombstone.
    expect(hanko.stats().sessions).toBe(0)
    expect(hanko.known(session.token)).toBeUndefined()
    expect(await hanko.validate(session.token)).toMatchObject({ reason: 'revoked' })
  })
  bothWays(
    'A20',
    async (hanko, revoke) => {
      const session = await stage.emulator.signIn()
      await revoke(session) // Hanko goes on saying `is_valid: true`
      for (const how of [{}, { fresh: true }])
        expect(await hanko.validate(session.token, how)).toMatchObject({ reason: 'revoked' })
    },
    { maxStaleness: 0 },
  )
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
  bothWays('A23', async (hanko, revoke) => {
    const old = await stage.emulator.signIn()
    stage.time.pass(10_000)
    await revoke(old, 'user')
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
  attack('A25', async () => {
    const hanko = await stage.warm()
    const receiver = createWebhookReceiver(hanko)
    const { token, sessionId, userId } = await stage.emulator.signIn()
    const { webhooks } = stage.emulator
    const began = await webhooks.token('session.create.flow', { id: sessionId, user_id: userId })
    const deleted = await webhooks.token('user.delete', { id: userId })
    expect([await deliver(receiver, began), (await hanko.validate(token)).status]).toEqual([200, 'authenticated'])
    stage.time.pass(1_000)
    const ended = await webhooks.token('session.delete.admin.revoke', { id: sessionId })
    for (const each of [ended, ended, deleted, began, ended, began, deleted])
      expect(await deliver(receiver, each)).toBe(200)
    expect(receiver.stats()).toMatchObject({ taken: 3, repeated: 5, revocations: 2 })
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
    // Who signs in later is not ended by what is sent again, and would not be by a receiver that has forgotten it.
    const later = await stage.emulator.signIn({ userId })
    for (const to of [receiver, createWebhookReceiver(hanko)]) expect(await deliver(to, deleted)).toBe(200)
    expect((await hanko.validate(later.token)).status).toBe('authenticated')
  })
  bothWays('A26', async (hanko, revoke) => {
    const session = await stage.emulator.signIn()
    const [before, posts] = [hanko.stats().tombstones, stage.posts()]
    for (let event = 0; event < 2; event++) await revoke(session) // before it was ever seen
    const { webhooks } = stage.emulator
    expect(await deliver(hanko, await webhooks.token('session.create.flow', { id: session.sessionId }))).toBe(200)
    expect(await hanko.validate(session.token)).toMatchObject({ reason: 'revoked' })
    expect([hanko.stats().tombstones - before, stage.posts() - posts]).toEqual([1, 0])
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
