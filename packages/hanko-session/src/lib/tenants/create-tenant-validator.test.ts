import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { createHankoEmulator, type HankoEmulator } from '../../testing.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import type { Decision } from '../decision-log.ts'
import type { TenantValidatorOptions } from '../options.ts'
import type { RequestInput } from '../request-input.ts'
import { createTenantValidator } from './create-tenant-validator.ts'

type Options = Omit<TenantValidatorOptions, 'claims'>

const keys = inject('signingKeys')
const UNKNOWN = { status: 'unauthenticated', reason: 'unknown_key' }
const LIVE = { status: 'authenticated' }
const NO_KEYS = { status: 'unavailable', reason: 'keys_unavailable' }

let acme: HankoEmulator
let globex: HankoEmulator
let asked: string[]
let lines: [level: string, message: string][]
let decisions: Decision[]
let opened: SessionValidator[]

beforeEach(async () => {
  const [first, second] = keys.map((key) => Object.assign({}, key, { kid: 'same' })) as JsonWebKey[] as [
    JsonWebKey,
    JsonWebKey,
  ]
  acme = await createHankoEmulator({
    keys: [first],
    apiUrl: 'http://localhost:8100',
    adminUrl: 'http://localhost:8101',
  })
  globex = await createHankoEmulator({
    keys: [second],
    apiUrl: 'http://localhost:8200',
    adminUrl: 'http://localhost:8201',
  })
  asked = []
  lines = []
  decisions = []
  opened = []
})

afterEach(() => {
  for (const validator of opened) validator.close()
})

const write = (level: string) => (_: object, message: string) => void lines.push([level, message])

/** A validator on the clock of an emulator; a request says its tenant in a header. */
function open(clock: HankoEmulator['clock'], options: Pick<Options, 'tenants'> & Partial<Options>): SessionValidator {
  const validator = createTenantValidator({
    tenant: (request) => (request as { headers: Record<string, string> }).headers['x-tenant'],
    clock: { now: clock.now, monotonic: clock.now },
    logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    onDecision: (decision) => decisions.push(decision),
    fetch(input, init) {
      asked.push(input.split('?')[0] as string)
      const { fetch } = input.startsWith(globex.apiUrl) ? globex : acme
      return fetch(input, init)
    },
    ...options,
  })
  opened.push(validator)
  return validator
}

const ofTenant = (tenant: string | undefined, token: string): RequestInput => ({
  method: 'GET',
  headers: { authorization: `Bearer ${token}`, ...(tenant === undefined ? {} : { 'x-tenant': tenant }) },
})

