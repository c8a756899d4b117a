import { inspect } from 'node:util'
import type { SessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { createWebhookReceiver, type WebhookReceiver } from 'hanko-session/webhooks'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'
import { listHeaderAttacks } from './header-attacks.ts'

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)

let stage: Stage
let hanko: SessionValidator
let webhooks: WebhookReceiver
let ada: Awaited<ReturnType<Stage['emulator']['signIn']>>

beforeEach(async () => {
  stage = await createStage()
  hanko = await stage.warm()
  webhooks = createWebhookReceiver(hanko, { endSessionsOn: ['user.update'] })
  ada = await stage.emulator.signIn()
  await hanko.validate(ada.token)
  stage.time.pass(1_000)
  // Nobody's time is up unless a test says so, however slow the machine.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const toRequest = (body: BodyInit | null, type = 'application/json', method = 'POST') =>
  new Request('https://app.example/hooks/hanko', {
    method,
    headers: { 'content-type': type },
    body,
    duplex: 'half',
  } as RequestInit)
const deliver = (token: unknown, event: unknown = 'user.delete') =>
  webhooks.handle(toRequest(JSON.stringify({ token, event })))

/** The payload of a genuine webhook that ends Ada's sessions, changed; signed by Hanko's key. `undefined` leaves a member out. */
const signed = (changes: Record<string, unknown>, header?: Record<string, unknown>) => {
  const iat = Math.floor(stage.time.now() / 1_000)
  const data = { id: ada.userId }
  const payload = { aud: ['localhost'], data, evt: 'user.delete', exp: iat + 300, iat, sub: 'hanko webhooks' }
  return stage.emulator.signToken({ ...payload, ...changes }, header)
}

async function expectNoEffect(): Promise<void> {
  expect([webhooks.stats().revocations, webhooks.stats().failures]).toEqual([0, 0])
  expect(hanko.known(ada.token)?.status).toBe('authenticated')
}

async function refuse(answer: Promise<Response>, ...statuses: number[]): Promise<void> {
  const response = await answer
  const { status, headers } = response
  expect(statuses).toContain(status)
  // Nothing of what was sent is in it: a member more would be where an echo hides.
  const body = JSON.parse(await response.text()) as Record<string, unknown>
  expect([Object.keys(body), body['status']]).toEqual([['type', 'title', 'status', 'detail'], status])
  expect([headers.get('content-type'), headers.get('cache-control')]).toEqual(['application/problem+json', 'no-store'])
}

/** A body of which nothing comes. */
const silentBody = () => new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) })

