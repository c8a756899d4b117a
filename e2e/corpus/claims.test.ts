import { generateKeyPairSync, sign } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { titleOf } from './corpus.ts'
import { createTarget, type Target } from './target.ts'

let target: Target

beforeEach(async () => {
  target = await createTarget()
})

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)

/** Each of these values of one claim is refused, though Hanko's key signed it. */
async function refuseClaim(name: string, ...values: unknown[]): Promise<void> {
  for (const value of values) await target.expectRefused({ token: await target.signed({ [name]: value }) })
}

/** A payload written by hand, signed by Hanko's key. */
const raw = (payload: string) => target.emulator.signToken(payload)

async function genuineText(): Promise<string> {
  return JSON.stringify((await target.genuine()).payload)
}

describe('Claims', () => {
  attack('C02', () => refuseClaim('exp', String(target.now + 3_600), `${target.now + 3_600}.0`))
  attack('C03', () => refuseClaim('exp', null, true, [], {}, '', 'NaN', undefined, [target.now + 3_600]))
  attack('C05', async () => {
    const { token, payload } = await target.genuine()
    await target.expectAccepted({ token })
    await target.expectRefused({ token: await target.signed({ exp: target.now + 0.9 }) }, { shown: 'expired' })
    // Hanko is asked about it, so the session must be one that it knows: the same, with a fraction.
    target.emulator.clock.advance(((payload['exp'] as number) - target.now - 1) * 1_000)
    const fraction = await target.emulator.signToken({ ...payload, exp: (payload['exp'] as number) + 0.9 })
    await target.expectAccepted({ token: fraction })
    target.emulator.clock.advance(1_000)
    await target.expectRefused({ token: fraction }, { shown: 'expired' })
  })
  attack('C06', async () => {
    for (const exp of [target.now - 1, target.now]) {
      await target.expectRefused({ token: await target.signed({ exp, iat: exp - 60 }) }, { shown: 'expired' })
    }
  })
  attack('C07', async () => {
    const text = await genuineText()
    await target.expectRefused({ token: await raw(text.replace('{', `{"exp":${target.now + 99},`)) })
    await target.expectRefused({ token: await raw(text.replace('{', `{"e\\u0078p":${target.now - 99},`)) })
  })
  attack('C08', async () => {
    for (const name of ['EXP', 'Exp'])
      await target.expectRefused({ token: await target.signed({ exp: undefined, [name]: target.now + 3_600 }) })
  })
  attack('C09', () => refuseClaim('nbf', target.now + 6, String(target.now), null))
  attack('C10', () => refuseClaim('iat', target.now + 6, target.now + 3_600))
  attack('C11', () => refuseClaim('iat', String(target.now), target.now + 50_000, 0, -1, null, undefined))
  attack('C13', async () => {
    const by = target.validator({ audience: 'localhost' })
    await target.expectRefused({ token: await target.signed({ aud: undefined }) }, { by })
    await target.expectRefused({ token: await target.signed({ aud: [] }) }, { by })
    await target.expectRefused({ token: await target.signed({ aud: ['other'] }) }, { by })
  })
  attack('C14', async () => {
    const by = target.validator({ audience: ['app', 'localhost'] })
    const { payload } = await target.genuine()
    for (const aud of ['localhost', ['localhost'], ['x', 'localhost']]) {
      expect((await by.validate(await target.emulator.signToken({ ...payload, aud }))).status).toBe('authenticated')
    }
  })
  attack('C16', async () => {
    const by = target.validator({ audience: 'localhost' })
    for (const aud of [[['localhost']], { 0: 'localhost' }, { length: 1, 0: 'localhost' }, 7, null]) {
      await target.expectRefused({ token: await target.signed({ aud }) }, { by })
    }
  })
  attack('C17', async () => {
    const by = target.validator({ issuer: 'https://hanko.example' })
    const wrong = [
      undefined,
      'https://other.example',
      'https://hanko.example/',
      'https://Hanko.example',
      ['https://hanko.example'],
      'http://hanko.example',
    ]
    for (const iss of wrong) await target.expectRefused({ token: await target.signed({ iss }) }, { by })
    const { payload } = await target.genuine()
    const right = await target.emulator.signToken({ ...payload, iss: 'https://hanko.example' })
    expect((await by.validate(right)).status).toBe('authenticated')
  })
  attack('C18', () =>
    refuseClaim('sub', undefined, '', 7, null, 'hanko webhooks', '00000000-0000-0000-0000-000000000000', 'not a uuid'),
  )
  attack('C19', async () => {
    const token = await target.signed({ session_id: undefined })
    await target.expectRefused({ token })
    await target.expectRefused({ token }, { by: target.validator({ audience: 'localhost' }) })
  })
  attack('C20', () => refuseClaim('session_id', 7, null, '', [], {}))
  attack('C21', async () => {
    const { sessionId } = await target.genuine()
    await refuseClaim(
      'session_id',
      sessionId.toUpperCase(),
      `{${sessionId}}`,
      `urn:uuid:${sessionId}`,
      sessionId.replaceAll('-', ''),
      `${sessionId} `,
      `${sessionId}\n`,
    )
  })
  attack('C22', async () => {
    const { userId } = await target.genuine()
    const token = await target.emulator.webhooks.token('user.delete', { id: userId })
    await target.expectRefused({ authorization: `Bearer ${token}` })
    expect(await target.hanko.validate(token)).toEqual({ status: 'unauthenticated', reason: 'wrong_token_type' })
  })
  attack('C23', async () => {
    const { payload } = await target.genuine()
    const webhook = { ...payload, sub: 'hanko webhooks', evt: 'user.login', data: { id: payload['sub'] } }
    await target.expectRefused({ token: await target.emulator.signToken(webhook) })
    // The other way round: an operator may give sessions these claims, and they stay sessions.
    await target.expectAccepted({ token: await target.emulator.signToken({ ...payload, evt: 'user.login', data: {} }) })
  })
  attack('C27', async () => {
    const { header, payload } = await target.genuine()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const byAnother = (claims: object): string => {
      const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
    }
    const common = { iat: target.now - 10, exp: target.now + 3_600, aud: payload['aud'], kid: header['kid'] }
    const google = {
      ...common,
      iss: 'https://accounts.google.com',
      sub: '110169484474386276334',
      email: 'ada@example.com',
    }
    const passkeyApi = { ...common, sub: payload['sub'], cred: 'credential' }
    for (const claims of [google, passkeyApi]) await target.expectRefused({ token: byAnother(claims) })
    // And one whose claims are a session's: then the signature tells.
    const token = byAnother(payload)
    await target.expectRefused({ token })
    expect(await target.hanko.validate(token)).toEqual({ status: 'unauthenticated', reason: 'bad_signature' })
    expect(target.hanko.stats().sessions).toBe(0)
  })
  attack('C30', async () => {
    const { payload, sessionId } = await target.genuine()
    const state = await target.hanko.validate(
      await target.emulator.signToken({ ...payload, iss: 'https://hanko.example' }),
    )
    expect(state).toMatchObject({ status: 'authenticated', session: { sessionId, issuer: 'https://hanko.example' } })
  })
  attack('C33', async () => {
    for (const payload of ['[]', '"text"', '7', 'null', 'true'])
      await target.expectRefused({ token: await raw(payload) })
  })
  attack('C34', async () => target.expectRefused({ token: await raw(`\uFEFF${await genuineText()}`) }))
  attack('C35', async () => {
    const text = await genuineText()
    for (const payload of [`${text}x`, `${text}${text}`, `${text} {}`, `${text},`])
      await target.expectRefused({ token: await raw(payload) })
  })
  attack('C37', async () => {
    const text = await genuineText()
    for (const deep of [
      '['.repeat(2_500) + ']'.repeat(2_500),
      '['.repeat(50) + ']'.repeat(50),
      JSON.stringify('x'.repeat(1_000_000)),
    ]) {
      await target.expectRefused({ token: await raw(text.replace('{', `{"deep":${deep},`)) })
    }
  })
  attack('C38', async () => {
    const { token } = await target.emulator.signIn({ claims: { role: 'user', teams: [{ id: 1 }] } })
    const read = async () => {
      const state = await target.hanko.validate(token)
      if (state.status !== 'authenticated') throw new Error(state.reason)
      return state.session
    }
    const first = await read()
    expect(() => Object.assign(first, { userId: 'x' })).toThrow(TypeError)
    expect(() => Object.assign(first.claims, { role: 'admin' })).toThrow(TypeError)
    expect(() => (first.claims['teams'] as unknown[]).push({ id: 2 })).toThrow(TypeError)
    expect(() => (first.amr as string[]).push('passkey')).toThrow(TypeError)
    expect((await read()).claims).toEqual({ role: 'user', teams: [{ id: 1 }] })
  })
  attack('C39', async () => {
    const { token } = await target.emulator.signIn({ amr: [] })
    await target.expectAccepted({ token })
  })
})
