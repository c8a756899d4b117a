import { inspect } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { beforeEach, describe, expect, expectTypeOf, inject, it, vi } from 'vitest'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { createHankoEmulator, type Fault, type HankoEmulator } from '../testing.ts'
import { createSessionValidator, type SessionValidator } from './create-session-validator.ts'
import type { Decision } from './decision-log.ts'
import type { Duration } from './duration.ts'
import type { SessionValidatorOptions, TokenSource } from './options.ts'
import type { WebSocketRequest } from './request-input.ts'

const keys = inject('signingKeys').slice(0, 1)
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

let emulator: HankoEmulator
let decisions: Decision[]

beforeEach(async () => {
  emulator = await createHankoEmulator({ keys })
  decisions = []
})

/** A validator of the emulator, on the emulator's clock, that asks for every check. */
function validatorOf(options: Omit<SessionValidatorOptions, 'claims'> = {}) {
  const told = decisions // what outlives its test tells no other
  return createSessionValidator({
    apiUrl: emulator.apiUrl,
    fetch: emulator.fetch,
    clock: { now: emulator.clock.now, monotonic: emulator.clock.now },
    logger: quiet,
    onDecision: (decision) => told.push(decision),
    maxStaleness: 0,
    ...options,
  })
}

/** The same, with Hanko's keys at hand: what is counted and told of begins now. */
async function warmValidatorOf(options: Omit<SessionValidatorOptions, 'claims'> = {}) {
  const hanko = validatorOf(options)
  const { token } = await emulator.signIn()
  const [header, , signature] = token.split('.')
  expect(await hanko.validate(`${header}.${(await emulator.signIn()).token.split('.')[1]}.${signature}`)).toEqual({
    status: 'unauthenticated',
    reason: 'bad_signature',
  })
  emulator.requests.clear()
  decisions.length = 0
  return hanko
}

const posts = () => emulator.requests.count('validate', 'POST')