describe('Webhook endpoint', () => {
  attack('W01', async () => {
    for (const body of ['', '{}', 'null', '[]', '7', '"x"', '{"event":"user.delete"}', '{"token":7}', '{"token":null}'])
      await refuse(webhooks.handle(toRequest(body)), 400)
    const token = await signed({})
    await refuse(webhooks.handle(toRequest(`[{"token":"${token}"}]`)), 400)
    await refuse(webhooks.handle(toRequest(`{"token":"x","token":"${token}"}`)), 400)
    await refuse(webhooks.handle(toRequest(`{"token":"${token}"`)), 400)
    await refuse(webhooks.handle(toRequest(`{"token":["${token}"]}`)), 400)
    await refuse(deliver(`{"evt":"user.delete","data":{"id":"${ada.userId}"}}`), 401)
    await refuse(webhooks.handle(toRequest(JSON.stringify({ token, pad: 'x'.repeat(10 * 1_024 * 1_024) }))), 413)
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/problem+json',
      '',
    ])
      await refuse(webhooks.handle(toRequest(JSON.stringify({ token }), type)), 415)
    for (const method of ['GET', 'HEAD', 'DELETE'])
      await refuse(webhooks.handle(new Request('https://app.example/hooks/hanko', { method })), 405)
    await refuse(webhooks.handle(toRequest(JSON.stringify({ token }), 'application/json', 'PUT')), 405)
    await expectNoEffect()
    // And what Hanko sends is taken, whatever the letters of its content type.
    const answer = await webhooks.handle(toRequest(JSON.stringify({ token }), 'Application/JSON; charset=utf-8'))
    expect(answer.status).toBe(200)
  })

  attack('W02', async () => {
    const harmless = await signed({ evt: 'user.create' })
    for (const event of ['user.delete', 'session.delete', undefined, 7, { evt: 'user.delete' }])
      expect((await deliver(harmless, event)).status).toBe(200)
    await expectNoEffect()
    expect((await deliver(await signed({}), 'user.create')).status).toBe(200)
    expect(await hanko.validate(ada.token)).toMatchObject({ reason: 'revoked' })
  })

  attack('W04', async () => {
    const foreign = await createHankoEmulator({ keys: inject('signingKeys').slice(1, 2), clock: stage.time })
    const [header] = (await signed({})).split('.')
    const kid = (JSON.parse(Buffer.from(header ?? '', 'base64url').toString()) as { kid: string }).kid
    const token = await foreign.webhooks.token('user.delete', { id: ada.userId })
    await refuse(deliver(token), 401)
    const { payload } = readParts(token)
    await refuse(deliver(await foreign.signToken(payload, { kid })), 401)
    webhooks = createWebhookReceiver(stage.validator({ audience: 'app.example' }))
    for (const aud of [['localhost'], 'localhost', ['app.example.evil'], [], undefined, ['app.example', 7]])
      await refuse(deliver(await signed({ aud })), 401)
    expect((await deliver(await signed({ aud: ['other', 'app.example'] }))).status).toBe(200)
    expect((await hanko.validate(ada.token)).status).toBe('authenticated')
  })

  attack('W05', async () => {
    const genuine = async () => {
      const token = await signed({})
      return { token, ...readParts(token) }
    }
    let sent = 0
    const mint = { emulator: stage.emulator, genuine, signed }
    const attacks = listHeaderAttacks(mint, async (...tokens) => {
      for (const token of tokens) {
        sent++
        await refuse(deliver(token), 400, 401, 413)
      }
    })
    for (const [id, run] of attacks) if (id <= 'H64' || id === 'H66') await run()
    expect(sent).toBeGreaterThan(80)
    expect(webhooks.stats()).toMatchObject({ taken: 0, refused: sent })
    await expectNoEffect()
  })

  attack('W06', async () => {
    for (const sub of [
      ada.userId,
      'hanko',
      'hanko webhooks ',
      'Hanko Webhooks',
      '',
      undefined,
      null,
      ['hanko webhooks'],
    ])
      await refuse(deliver(await signed({ sub })), 401)
    await expectNoEffect()
  })

  attack('W07', async () => {
    await refuse(deliver(ada.token), 401)
    // C24: the operator's template may put anything into sessions.
    const claims = { evt: 'user.delete', data: { id: ada.userId } }
    const { token } = await stage.emulator.signIn({ claims })
    await refuse(deliver(token), 401)
    const { payload } = readParts(token)
    await refuse(deliver(await signed({ ...payload, ...claims, sub: 'hanko webhooks' })), 401)
    await refuse(deliver(await signed({ session_id: ada.sessionId })), 401)
    await expectNoEffect()
    // Nor the other way round.
    expect(await hanko.validate(await signed({}))).toMatchObject({ reason: 'wrong_token_type' })
  })

  attack('W08', async () => {
    const heard: unknown[] = []
    for (const name of ['session.delete', 'user.delete'] as const) webhooks.on(name, (event) => void heard.push(event))
    const data = { id: ada.sessionId, user_id: ada.userId }
    for (const evt of [
      'session.deleteX',
      'session.deletes.x',
      'xsession.delete',
      'Session.delete',
      'tenant.delete',
      '',
    ])
      expect((await deliver(await signed({ evt, data }))).status).toBe(200)
    for (const evt of ['user.deleteX', 'user.deleted', '__proto__', 'constructor', 'user.delete\0'])
      expect((await deliver(await signed({ evt }))).status).toBe(200)
    for (const evt of [7, ['user.delete'], { 0: 'user.delete' }, null, undefined, true])
      await refuse(deliver(await signed({ evt })), 400)
    expect(heard).toEqual([])
    await expectNoEffect()
  })

  attack('W10', async () => {
    const heard: unknown[] = []
    webhooks.on('user.delete', ({ name }) => void heard.push(name))
    const token = await signed({})
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(token)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    stage.time.pass(304_000) // as long as it can be sent at all, by a clock that is 5 s behind
    expect((await deliver(await signed({ evt: 'user.login' }))).status).toBe(200)
    const verify = vi.spyOn(crypto.subtle, 'verify')
    expect((await deliver(token)).status).toBe(200)
    expect(verify).not.toHaveBeenCalled()
    expect(webhooks.stats()).toMatchObject({ taken: 2, repeated: 5, revocations: 1 })
    expect(heard).toEqual(['user.delete'])
    stage.time.pass(1_000)
    await refuse(deliver(token), 401)
    expect(webhooks.stats().revocations).toBe(1)
  })

  attack('W11', async () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
    const data = {
      id: crypto.randomUUID(),
      subject: '535542',
      body_plain: 'passcode 535542',
      to_email_address: 'ada@example.com',
    }
    const token = await signed({ evt: 'email.send', data })
    expect((await deliver(token, 'email.send')).status).toBe(200)
    expect((await deliver(token.slice(0, -4), 'email.send')).status).toBe(401)
    webhooks.on('email.send', () => Promise.reject(new Error(`could not send 535542 to ada@example.com`)))
    expect((await deliver(await signed({ evt: 'email.send', data: { ...data, again: true } }))).status).toBe(200)
    await stage.settled()
    expect(webhooks.stats()).toMatchObject({ taken: 2, revocations: 0, failures: 1 })
    const told = inspect([stage.lines, stage.decisions, webhooks, webhooks.stats(), hanko.stats()], {
      depth: 20,
      showHidden: true,
    })
    expect(told).toContain('email.send')
    for (const secret of ['535542', 'ada@', data.id, token.slice(0, 20)]) expect(told).not.toContain(secret)
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    expect(hanko.known(ada.token)?.status).toBe('authenticated')
  })

  attack('W13', async () => {
    const answers = Array.from({ length: 20 }, () => webhooks.handle(toRequest(silentBody())))
    let answered = 0
    for (const answer of answers) void answer.then(() => answered++)
    await until(() => vi.getTimerCount() === 20)
    vi.advanceTimersByTime(799)
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(0)
    vi.advanceTimersByTime(1)
    for (const answer of answers) await refuse(answer, 400)
    // One who sends a byte now and then, a whole token at last, gets no more time than one who sends none.
    const token = await signed({})
    let more: (text: string) => void = () => {}
    const trickling = new ReadableStream<Uint8Array>({
      start: (controller) => void (more = (text) => controller.enqueue(new TextEncoder().encode(text))),
    })
    const answer = webhooks.handle(toRequest(trickling))
    await until(() => vi.getTimerCount() === 1)
    more(`{"token":"${token}"`)
    vi.advanceTimersByTime(800)
    await refuse(answer, 400)
    expect(vi.getTimerCount()).toBe(0)
    await expectNoEffect()
  })

  // A store of the fleet comes with `hanko-session-redis`. Whatever acts on an event here beside the local tombstone
  // is a handler of the app: it fails, or never ends.
  attack('W14', async () => {
    let revive: () => void = () => {}
    const isBack = new Promise<void>((resolve) => (revive = resolve))
    const stored: unknown[] = []
    webhooks.on('user.delete', async ({ data }) => {
      await isBack
      stored.push(data.id)
    })
    webhooks.on('user.delete', () => {
      throw new Error('the store is down')
    })
    expect((await deliver(await signed({}))).status).toBe(200) // no timer moved: nobody was waited for
    expect(await hanko.validate(ada.token)).toMatchObject({ reason: 'revoked' })
    expect([stored, webhooks.stats().failures]).toEqual([[], 1])
    expect(stage.lines.map(([, message]) => message)).toContainEqual(
      expect.stringContaining('the handler of user.delete'),
    )
    revive()
    await stage.settled()
    expect(stored).toEqual([ada.userId])
  })

  attack('W15', async () => {
    // 400 in one go; the whole minute is for the fleet test. None is lost, doubled, or kept beyond its time.
    const ids = Array.from({ length: 400 }, () => crypto.randomUUID())
    const heard = new Set<string>()
    webhooks.on('session.delete', ({ data }) => void heard.add(data.id))
    const tokens = await Promise.all(
      ids.map((id) => stage.emulator.webhooks.token('session.delete.explicit.logout', { id })),
    )
    const answers = await Promise.all([...tokens, ...tokens].map((token) => deliver(token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(webhooks.stats()).toMatchObject({ taken: 400, repeated: 400, revocations: 400, failures: 0 })
    expect([heard.size, hanko.stats().tombstones]).toEqual([400, 400])
    expect(stage.jwks()).toBe(1)
    // Later ones push out what is over.
    stage.time.pass(600_000)
    await deliver(await stage.emulator.webhooks.token('session.delete.explicit.logout', { id: ada.sessionId }))
    expect(hanko.stats().tombstones).toBe(1)
  })
})

function readParts(token: string): { header: Record<string, unknown>; payload: Record<string, unknown> } {
  const [header, payload] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)
  return { header: header ?? {}, payload: payload ?? {} }
}
