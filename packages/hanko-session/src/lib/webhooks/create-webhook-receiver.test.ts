import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../../test/stage.ts'
import { createHankoEmulator } from '../../testing.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { createTenantValidator } from '../tenants/create-tenant-validator.ts'
import { createWebhookReceiver, type WebhookReceiverOptions } from './create-webhook-receiver.ts'
import type { WebhookEvent } from './webhook-events.ts'

const ID = '7f1b2c3d-0000-4000-8000-000000000001'

let stage: Stage
let hanko: SessionValidator
beforeEach(async () => {
  stage = await createStage({ sessionLimit: 5 })
  hanko = await stage.warm()
  // Nobody's time is up unless a test says so, however slow the machine.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => void vi.useRealTimers())

const post = (token: unknown, event: unknown = 'x') =>
  new Request('https://app.example/hooks', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, event }),
  })

function receiver(options?: WebhookReceiverOptions, by: SessionValidator = hanko) {
  const webhooks = createWebhookReceiver(by, options)
  const send = async (...event: Parameters<Stage['emulator']['webhooks']['token']>) =>
    (await webhooks.handle(post(await stage.emulator.webhooks.token(...event)))).status
  return { webhooks, send }
}

describe('createWebhookReceiver', () => {
  it('ends a session by its id when the answer begins', async () => {
    const { send, webhooks } = receiver()
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    expect(await send('session.delete.explicit.logout', { id: sessionId })).toBe(200)
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
    expect(webhooks.stats()).toEqual({
      taken: 1,
      repeated: 0,
      refused: 0,
      unproved: 0,
      revocations: 1,
      failures: 0,
    })
  })

  it('ends the sessions of a deleted user that began before, and asks about those of the same second', async () => {
    const { send } = receiver()
    const old = await stage.emulator.signIn()
    stage.time.pass(1_000)
    const same = await stage.emulator.signIn({ userId: old.userId })
    for (const { token } of [old, same]) await hanko.validate(token)
    await send('user.delete', { id: old.userId })
    stage.time.pass(1_000)
    const later = await stage.emulator.signIn({ userId: old.userId })
    const posts = stage.posts()
    expect(await hanko.validate(old.token)).toMatchObject({ reason: 'revoked' })
    expect(stage.posts() - posts).toBe(0)
    expect(hanko.known(same.token)).toBeUndefined()
    expect((await hanko.validate(same.token)).status).toBe('authenticated')
    expect(stage.posts() - posts).toBe(1)
    expect((await hanko.validate(later.token)).status).toBe('authenticated')
  })

  it('takes what Hanko signed that is longer than any session token', async () => {
    const { send } = receiver()
    const { token, userId } = await stage.emulator.signIn()
    stage.time.pass(1_000)
    expect(await send('user.delete', { id: userId, metadata: { public: 'x'.repeat(20_000) } })).toBe(200)
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
  })

  it('ends sessions after the changes that it was told', async () => {
    const { send } = receiver({ endSessionsOn: ['user.update.password', 'user.update.email.primary'] })
    const isEndedBy = async (name: 'user.login' | `user.update.${string}`) => {
      const { token, userId } = await stage.emulator.signIn()
      stage.time.pass(1_000)
      await send(name, { id: userId })
      return (await hanko.validate(token)).status === 'unauthenticated'
    }
    expect(await isEndedBy('user.update.password.update')).toBe(true)
    expect(await isEndedBy('user.update.email.primary')).toBe(true)
    expect(await isEndedBy('user.update.email.create')).toBe(false)
    expect(await isEndedBy('user.login')).toBe(false)
  })

  it('tells those who listen, once, with the whole event', async () => {
    const { send, webhooks } = receiver()
    const events: [string, WebhookEvent][] = []
    for (const name of ['user', 'user.create', 'user.update', 'session', 'session.create.admin'] as const)
      webhooks.on(name, (event) => void events.push([name, event]))
    await send('user.create', { id: ID, emails: [{ address: 'ada@example.com' }] })
    expect(events.map(([name]) => name)).toEqual(['user', 'user.create'])
    expect(events[0]?.[1]).toEqual({
      name: 'user.create',
      data: { id: ID, emails: [{ address: 'ada@example.com' }] },
      issuedAt: stage.time.now(),
    })
    expect(Object.isFrozen(events[0]?.[1])).toBe(true)
    events.length = 0
    await send('session.create.admin', { id: ID })
    expect(events.map(([name]) => name)).toEqual(['session', 'session.create.admin'])
    events.length = 0
    await send('user.update.email.create', { id: ID })
    expect(events.map(([name]) => name)).toEqual(['user', 'user.update'])
  })

  it('answers without waiting for handlers, and tells of those that fail without a word of theirs', async () => {
    const { send, webhooks } = receiver()
    let fail: (reason: Error) => void = () => {}
    webhooks.on('user.create', () => new Promise((_, reject) => (fail = reject)))
    webhooks.on('user', () => {
      throw new Error(`about ${ID}`)
    })
    expect(await send('user.create', { id: ID })).toBe(200)
    fail(new Error(`about ${ID}`))
    await stage.settled()
    expect(webhooks.stats()).toMatchObject({ taken: 1, failures: 2 })
    expect(stage.lines.map(([, message]) => message)).toEqual([
      expect.stringContaining('the handler of user failed') as string,
      expect.stringContaining('the handler of user.create failed') as string,
    ])
    expect(JSON.stringify(stage.lines)).not.toContain(ID)
  })

  it('hands an e-mail only to who listens for it by name', async () => {
    const { send, webhooks } = receiver()
    const heard: unknown[] = []
    webhooks.on('user', (event) => void heard.push(event))
    await send('email.send', { subject: '123456', id: ID })
    expect(heard).toEqual([])
    webhooks.on('email.send', ({ data }) => void heard.push(data.subject))
    await send('email.send', { subject: '654321' })
    expect(heard).toEqual(['654321'])
  })

  it('takes what names nobody, without effect, and says so', async () => {
    const { send, webhooks } = receiver()
    const heard: unknown[] = []
    webhooks.on('user', (event) => void heard.push(event))
    for (const data of [{}, { id: 7 }, { id: 'x' }, []]) expect(await send('user.delete', data)).toBe(200)
    expect([heard, webhooks.stats().revocations]).toEqual([[], 0])
    expect(stage.lines.map(([, message]) => message)).toContainEqual(expect.stringContaining('does not say whom'))
  })

  it('asks for keys by itself: strangers take nothing from the sessions', async () => {
    const { webhooks } = receiver()
    const foreign = await createHankoEmulator({ keys: inject('signingKeys').slice(1, 2), clock: stage.time })
    for (let at = 0; at < 8; at++) {
      stage.time.pass(1)
      const payload = { sub: 'hanko webhooks', iat: stage.time.now() / 1_000 + 4, exp: stage.time.now() / 1_000 + 300 }
      const answer = await webhooks.handle(post(await foreign.signToken({ ...payload, at }, { kid: `kid-${at}` })))
      expect([401, 503]).toContain(answer.status)
    }
    expect(webhooks.stats().unproved).toBeGreaterThan(0)
    expect(stage.jwks()).toBeLessThan(6)
    await stage.emulator.rotateKeys(inject('signingKeys')[2])
    const { token } = await stage.emulator.signIn()
    expect((await hanko.validate(token)).status).toBe('authenticated')
  })

  it('refuses while keys cannot be had at once, and goes on after the answer while they may still come', async () => {
    const { webhooks, send } = receiver()
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate(token)
    stage.emulator.faults.set('jwks', { kind: 'status', status: 404 })
    expect(await send('session.delete.admin.revoke', { id: sessionId })).toBe(503)
    expect(webhooks.stats()).toMatchObject({ unproved: 1, revocations: 0 })

    let letThrough: () => void = () => {}
    const held = new Promise<void>((resolve) => (letThrough = resolve))
    const slow = stage.validator({
      fetch: async (input, init) => {
        await held
        return stage.emulator.fetch(input, init)
      },
    })
    stage.emulator.faults.clear()
    const other = receiver({}, slow)
    let status: number | undefined
    const sent = other.send('session.delete.admin.revoke', { id: sessionId }).then((found) => (status = found))
    await until(() => vi.getTimerCount() >= 3)
    vi.advanceTimersByTime(799)
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(status).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(await sent).toBe(200)
    expect(other.webhooks.stats().revocations).toBe(0)
    letThrough()
    await stage.settled()
    expect(other.webhooks.stats().revocations).toBe(1)
    expect(await slow.validate(token)).toMatchObject({ reason: 'revoked' })
  })

  it('ends with its validator, and can be made of one that has ended', async () => {
    const { send } = receiver()
    expect(await send('user.create', { id: ID })).toBe(200)
    hanko.close()
    expect(await send('user.create', { id: ID, again: true })).toBe(503)
    expect(await receiver().send('user.create', { id: ID })).toBe(503)
  })

  it('gives the work of handlers to waitUntil', async () => {
    const work: Promise<unknown>[] = []
    const { send, webhooks } = receiver({}, stage.validator({ waitUntil: (more) => work.push(more) }))
    let isDone = false
    webhooks.on('user', async () => {
      await new Promise((resolve) => setImmediate(resolve))
      isDone = true
    })
    await send('user.create', { id: ID })
    expect(isDone).toBe(false)
    await Promise.all(work)
    expect(isDone).toBe(true)
  })

  it('survives a waitUntil that throws', async () => {
    const { send, webhooks } = receiver(
      {},
      stage.validator({
        waitUntil: () => {
          throw new Error('over')
        },
      }),
    )
    webhooks.on('user', () => Promise.reject(new Error('x')))
    expect(await send('user.create', { id: ID })).toBe(200)
  })

  it('refuses what is no validator, and options that make no sense', () => {
    const make =
      (options: unknown, by: unknown = hanko) =>
      () =>
        createWebhookReceiver(by as SessionValidator, options as WebhookReceiverOptions)
    for (const by of [null, {}, { ...hanko }, 'x']) expect(make({}, by)).toThrow(TypeError)
    for (const options of [
      { endSessionsOn: 'user.update' },
      { endSessionsOn: ['user.login'] },
      { endSessionsOn: ['session.create'] },
      { endSessionsOn: ['toString'] },
      { endsSessionsOn: [] },
      { tenant: 'acme' },
    ])
      expect(make(options)).toThrow(TypeError)
    const { on } = createWebhookReceiver(hanko)
    for (const name of ['user.crate', 'email', '', 'toString', undefined])
      expect(() => on(name as 'user', () => {})).toThrow(TypeError)
    expect(() => on('user', undefined as never)).toThrow(TypeError)
  })
})