describe('validate', () => {
  it('gives the session of a live token, from one call to Hanko', async () => {
    const { token, userId, sessionId } = await emulator.signIn({
      email: 'ada@example.com',
      username: 'ada',
      amr: ['pwd', 'otp'],
      claims: { role: 'editor' },
    })
    const state = await validatorOf().validate(token)
    const now = emulator.clock.now()
    expect(state).toEqual({
      status: 'authenticated',
      session: {
        userId,
        sessionId,
        issuedAt: expect.any(Number),
        expiresAt: expect.any(Number),
        audience: ['localhost'],
        email: { address: 'ada@example.com', isPrimary: true, isVerified: true },
        username: 'ada',
        amr: ['pwd', 'otp'],
        claims: { role: 'editor' },
      },
    })
    if (state.status !== 'authenticated') throw new Error('unreachable')
    expect(state.session.expiresAt - state.session.issuedAt).toBe(12 * 3_600_000)
    expect(Math.abs(state.session.issuedAt - now)).toBeLessThan(60_000)
    expect([posts(), emulator.requests.count('jwks'), emulator.requests.count()]).toEqual([1, 1, 2])
  })

  it('asks Hanko for every check: an ended session is refused on the next call', async () => {
    const hanko = validatorOf()
    const { token, sessionId } = await emulator.signIn()
    expect((await hanko.validate(token)).status).toBe('authenticated')
    await emulator.endSession(sessionId)
    expect(await hanko.validate(token)).toEqual({ status: 'unauthenticated', reason: 'revoked' })
  })

  it('refuses a session that has expired, without a call', async () => {
    const { token } = await emulator.signIn()
    emulator.clock.advance('12h')
    expect(await validatorOf().validate(token)).toEqual({ status: 'unauthenticated', reason: 'expired' })
    expect(emulator.requests.count()).toBe(0)
  })

  it('refuses a session that expires while Hanko is asked', async () => {
    const { token } = await emulator.signIn()
    const hanko = validatorOf({
      fetch: async (input, init) => {
        const response = await emulator.fetch(input, init)
        if (input.endsWith('/validate')) emulator.clock.advance('12h')
        return response
      },
    })
    expect(await hanko.validate(token)).toEqual({ status: 'unauthenticated', reason: 'expired' })
  })

  it.each(['', undefined, null])('takes %j for no token', async (token) => {
    expect(await validatorOf().validate(token as string)).toEqual({ status: 'unauthenticated', reason: 'no_token' })
  })

  it("rejects with the caller's own abort, and only then", async () => {
    const { token } = await emulator.signIn()
    emulator.faults.set('validate', { kind: 'hang' })
    const reason = new Error('the caller left')
    const hanko = validatorOf()
    await expect(hanko.validate(token, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(posts()).toBe(0)
    const controller = new AbortController()
    const waiting = hanko.validate(token, { signal: controller.signal })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })
})

describe('outage or sign-out', () => {
  let hanko: SessionValidator

  beforeEach(async () => {
    hanko = await warmValidatorOf()
  })

  it('believes a false only after the JWKS answered and a second POST said so again', async () => {
    const { token, sessionId } = await emulator.signIn()
    await emulator.endSession(sessionId)
    expect(await hanko.validate(token)).toEqual({ status: 'unauthenticated', reason: 'revoked' })
    expect(emulator.requests.entries.map(({ method, route }) => `${method} ${route}`)).toEqual([
      'POST validate',
      'GET jwks',
      'POST validate',
    ])
  })

  it('asks past every cache for the JWKS, with a query never used before', async () => {
    const asked: { url: string; headers: Headers }[] = []
    const { token, sessionId } = await emulator.signIn()
    await emulator.endSession(sessionId)
    hanko = await warmValidatorOf({
      fetch: (input, init) => {
        if (input.includes('jwks')) asked.push({ url: input, headers: new Headers(init.headers) })
        return emulator.fetch(input, init)
      },
    })
    await hanko.validate(token)
    await hanko.validate(token)
    expect(new Set(asked.map(({ url }) => url)).size).toBe(2)
    for (const { url, headers } of asked) {
      expect(url).toMatch(/\?nocache=[0-9a-f-]{36}$/)
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  it('takes a database that is down for an outage, and the user is still signed in afterwards', async () => {
    const { token } = await emulator.signIn()
    emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_unavailable' })
    expect(posts()).toBe(1)
    emulator.faults.clear()
    expect((await hanko.validate(token)).status).toBe('authenticated')
  })

  it('takes a false that lasted for one answer only for a blip', async () => {
    const { token } = await emulator.signIn()
    emulator.faults.set('validate', { kind: 'database', state: 'down', times: 1 })
    expect((await hanko.validate(token)).status).toBe('authenticated')
    expect(posts()).toBe(2)
  })

  it('takes a JWKS that a cache answered for no proof', async () => {
    const { token } = await emulator.signIn()
    await emulator.fetch(`${emulator.apiUrl}/.well-known/jwks.json`) // what the cache holds
    emulator.faults.set('validate', { kind: 'database', state: 'down' })
    emulator.faults.set('jwks', { kind: 'stale-cache', age: 7 })
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_unavailable' })
  })

  it.each(['600, 600', '0, 600', '600;x', ''])('takes an Age of %j for that of a cache', async (age) => {
    const { token } = await emulator.signIn()
    let isAged = false
    const fetch = async (input: string, init: RequestInit) => {
      const response = await emulator.fetch(input, init)
      return input.includes('jwks') && isAged ? new Response(response.body, { headers: { age } }) : response
    }
    hanko = await warmValidatorOf({ fetch })
    isAged = true
    emulator.faults.set('validate', { kind: 'database', state: 'down' })
    expect(await hanko.validate(token)).toEqual({
      status: 'unavailable',
      reason: 'upstream_unavailable',
    })
  })

  it.each([
    '{"keys":[]}',
    '{"keys":null}',
    '{}',
    '[]',
    '{"keys":["x"]}',
    '{"keys":[{"kty":"EC"}]}',
    '{"keys":[{"kty":"RSA","n":""}]}',
    '{"keys":[{"kty":"RSA","n":"AQAB","use":"enc"}]}',
    '<html>',
  ])('takes a JWKS of %s for no proof', async (body) => {
    const { token, sessionId } = await emulator.signIn()
    await emulator.endSession(sessionId)
    emulator.faults.set('jwks', { kind: 'malformed', body })
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_unavailable' })
    expect(posts()).toBe(1)
  })

  it('gives up at one deadline for all three calls', async () => {
    const { token, sessionId } = await emulator.signIn()
    await emulator.endSession(sessionId)
    hanko = await warmValidatorOf({ deadline: 50 })
    emulator.faults.set('jwks', { kind: 'hang' })
    expect(await hanko.validate(token)).toEqual({
      status: 'unavailable',
      reason: 'upstream_timeout',
    })
  })
})

describe('when Hanko or the network misbehaves', () => {
  it.each<[string, Fault, string]>([
    ['does not answer', { kind: 'hang' }, 'upstream_timeout'],
    ['never ends its answer', { kind: 'endless' }, 'upstream_invalid'],
    ['resets the connection', { kind: 'reset' }, 'upstream_unavailable'],
    ['resets it within the body', { kind: 'reset', at: 'body' }, 'upstream_unavailable'],
    ['says 500', { kind: 'status', status: 500 }, 'upstream_unavailable'],
    ['says 502', { kind: 'status', status: 502, body: '<html>' }, 'upstream_unavailable'],
    ['says 408', { kind: 'status', status: 408 }, 'upstream_unavailable'],
    ['says 425', { kind: 'status', status: 425 }, 'upstream_unavailable'],
    ['says 429', { kind: 'status', status: 429 }, 'upstream_unavailable'],
    ['says 400', { kind: 'status', status: 400 }, 'upstream_misconfigured'],
    ['says 401', { kind: 'status', status: 401 }, 'upstream_misconfigured'],
    ['says 403', { kind: 'status', status: 403 }, 'upstream_misconfigured'],
    ['says 404', { kind: 'status', status: 404 }, 'upstream_misconfigured'],
    ['says 407', { kind: 'status', status: 407 }, 'upstream_misconfigured'],
    ['says 415', { kind: 'status', status: 415 }, 'upstream_misconfigured'],
    ['says 201', { kind: 'status', status: 201 }, 'upstream_invalid'],
    ['says 206', { kind: 'status', status: 206 }, 'upstream_invalid'],
    ['redirects with 302', { kind: 'redirect', to: 'https://evil.example/', status: 302 }, 'upstream_invalid'],
    ['redirects with 307', { kind: 'redirect', to: 'https://evil.example/', status: 307 }, 'upstream_invalid'],
    [
      'sends a captive portal',
      { kind: 'malformed', body: '<html>hello</html>', contentType: 'text/html' },
      'upstream_invalid',
    ],
    ['sends nothing', { kind: 'malformed', body: '' }, 'upstream_invalid'],
    ['sends null', { kind: 'malformed', body: 'null' }, 'upstream_invalid'],
    ['sends a list', { kind: 'malformed', body: '[]' }, 'upstream_invalid'],
    ['sends is_valid twice', { kind: 'malformed', body: '{"is_valid":false,"is_valid":true}' }, 'upstream_invalid'],
    ['sends is_valid as a text', { kind: 'malformed', body: '{"is_valid":"true"}' }, 'upstream_invalid'],
    ['sends is_valid as a number', { kind: 'malformed', body: '{"is_valid":1}' }, 'upstream_invalid'],
    ['leaves is_valid out', { kind: 'malformed', body: '{"valid":true}' }, 'upstream_invalid'],
    ['leaves the claims out', { kind: 'malformed', body: '{"is_valid":true}' }, 'upstream_invalid'],
  ])('which %s: %s', async (_, fault, reason) => {
    const { token } = await emulator.signIn()
    emulator.faults.set('validate', fault)
    const asked: string[] = []
    const fetch = (input: string, init: RequestInit) => {
      asked.push(new URL(input).host)
      return emulator.fetch(input, init)
    }
    const state = await (await warmValidatorOf({ deadline: 2_000, fetch })).validate(token)
    expect(state).toEqual({ status: 'unavailable', reason })
    expect(new Set(asked)).toEqual(new Set([new URL(emulator.apiUrl).host]))
    expect(decisions).toMatchObject([{ outcome: 'unavailable', reason, source: 'hanko' }])
  })

  it('passes Retry-After on, at most 30 s', async () => {
    const { token } = await emulator.signIn()
    emulator.faults.set('validate', { kind: 'status', status: 429, headers: { 'Retry-After': '7' } })
    expect(await validatorOf().validate(token)).toEqual({
      status: 'unavailable',
      reason: 'upstream_unavailable',
      retryAfter: 7_000,
    })
    emulator.faults.set('validate', { kind: 'status', status: 503, headers: { 'Retry-After': '3600' } })
    expect(await validatorOf().validate(token)).toEqual({
      status: 'unavailable',
      reason: 'upstream_unavailable',
      retryAfter: 30_000,
    })
  })

  it('holds a fetch that ignores its signal to the deadline', async () => {
    const { token } = await emulator.signIn()
    const state = await validatorOf({ deadline: 20, fetch: () => new Promise(() => {}) }).validate(token)
    expect(state).toEqual({ status: 'unavailable', reason: 'upstream_timeout' })
  })

  it('takes a certificate of another name for a wrong set-up', async () => {
    const { token } = await emulator.signIn()
    const wrongName = Object.assign(new Error('altname'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    const fetch = (input: string, init: RequestInit) =>
      init.method === 'POST'
        ? Promise.reject(new TypeError('fetch failed', { cause: wrongName }))
        : emulator.fetch(input, init)
    expect(await (await warmValidatorOf({ fetch })).validate(token)).toEqual({
      status: 'unavailable',
      reason: 'upstream_misconfigured',
    })
  })

  it('refuses an answer about another session', async () => {
    const { token } = await emulator.signIn()
    const other = await emulator.signIn()
    const fetch = (input: string, init: RequestInit) =>
      emulator.fetch(
        input,
        init.method === 'POST' ? { ...init, body: JSON.stringify({ session_token: other.token }) } : init,
      )
    expect(await (await warmValidatorOf({ fetch })).validate(token)).toEqual({
      status: 'unavailable',
      reason: 'identity_mismatch',
    })
  })

  it('refuses an answer with another expiry', async () => {
    const { token } = await emulator.signIn()
    const fetch = async (input: string, init: RequestInit) => {
      const body = (await (await emulator.fetch(input, init)).json()) as Record<string, unknown>
      return Response.json({ ...body, expiration_time: '2099-01-01T00:00:00Z' })
    }
    expect(await (await warmValidatorOf({ fetch })).validate(token)).toEqual({
      status: 'unavailable',
      reason: 'identity_mismatch',
    })
  })

  it("believes the signed payload, whatever an operator's template says in the reply", async () => {
    emulator = await createHankoEmulator({
      keys,
      jwtTemplate: {
        subject: '33333333-3333-4333-8333-333333333333',
        expiration: '2099-01-01T00:00:00Z',
        audience: ['x'],
        issuer: 'x',
        issued_at: 'x',
        constructor: 'c',
      },
    })
    const { token, userId } = await emulator.signIn()
    const state = await validatorOf().validate(token)
    expect(state).toMatchObject({
      status: 'authenticated',
      session: { userId, audience: ['localhost'], claims: { issued_at: 'x', constructor: 'c' } },
    })
  })

  it('sends the token in a JSON body and nowhere else, without cookies', async () => {
    const { token } = await emulator.signIn()
    const seen: { input: string; init: RequestInit }[] = []
    const fetch = (input: string, init: RequestInit) => {
      if (!input.includes('/jwks.json?')) seen.push({ input, init })
      return emulator.fetch(input, init)
    }
    await validatorOf({ fetch }).authenticate(
      new Headers({ cookie: `a=1; hanko=${token}`, 'x-forwarded-for': '1.2.3.4' }),
      { changesState: false },
    )
    expect(seen).toHaveLength(1)
    expect(seen[0]?.input).toBe(`${emulator.apiUrl}/sessions/validate`)
    expect(seen[0]?.init).toMatchObject({
      method: 'POST',
      body: JSON.stringify({ session_token: token }),
      redirect: 'manual',
    })
    expect([...new Headers(seen[0]?.init.headers)]).toEqual([
      ['accept', 'application/json'],
      ['content-type', 'application/json'],
    ])
  })
})

describe('custom claims', () => {
  it('are typed by the schema, and frozen all the way down', async () => {
    const claims = z.object({ role: z.enum(['admin', 'editor']), teams: z.array(z.object({ id: z.number() })) })
    const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, claims })
    const { token } = await emulator.signIn({ claims: { role: 'editor', teams: [{ id: 1 }], other: 'dropped' } })
    const state = await hanko.validate(token)
    if (state.status !== 'authenticated') throw new Error(state.reason)
    expectTypeOf(state.session.claims).toEqualTypeOf<{ role: 'admin' | 'editor'; teams: { id: number }[] }>()
    expect(state.session.claims).toEqual({ role: 'editor', teams: [{ id: 1 }] })
    expect(
      [state, state.session, state.session.claims, state.session.claims.teams, state.session.claims.teams[0]].map(
        Object.isFrozen,
      ),
    ).toEqual(Array(5).fill(true))
  })

  it.each([
    ['zod', z.object({ role: z.enum(['admin', 'editor']) })],
    ['valibot', v.object({ role: v.picklist(['admin', 'editor']) })],
    ['arktype', type({ role: "'admin' | 'editor'" })],
  ])('may be checked by %s', async (_, claims: StandardSchemaV1) => {
    const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, logger: quiet, claims })
    const fits = await hanko.validate((await emulator.signIn({ claims: { role: 'editor' } })).token)
    expect(fits).toMatchObject({ status: 'authenticated', session: { claims: { role: 'editor' } } })
    const misfits = await hanko.validate((await emulator.signIn({ claims: { role: 'user' } })).token)
    expect(misfits).toEqual({ status: 'unauthenticated', reason: 'claims_invalid' })
  })

  it('that do not fit are refused, and so is what a schema throws; neither is repeated', async () => {
    const lines: unknown[] = []
    const logger = { ...quiet, warn: (...line: unknown[]) => lines.push(line) }
    const { token } = await emulator.signIn({ claims: { role: 'secret-role' } })
    for (const claims of [
      z.object({ role: z.enum(['admin']) }),
      z.unknown().transform((value) => {
        throw new Error(JSON.stringify(value))
      }),
    ]) {
      const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, claims, logger })
      const state = await hanko.validate(token)
      expect(state).toEqual({ status: 'unauthenticated', reason: 'claims_invalid' })
    }
    expect(lines).toHaveLength(2)
    expect(inspect(lines, { depth: 10 })).not.toContain('secret-role')
  })

  it('L05 have no member that code has put on every object', async () => {
    const { token } = await emulator.signIn({ claims: { team: 'a', nested: {} } })
    const schema = z.object({ team: z.string(), role: z.string().optional() })
    const withSchema = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, claims: schema })
    Object.assign(Object.prototype, { role: 'admin' })
    try {
      const states = await Promise.all([validatorOf().validate(token), withSchema.validate(token)])
      const roles = states.map(
        (state) => state.status === 'authenticated' && Object.hasOwn(state.session.claims, 'role'),
      )
      expect(roles).toEqual([false, false])
      const [plain] = states
      expect(
        plain.status === 'authenticated' && [
          plain.session.claims['role'],
          (plain.session.claims['nested'] as { role?: string }).role,
        ],
      ).toEqual([undefined, undefined])
    } finally {
      delete (Object.prototype as { role?: string }).role
    }
  })

  it('of a schema that waits for ever are held to the deadline', async () => {
    const { token } = await emulator.signIn()
    const claims = z.unknown().refine(() => new Promise<boolean>(() => {}))
    const hanko = createSessionValidator({
      apiUrl: emulator.apiUrl,
      fetch: emulator.fetch,
      claims,
      deadline: 50,
      logger: quiet,
    })
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_timeout' })
  })

  it('that cannot be frozen are refused', async () => {
    const { token } = await emulator.signIn()
    const fail = {
      get role(): string {
        throw new Error('hostile')
      },
    }
    const claims = z.unknown().transform(() => fail)
    const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, claims, logger: quiet })
    expect(await hanko.validate(token)).toEqual({ status: 'unauthenticated', reason: 'claims_invalid' })
  })

  it('named __proto__ change no prototype', async () => {
    const { token } = await emulator.signIn({
      claims: JSON.parse('{"__proto__":{"isAdmin":true},"nested":{"__proto__":{"isAdmin":true}}}') as Record<
        string,
        unknown
      >,
    })
    const state = await validatorOf().validate(token)
    if (state.status !== 'authenticated') throw new Error(state.reason)
    const copy = Object.assign({}, state.session.claims, state.session.claims['nested'])
    expect((copy as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})

describe('several cookies of the name', () => {
  const authenticate = (...values: string[]) =>
    validatorOf().authenticate(
      new Request('https://app.example/', { headers: { cookie: values.map((value) => `hanko=${value}`).join('; ') } }),
    )

  it('are all settled before one is taken', async () => {
    const ended = await emulator.signIn()
    const live = await emulator.signIn()
    await emulator.endSession(ended.sessionId)
    expect(await authenticate(ended.token, live.token)).toMatchObject({
      status: 'authenticated',
      session: { sessionId: live.sessionId },
    })
    expect(await authenticate(live.token, ended.token)).toMatchObject({
      status: 'authenticated',
      session: { sessionId: live.sessionId },
    })
  })

  it('of different users are refused', async () => {
    const [a, b] = [await emulator.signIn(), await emulator.signIn()]
    expect(await authenticate(a.token, b.token)).toEqual({ status: 'unauthenticated', reason: 'ambiguous_credentials' })
  })

  it('are an outage when one of them cannot be settled', async () => {
    const [a, b] = [await emulator.signIn(), await emulator.signIn()]
    emulator.faults.set('validate', { kind: 'status', status: 500, times: 3 }) // each call is tried twice
    expect(await authenticate(a.token, b.token)).toEqual({ status: 'unavailable', reason: 'upstream_unavailable' })
  })

  it('may be four; of five nothing is asked', async () => {
    const { userId } = await emulator.signIn()
    const tokens: string[] = []
    for (let count = 0; count < 5; count++) tokens.push((await emulator.signIn({ userId })).token)
    expect((await authenticate(...tokens.slice(0, 4))).status).toBe('authenticated')
    expect(posts()).toBe(4)
    expect(await authenticate(...tokens)).toEqual({ status: 'unauthenticated', reason: 'ambiguous_credentials' })
    expect(posts()).toBe(4)
  })
})

describe('forRequest', () => {
  it('asks nothing until it is read, and then once', async () => {
    const { cookie } = await emulator.signIn()
    const auth = validatorOf().forRequest(new Request('https://app.example/', { headers: { cookie } }))
    expect([posts(), auth.consulted]).toEqual([0, false])
    const states = await Promise.all([auth.state(), auth.state(), auth.requireSession()])
    expect([posts(), auth.consulted, decisions.length]).toEqual([1, true, 1])
    expect(states[0]).toBe(states[1])
  })

  it('asks for every operation of a WebSocket', async () => {
    const { header, sessionId } = await emulator.signIn()
    const auth = validatorOf().forRequest({ headers: {}, connectionParams: { Authorization: header } })
    expect((await auth.state()).status).toBe('authenticated')
    await emulator.endSession(sessionId)
    expect(await auth.state()).toEqual({ status: 'unauthenticated', reason: 'revoked' })
  })

  it('binds every operation of a WebSocket to the origin of its handshake', async () => {
    const { cookie, header } = await emulator.signIn()
    const headers = { cookie, origin: 'https://evil.example', host: 'app.example' }
    const handshake: WebSocketRequest & { method: string } = { headers, method: 'GET', connectionParams: null }
    const auth = validatorOf().forRequest(handshake)
    for (const changesState of [true, false]) {
      expect(await auth.state({ changesState })).toEqual({ status: 'unauthenticated', reason: 'cross_site' })
    }
    // A token of the client's own is no cookie.
    expect(
      (
        await validatorOf()
          .forRequest({ headers, connectionParams: { authorization: header } })
          .state()
      ).status,
    ).toBe('authenticated')
  })

  it('keeps the verdict on the origin beside the outcome', async () => {
    const { cookie } = await emulator.signIn()
    const headers = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', host: 'app.example' }
    const auth = validatorOf().forRequest(new Request('https://app.example/', { method: 'POST', headers }))
    expect(await auth.state()).toEqual({ status: 'unauthenticated', reason: 'cross_site' })
    expect(posts()).toBe(0)
    expect((await auth.state({ changesState: false })).status).toBe('authenticated')
    await auth.state({ changesState: true })
    expect(decisions.map(({ reason }) => reason)).toEqual(['cross_site', undefined])
  })

  it('throws a HankoAuthError that says why, and nothing else', async () => {
    emulator.faults.set('validate', { kind: 'status', status: 503, headers: { 'Retry-After': '9' } })
    const { cookie, token } = await emulator.signIn()
    const auth = validatorOf().forRequest({ cookie })
    const error: unknown = await auth.requireSession({ changesState: false }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'HankoAuthError', code: 'upstream_unavailable', retryAfter: 9_000 })
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token)
  })
})