describe('a record of tenants', () => {
  const record = (options: Partial<Options> = {}): SessionValidator =>
    open(acme.clock, { tenants: { acme: acme.apiUrl, globex: { apiUrl: globex.apiUrl } }, ...options })

  it('asks the Hanko of the tenant about its sessions, by its own keys, and no other', async () => {
    const hanko = record()
    const [ours, theirs] = [await acme.signIn(), await globex.signIn()]
    expect(await hanko.authenticate(ofTenant('acme', ours.token))).toMatchObject(LIVE)
    expect(asked).toEqual([`${acme.apiUrl}/.well-known/jwks.json`, `${acme.apiUrl}/sessions/validate`])
    expect(await hanko.authenticate(ofTenant('globex', theirs.token))).toMatchObject(LIVE)
    asked.length = 0
    // The same `kid`, another key.
    expect(await hanko.authenticate(ofTenant('globex', ours.token))).toMatchObject({ reason: 'bad_signature' })
    expect(await hanko.authenticate(ofTenant('acme', theirs.token))).toMatchObject({ reason: 'bad_signature' })
    expect(asked).toEqual([])
    expect(hanko.stats()).toMatchObject({ tenants: 2, sessions: 2, keys: 2, calls: 4, breaker: 'closed' })
  })

  it('says of each decision whose it is, and of none where it is nobody’s', async () => {
    const hanko = record()
    const { token } = await acme.signIn()
    await hanko.validate(token, { tenant: 'acme' })
    hanko.known(token, { tenant: 'acme' })
    await hanko.validate(token, { tenant: 'nobody' })
    expect(decisions.map(({ tenant, source }) => [tenant, source])).toEqual([
      ['acme', 'hanko'],
      ['acme', 'memory'],
      [undefined, 'keys'],
    ])
  })

  it.each([['nobody'], ['__proto__'], ['constructor'], ['ACME'], [''], [undefined]])(
    'refuses every token of %j, which is no tenant, without a call',
    async (name) => {
      const hanko = record()
      const { token } = await acme.signIn()
      expect(await hanko.authenticate(ofTenant(name, token))).toEqual(UNKNOWN)
      expect(await hanko.forRequest(ofTenant(name, token)).state({ fresh: true })).toEqual(UNKNOWN)
      expect(hanko.known(ofTenant(name, token))).toBeUndefined()
      expect(await hanko.validate(token, name === undefined ? {} : { tenant: name })).toEqual(UNKNOWN)
      expect(hanko.known(token, name === undefined ? {} : { tenant: name })).toBeUndefined()
      expect(asked).toEqual([])
      expect(hanko.stats().tenants).toBe(0)
    },
  )

  it('refuses a request of no tenant for what is wrong with it first', async () => {
    const hanko = record()
    const { token } = await acme.signIn()
    expect(await hanko.authenticate({ method: 'GET', headers: {} })).toMatchObject({ reason: 'no_token' })
    expect(await hanko.authenticate(ofTenant(undefined, 'a.b.c'))).toMatchObject({ reason: 'malformed_token' })
    acme.clock.advance('13h')
    expect(await hanko.authenticate(ofTenant(undefined, token))).toMatchObject({ reason: 'expired' })
    expect(await hanko.validate('')).toMatchObject({ reason: 'no_token' })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('a secret')
      },
    ],
    ['gives a promise', () => Promise.resolve('acme') as never],
    ['gives a URL', () => acme.apiUrl],
  ])('refuses a token when the function tenant %s', async (_, tenant) => {
    const hanko = record({ tenant })
    const { token } = await acme.signIn()
    expect(await hanko.authenticate(ofTenant('acme', token))).toEqual(UNKNOWN)
    const auth = hanko.forRequest(ofTenant('acme', token))
    expect(auth.known()).toBeUndefined()
    expect(await auth.state()).toEqual(UNKNOWN)
    expect(asked).toEqual([])
    expect(JSON.stringify(lines)).not.toContain('a secret')
  })

  it('takes defaults for a request', async () => {
    const { cookie } = await acme.signIn()
    const request = { method: 'GET', headers: { cookie, 'x-tenant': 'acme', 'sec-fetch-site': 'cross-site' } }
    const auth = record().forRequest(request, { changesState: true })
    expect(await auth.state()).toMatchObject({ reason: 'cross_site' })
    expect(await auth.state({ changesState: false })).toMatchObject({ status: 'authenticated' })
  })

  it('gives the function tenant what was passed, once per request and only when somebody asks', async () => {
    const tenant = vi.fn<(request: RequestInput) => string>(() => 'acme')
    const hanko = record({ tenant })
    const request = ofTenant(undefined, (await acme.signIn()).token)
    const auth = hanko.forRequest(request)
    expect(tenant).not.toHaveBeenCalled()
    await auth.state()
    await auth.state({ fresh: true })
    auth.known()
    await auth.requireSession()
    expect(tenant.mock.calls).toEqual([[request]])
    expect(tenant.mock.calls[0]?.[0]).toBe(request)
    await hanko.authenticate(request)
    hanko.known(request)
    expect(tenant).toHaveBeenCalledTimes(3)
  })

  it('revokes at one tenant only, and says when it cannot', async () => {
    const hanko = record({ tenants: { acme: acme.apiUrl, alias: acme.apiUrl } })
    const { token, sessionId, userId } = await acme.signIn()
    hanko.revoke({ sessionId, tenant: 'acme' }) // before anybody asked
    expect(await hanko.validate(token, { tenant: 'acme' })).toMatchObject({ reason: 'revoked' })
    expect(await hanko.validate(token, { tenant: 'alias' })).toMatchObject(LIVE)
    for (const tenant of ['nobody', undefined as never]) {
      expect(() => hanko.revoke({ userId, tenant })).toThrow('tenant must be one of the tenants of this validator')
    }
    expect(() => hanko.revoke({ userId, tenant: 'acme', before: Number.NaN })).toThrow(TypeError)
  })

  it('holds a tenant to its own audience and issuer, and to those of all where it has none', async () => {
    const hanko = record({
      audience: 'elsewhere',
      tenants: { acme: { apiUrl: acme.apiUrl, audience: 'localhost' }, globex: globex.apiUrl },
    })
    const [ours, theirs] = [await acme.signIn(), await globex.signIn()]
    expect(await hanko.validate(ours.token, { tenant: 'acme' })).toMatchObject(LIVE)
    expect(await hanko.validate(theirs.token, { tenant: 'globex' })).toMatchObject({ reason: 'wrong_audience' })
    const strict = record({ tenants: { acme: { apiUrl: acme.apiUrl, issuer: 'acme' } } })
    expect(await strict.validate(ours.token, { tenant: 'acme' })).toMatchObject({ reason: 'wrong_issuer' })
  })

  it('tells of an outage of one once, however busy the other is', async () => {
    const hanko = record({ maxStaleness: 0 })
    const [ours, theirs] = [await acme.signIn(), await globex.signIn()]
    await hanko.validate(theirs.token, { tenant: 'globex' })
    globex.faults.set('validate', { kind: 'reset' })
    for (let round = 0; round < 4; round++) {
      expect(await hanko.validate(theirs.token, { tenant: 'globex' })).toMatchObject({ status: 'unavailable' })
      expect(await hanko.validate(ours.token, { tenant: 'acme' })).toMatchObject(LIVE)
    }
    expect(lines.filter(([level]) => level === 'error' || level === 'info')).toHaveLength(1)
  })

  it('keeps a breaker for each', async () => {
    const hanko = record({ maxStaleness: 0, deadline: 200 })
    const [ours, theirs] = [await acme.signIn(), await globex.signIn()]
    await hanko.validate(theirs.token, { tenant: 'globex' })
    globex.faults.set('validate', { kind: 'status', status: 503, headers: { 'Retry-After': '9' } })
    for (let round = 0; round < 5; round++) await hanko.validate(theirs.token, { tenant: 'globex' })
    expect(hanko.stats().breaker).toBe('open')
    expect(await hanko.validate(ours.token, { tenant: 'acme' })).toMatchObject(LIVE)
  })

  it('is unavailable once closed, tenants that nobody had asked for included', async () => {
    const hanko = record()
    const { token } = await acme.signIn()
    hanko.close()
    expect(await hanko.validate(token, { tenant: 'acme' })).toMatchObject({ status: 'unavailable' })
    expect(asked).toEqual([])
  })
})