describe('createWebhookReceiver with tenants', () => {
  const [ACME, GLOBEX] = ['aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'] as const

  it.each(['uuid', 'record'] as const)('takes the webhooks of its own tenant only: %s', async (kind) => {
    const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 2), tenants: [ACME, GLOBEX] })
    const names = kind === 'uuid' ? [ACME, GLOBEX] : ['acme', 'globex']
    const validator = createTenantValidator({
      ...(kind === 'uuid'
        ? { apiUrl: emulator.apiUrl, tenants: 'uuid' as const }
        : { tenants: { acme: `${emulator.apiUrl}/${ACME}`, globex: `${emulator.apiUrl}/${GLOBEX}` } }),
      tenant: () => undefined,
      fetch: emulator.fetch,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    })
    const [acme = '', globex = ''] = names
    const ada = await emulator.signIn({ tenant: ACME })
    expect((await validator.validate(ada.token, { tenant: acme })).status).toBe('authenticated')
    const data = { id: ada.sessionId }
    const foreign = await emulator.webhooks.token('session.delete.admin.revoke', data, { tenant: GLOBEX })
    const own = await emulator.webhooks.token('session.delete.admin.revoke', data, { tenant: ACME })
    const webhooks = createWebhookReceiver(validator, { tenant: acme })
    expect((await webhooks.handle(post(foreign))).status).toBe(401)
    expect((await createWebhookReceiver(validator, { tenant: globex }).handle(post(foreign))).status).toBe(200)
    expect((await validator.validate(ada.token, { tenant: acme })).status).toBe('authenticated')
    expect((await webhooks.handle(post(own))).status).toBe(200)
    expect(await validator.validate(ada.token, { tenant: acme })).toMatchObject({ reason: 'revoked' })
    expect(() => createWebhookReceiver(validator)).toThrow(TypeError)
    expect(() => createWebhookReceiver(validator, { tenant: 'https://evil.example' })).toThrow(TypeError)
    validator.close()
    expect((await webhooks.handle(post(foreign))).status).not.toBe(200)
  })
})