describe('options', () => {
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }

  it('originCheck: false, and nothing else, lets a foreign site use the cookie', async () => {
    const { cookie } = await emulator.signIn()
    const request = () => new Request('https://app.example/', { method: 'POST', headers: { cookie, ...foreign } })
    expect(await validatorOf().authenticate(request())).toEqual({ status: 'unauthenticated', reason: 'cross_site' })
    expect((await validatorOf({ originCheck: false }).authenticate(request())).status).toBe('authenticated')
  })

  it('tokenSources says where a token is looked for, and in which order', async () => {
    const [bearer, cookie] = [await emulator.signIn(), await emulator.signIn()]
    const headers = { authorization: bearer.header, cookie: cookie.cookie }
    const whose = async (tokenSources: TokenSource[]) => {
      const state = await validatorOf({ tokenSources }).authenticate(headers, { changesState: false })
      return state.status === 'authenticated' && state.session.userId
    }
    expect(await whose(['bearer', 'cookie'])).toBe(bearer.userId)
    expect(await whose(['cookie', 'bearer'])).toBe(cookie.userId)
    expect(await whose(['cookie'])).toBe(cookie.userId)
    expect(await whose(['connectionParams'])).toBe(false)
  })

  it('clockSkew says how far Hanko may be ahead', async () => {
    const { token } = await emulator.signIn()
    const behind = (by: number, clockSkew: Duration) => {
      const now = () => emulator.clock.now() - by
      return validatorOf({ clock: { now, monotonic: now }, clockSkew }).validate(token)
    }
    expect((await behind(9_000, '10s')).status).toBe('authenticated')
    expect(await behind(12_000, '10s')).toEqual({ status: 'unauthenticated', reason: 'not_yet_valid' })
  })

  it('the default logger warns of tokens from the future, which else refuse every new sign-in in silence', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { token } = await emulator.signIn()
    const now = () => emulator.clock.now() - 60_000
    const { apiUrl, fetch } = emulator
    await createSessionValidator({ apiUrl, fetch, clock: { now, monotonic: now } }).validate(token)
    expect(warn.mock.calls).toEqual([[expect.stringContaining('tokens begin in the future'), {}]])
    warn.mockRestore()
  })

  it('allowPlainHttp lets tokens travel in the clear', () => {
    const apiUrl = 'http://hanko.internal:8000'
    expect(() => validatorOf({ apiUrl })).toThrow('allowPlainHttp')
    expect(() => validatorOf({ apiUrl, allowPlainHttp: true })).not.toThrow()
  })

  it("apiUrl keeps a tenant's path in every call", async () => {
    const tenant = '7d3b261c-f6ea-4d93-b533-850db9ae501f'
    emulator = await createHankoEmulator({ keys, tenants: [tenant] })
    const { token, sessionId } = await emulator.signIn({ tenant })
    const hanko = validatorOf({ apiUrl: `${emulator.apiUrl}/${tenant}` })
    expect((await hanko.validate(token)).status).toBe('authenticated')
    await emulator.endSession(sessionId)
    expect(await hanko.validate(token)).toEqual({ status: 'unauthenticated', reason: 'revoked' })
    expect(new Set(emulator.requests.entries.map(({ path }) => path.split('/')[1]))).toEqual(new Set([tenant]))
  })

  it('fetch is told when nobody waits any more, and by default looked up when Hanko is called', async () => {
    const { token } = await emulator.signIn()
    const signals: (AbortSignal | null | undefined)[] = []
    const hang = (input: string, init: RequestInit) => {
      if (init.method === 'GET') return emulator.fetch(input, init)
      signals.push(init.signal)
      return new Promise<Response>(() => {})
    }
    await (await warmValidatorOf({ deadline: 50, fetch: hang })).validate(token)
    await vi.waitFor(() => expect(signals.map((signal) => signal?.aborted)).toEqual([true]))

    const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, logger: quiet })
    vi.stubGlobal('fetch', emulator.fetch)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    vi.unstubAllGlobals()
  })

  it('signal of a request rejects with its reason', async () => {
    const { cookie } = await emulator.signIn()
    emulator.faults.set('all', { kind: 'hang' })
    const controller = new AbortController()
    const waiting = validatorOf().authenticate({ cookie }, { changesState: false, signal: controller.signal })
    const reason = new Error('the client left')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })
})