describe('options', () => {
  const tenant = () => 'acme'
  const url = 'https://acme.hanko.io'
  it.each<[string, Partial<TenantValidatorOptions>]>([
    ['tenant', { tenants: { acme: url } }],
    ['tenant', { tenants: { acme: url }, tenant: 'acme' as never }],
    ['tenants', { apiUrl: url, tenant }],
    ['tenant', { apiUrl: url, maxTenants: 5 }],
    ['tenants', { tenants: undefined as never, tenant }],
    ['tenants', { tenants: {}, tenant }],
    ['tenants', { tenants: [url] as never, tenant }],
    ['tenants', { tenants: url as never, tenant }],
    ['tenants.acme', { tenants: { acme: undefined as never }, tenant }],
    ['tenants.acme', { tenants: { acme: { audience: 'a' } as never }, tenant }],
    ['tenants.acme', { tenants: { acme: 'http://acme.example' }, tenant }],
    ['tenants.acme.maxStaleness', { tenants: { acme: { apiUrl: url, maxStaleness: 0 } as never }, tenant }],
    ['audience', { tenants: { acme: { apiUrl: url, audience: undefined as never } }, tenant }],
    ['apiUrl', { tenants: { acme: url }, apiUrl: url, tenant }],
    ['maxTenants', { tenants: { acme: url }, maxTenants: 5, tenant }],
    ['maxTenants', { apiUrl: url, tenants: 'uuid', maxTenants: 0, tenant }],
    ['maxTenants', { apiUrl: url, tenants: 'uuid', maxTenants: 1.5, tenant }],
    ['maxStaleness', { apiUrl: url, tenants: 'uuid', maxStaleness: Infinity, audience: 'a', tenant }],
    ['audience', { tenants: { acme: url }, maxStaleness: Infinity, tenant }],
    ['audience', { tenants: { acme: url, b: 'https://b.hanko.io' }, maxStaleness: Infinity, audience: 'a', tenant }],
    ['cookieNam', { tenants: { acme: url }, tenant, cookieNam: 'x' } as never],
  ])('refuses with a TypeError that names %s: %j', (name, options) => {
    expect(() => createTenantValidator(options as Options)).toThrow(TypeError)
    expect(() => createTenantValidator(options as Options)).toThrow(name)
  })

  it('lets signature and exp decide for tenants that share no audience', async () => {
    const hanko = open(acme.clock, {
      maxStaleness: Infinity,
      tenants: {
        acme: { apiUrl: acme.apiUrl, audience: 'localhost' },
        globex: { apiUrl: globex.apiUrl, audience: 'x' },
      },
    })
    const { token } = await acme.signIn()
    expect(await hanko.validate(token, { tenant: 'acme' })).toMatchObject(LIVE)
    expect(asked).toEqual([`${acme.apiUrl}/.well-known/jwks.json`])
  })

  it('is cut off from the object that the caller may change', async () => {
    const tenants: Record<string, string> = { acme: acme.apiUrl }
    const hanko = open(acme.clock, { tenants })
    tenants['acme'] = tenants['globex'] = 'https://evil.example'
    expect(await hanko.validate((await acme.signIn()).token, { tenant: 'acme' })).toMatchObject(LIVE)
    expect(await hanko.validate((await globex.signIn()).token, { tenant: 'globex' })).toEqual(UNKNOWN)
  })
})