describe('decisions', () => {
  it('measure by the monotonic clock, in milliseconds', async () => {
    const { token } = await emulator.signIn()
    let monotonic = 1_000
    const fetch: typeof emulator.fetch = async (input, init) => {
      monotonic += 70
      return emulator.fetch(input, init)
    }
    await validatorOf({ clock: { now: () => emulator.clock.now(), monotonic: () => monotonic }, fetch }).validate(token)
    expect(decisions.map(({ duration }) => duration % 70)).toEqual([0])
    expect(decisions[0]?.duration).toBeGreaterThan(0)
  })

  it('warn of several sessions of one user in a request', async () => {
    const first = await emulator.signIn()
    const second = await emulator.signIn({ userId: first.userId })
    const warned: unknown[] = []
    const hanko = validatorOf({ logger: { ...quiet, warn: (_fields, message) => warned.push(message) } })
    const cookie = `${first.cookie}; ${second.cookie}`
    expect((await hanko.authenticate({ cookie }, { changesState: false })).status).toBe('authenticated')
    expect(warned).toEqual([expect.stringContaining('two domains')])
  })

  it('are told once per check, with ids and never a token', async () => {
    const { token, cookie, userId, sessionId } = await emulator.signIn({ email: 'eve@example.com' })
    const lines: unknown[] = []
    const record = (...line: unknown[]) => lines.push(line)
    const hanko = validatorOf({ logger: { debug: record, info: record, warn: record, error: record } })
    await hanko.authenticate({ cookie }, { changesState: false })
    await hanko.validate(`${token}=`)
    await hanko.validate(token)
    expect(decisions).toEqual([
      {
        outcome: 'authenticated',
        credential: 'cookie',
        source: 'hanko',
        duration: expect.any(Number),
        userId,
        sessionId,
      },
      {
        outcome: 'unauthenticated',
        reason: 'malformed_token',
        credential: 'argument',
        source: 'request',
        duration: expect.any(Number),
      },
      {
        outcome: 'authenticated',
        credential: 'argument',
        source: 'hanko',
        duration: expect.any(Number),
        userId,
        sessionId,
      },
    ])
    expect(lines).toHaveLength(3)
    expect(inspect([lines, decisions, hanko], { depth: 20, showHidden: true })).not.toMatch(/eyJ|eve@/)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('change nothing when telling them %s', async (_, fail) => {
    const { token } = await emulator.signIn()
    const tell = fail as () => void // types let both through
    const hanko = validatorOf({ onDecision: tell, logger: { debug: tell, info: tell, warn: tell, error: tell } })
    expect((await hanko.validate(token)).status).toBe('authenticated')
  })
})

describe('hasClaimsSchema', () => {
  it('says whether claims are checked', () => {
    expect(createSessionValidator({ apiUrl: 'https://hanko.example' }).hasClaimsSchema).toBe(false)
    const claims = z.object({ role: z.string() })
    expect(createSessionValidator({ apiUrl: 'https://hanko.example', claims }).hasClaimsSchema).toBe(true)
  })
})