describe('tenants by UUID', () => {
  const ids = Array.from({ length: 12 }, (_, at) => `aaaaaaaa-aaaa-4aaa-8aaa-${String(at).padStart(12, '0')}`)
  const [a, b, c] = ids as [string, string, string]
  let many: HankoEmulator

  beforeEach(async () => {
    many = await createHankoEmulator({ keys: keys.slice(0, 1), sharedKeys: true, tenants: ids })
    acme = many // what `open` sends to
  })

  const uuid = (options: Partial<Options> = {}): SessionValidator =>
    open(many.clock, { apiUrl: many.apiUrl, tenants: 'uuid', ...options })
  const loads = (): number => many.requests.count('jwks') + many.requests.count('other')
  const unknownId = (): string => crypto.randomUUID()
  const loadsOf = (id: string): number =>
    asked.filter((url) => url === `${many.apiUrl}/${id}/.well-known/jwks.json`).length

  it('appends the UUID, in lower case, to the API URL', async () => {
    const hanko = uuid()
    const { token } = await many.signIn({ tenant: a })
    expect(await hanko.authenticate(ofTenant(a.toUpperCase(), token))).toMatchObject(LIVE)
    expect(await hanko.authenticate(ofTenant(a, token))).toMatchObject(LIVE)
    expect(asked).toEqual([`${many.apiUrl}/${a}/.well-known/jwks.json`, `${many.apiUrl}/${a}/sessions/validate`])
    expect(hanko.stats().tenants).toBe(1)
  })

  it('asks each tenant about a token, though they share keys and audience', async () => {
    const hanko = uuid()
    const { token } = await many.signIn({ tenant: a })
    expect(await hanko.validate(token, { tenant: a })).toMatchObject(LIVE)
    expect(await hanko.validate(token, { tenant: b })).toMatchObject({ reason: 'revoked' })
    expect(await hanko.validate(token, { tenant: a, fresh: true })).toMatchObject(LIVE)
  })

  it.each([['nobody'], ['a'.repeat(36)], ['../admin'], [`${ids[0]}/..`], [` ${ids[0]}`], [`{${ids[0]}}`], ['']])(
    'refuses every token of %j without a call',
    async (name) => {
      const hanko = uuid()
      const { token } = await many.signIn({ tenant: a })
      expect(await hanko.authenticate(ofTenant(name, token))).toEqual(UNKNOWN)
      expect(() => hanko.revoke({ sessionId: a, tenant: name })).toThrow(TypeError)
      expect(asked).toEqual([])
    },
  )

  it('refuses tokens of a tenant that Hanko does not have, asks it once, and calls it no outage', async () => {
    const hanko = uuid()
    const { token } = await many.signIn({ tenant: a })
    const id = unknownId()
    many.clock.advance('10s')
    for (let round = 0; round < 5; round++) {
      expect(await hanko.validate(token, { tenant: id })).toEqual(UNKNOWN)
      many.clock.advance('10s')
    }
    expect(loadsOf(id)).toBe(1)
    expect(hanko.stats().tenants).toBe(0)
    expect(lines.filter(([level]) => level === 'error')).toEqual([])
    // A token from later may be of a tenant that has been made since.
    const later = await many.signIn({ tenant: a })
    expect(await hanko.validate(later.token, { tenant: id })).toEqual(UNKNOWN)
    expect(loadsOf(id)).toBe(2)
  })

  it('believes nobody but Hanko that there is no such tenant', async () => {
    const hanko = uuid()
    const { token } = await many.signIn({ tenant: a })
    many.faults.set('jwks', { kind: 'status', status: 404, body: '<html>', headers: { 'Content-Type': 'text/html' } })
    expect(await hanko.validate(token, { tenant: a })).toEqual(NO_KEYS)
    many.faults.set('jwks', { kind: 'database', state: 'down' })
    expect(await hanko.validate(token, { tenant: a })).toEqual(NO_KEYS)
    many.faults.clear()
    expect(await hanko.validate(token, { tenant: a })).toMatchObject(LIVE)
  })

  it('loads keys for three unknown tenants at once, then for one in five seconds', async () => {
    const hanko = uuid()
    const { token } = await many.signIn({ tenant: a })
    await hanko.validate(token, { tenant: a })
    const before = loads()
    for (let round = 0; round < 3; round++)
      expect(await hanko.validate(token, { tenant: unknownId() })).toEqual(UNKNOWN)
    for (let round = 0; round < 3; round++)
      expect(await hanko.validate(token, { tenant: unknownId() })).toEqual(NO_KEYS)
    // Who is in stays in.
    expect(await hanko.validate(token, { tenant: a, fresh: true })).toMatchObject(LIVE)
    expect(loads() - before).toBe(3)
    many.clock.advance('5s')
    expect(await hanko.validate(token, { tenant: unknownId() })).toEqual(UNKNOWN)
    expect(await hanko.validate(token, { tenant: unknownId() })).toEqual(NO_KEYS)
    expect(loads() - before).toBe(4)
  })

  it('loads nothing for what is no token', async () => {
    const hanko = uuid()
    const { token } = await many.signIn({ tenant: a })
    for (let round = 0; round < 9; round++) {
      expect(await hanko.validate('a.b.c', { tenant: unknownId() })).toMatchObject({ reason: 'malformed_token' })
    }
    expect(asked).toEqual([])
    expect(await hanko.validate(token, { tenant: a })).toMatchObject(LIVE)
  })

  it('takes in a fleet of genuine tenants at once', async () => {
    const hanko = uuid()
    const tokens = await Promise.all(ids.map(async (tenant) => ({ tenant, ...(await many.signIn({ tenant })) })))
    const states = await Promise.all(
      tokens.flatMap(({ token, tenant }) => [1, 2].map(() => hanko.validate(token, { tenant }))),
    )
    expect(states.map(({ status }) => status)).toEqual(states.map(() => 'authenticated'))
    expect(loads()).toBe(ids.length)
    expect(hanko.stats()).toMatchObject({ tenants: ids.length, sessions: ids.length })
  })

  it('does not let forged tokens of genuine tenants push out others for free', async () => {
    const hanko = uuid({ maxTenants: 3 })
    const [one, other] = [await many.signIn({ tenant: a }), await many.signIn({ tenant: a })]
    const [header, , signature] = one.token.split('.')
    const forged = [header, other.token.split('.')[1], signature].join('.')
    for (const tenant of ids.slice(0, 3)) {
      expect(await hanko.validate(forged, { tenant })).toMatchObject({ reason: 'bad_signature' })
    }
    for (const tenant of ids.slice(3)) expect(await hanko.validate(forged, { tenant })).toEqual(NO_KEYS)
    expect(loads()).toBe(3)
  })

  it('closes the tenant that was not used for longest: answers go, tombstones stay', async () => {
    const hanko = uuid({ maxTenants: 2 })
    const [inA, endedInA] = [await many.signIn({ tenant: a }), await many.signIn({ tenant: a })]
    const [inB, inC] = [await many.signIn({ tenant: b }), await many.signIn({ tenant: c })]
    await hanko.validate(inA.token, { tenant: a })
    await hanko.validate(inB.token, { tenant: b })
    hanko.revoke({ sessionId: endedInA.sessionId, tenant: a })
    expect(hanko.known(inA.token, { tenant: a })).toMatchObject(LIVE) // and so it was used
    await hanko.validate(inC.token, { tenant: c })
    expect(hanko.stats()).toMatchObject({ tenants: 2, sessions: 2, calls: 6 })
    expect(hanko.known(inB.token, { tenant: b })).toBeUndefined()
    await hanko.validate(inB.token, { tenant: b })
    expect(hanko.known(inA.token, { tenant: a })).toBeUndefined()
    const calls = many.requests.count('validate')
    expect(await hanko.validate(endedInA.token, { tenant: a })).toMatchObject({ reason: 'revoked' })
    expect(many.requests.count('validate')).toBe(calls)
    expect(await hanko.validate(inA.token, { tenant: a })).toMatchObject(LIVE)
    expect(many.requests.count('validate')).toBe(calls + 1)
  })

  it('revokes at a tenant that nobody has asked for yet', async () => {
    const hanko = uuid()
    const { token, userId } = await many.signIn({ tenant: a })
    many.clock.advance('1m')
    hanko.revoke({ userId, tenant: a })
    expect(await hanko.validate(token, { tenant: a })).toMatchObject({ reason: 'revoked' })
    expect(await hanko.validate(token, { tenant: b })).toMatchObject({ reason: 'revoked' }) // Hanko says so itself
    expect(many.requests.count('validate')).toBe(2)
  })

  it('keeps tombstones of no more closed tenants than can be open', async () => {
    const hanko = uuid({ maxTenants: 1 })
    const [first, second] = [await many.signIn({ tenant: a }), await many.signIn({ tenant: b })]
    hanko.revoke({ sessionId: first.sessionId, tenant: a })
    hanko.revoke({ sessionId: second.sessionId, tenant: b })
    expect(await hanko.validate(second.token, { tenant: b })).toMatchObject({ reason: 'revoked' })
    expect(await hanko.validate(first.token, { tenant: a })).toMatchObject(LIVE) // Hanko was asked
  })

  it('lets a check that is under way end before its tenant is closed', async () => {
    const hanko = uuid({ maxTenants: 1 })
    const [first, second] = [await many.signIn({ tenant: a }), await many.signIn({ tenant: b })]
    await hanko.validate(first.token, { tenant: a })
    many.faults.set('validate', { kind: 'latency', by: 50, times: 1 })
    const late = hanko.validate(first.token, { tenant: a, fresh: true })
    await vi.waitFor(() => expect(many.requests.count('validate')).toBe(2))
    expect(await hanko.validate(second.token, { tenant: b })).toMatchObject(LIVE)
    expect(hanko.known(first.token, { tenant: a })).toBeUndefined()
    expect(await late).toMatchObject(LIVE)
    expect(hanko.stats()).toMatchObject({ inFlight: 0, tenants: 1, calls: 5 })
  })

  it('serves a socket beyond the engine that it began with', async () => {
    const hanko = uuid({ maxTenants: 1 })
    const [first, second] = [await many.signIn({ tenant: a }), await many.signIn({ tenant: b })]
    const socket = hanko.forRequest({ headers: { 'x-tenant': a }, connectionParams: { authorization: first.header } })
    expect(await socket.state()).toMatchObject(LIVE)
    await hanko.validate(second.token, { tenant: b })
    expect(await socket.state()).toMatchObject(LIVE)
    expect(socket.known()).toMatchObject(LIVE)
  })

  it('is within the deadline while the keys of a tenant do not come, and takes it in later', async () => {
    const hanko = uuid({ deadline: 100 })
    const { token } = await many.signIn({ tenant: a })
    many.faults.set('jwks', { kind: 'hang', times: 1 })
    expect(await Promise.all([1, 2].map(() => hanko.validate(token, { tenant: a })))).toEqual([NO_KEYS, NO_KEYS])
    expect(await hanko.validate(token, { tenant: a })).toMatchObject(LIVE)
  })

  it('shares no promise between requests where the runtime forbids it', async () => {
    const background: Promise<unknown>[] = []
    const hanko = uuid({ joinRequests: false, waitUntil: (work) => background.push(work) })
    const { token } = await many.signIn({ tenant: a })
    const states = await Promise.all([1, 2, 3].map(() => hanko.validate(token, { tenant: a })))
    expect(states.map(({ status }) => status)).toEqual(['authenticated', 'authenticated', 'authenticated'])
    expect([loads(), hanko.stats().tenants]).toEqual([3, 1])
    expect(background).not.toEqual([])
  })

  it('takes a tenant in at once when waitUntil throws, because its request is over', async () => {
    const waitUntil = (): void => {
      throw new Error('too late')
    }
    const hanko = uuid({ waitUntil })
    const { token } = await many.signIn({ tenant: a })
    expect(await hanko.validate(token, { tenant: a })).toMatchObject(LIVE)
  })

  it('is unavailable once closed, and asks nobody', async () => {
    const hanko = uuid()
    const { token } = await many.signIn({ tenant: a })
    await hanko.validate(token, { tenant: a })
    asked.length = 0
    hanko.close()
    for (const tenant of [a, b])
      expect(await hanko.validate(token, { tenant })).toMatchObject({ status: 'unavailable' })
    expect(asked).toEqual([])
  })
})

describe('hasClaimsSchema', () => {
  it('says whether the claims of all tenants are checked', () => {
    const options = { tenants: { a: 'https://hanko.example' }, tenant: () => 'a' }
    expect(createTenantValidator(options).hasClaimsSchema).toBe(false)
    expect(createTenantValidator({ ...options, claims: z.object({}) }).hasClaimsSchema).toBe(true)
  })
})
