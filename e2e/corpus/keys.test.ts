import { createHash, createSign, generateKeyPairSync, type JsonWebKey as NodeJwk } from 'node:crypto'
import { createSessionValidator, type SessionValidator, toRefusal } from 'hanko-session'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { titleOf } from './corpus.ts'

const START = Date.parse('2026-11-23T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [first, second] = inject('signingKeys') as [JsonWebKey, JsonWebKey]

let now: number
let emulator: HankoEmulator
/** Trusts signature and `exp` alone, so that what it accepts its keys have accepted. */
let hanko: SessionValidator
let warnings: string[]
/** Whatever was asked for, without the query. */
let urls: string[]
let background: Promise<unknown>[]
let opened: SessionValidator[]

beforeEach(async () => {
  now = START
  warnings = []
  urls = []
  background = []
  opened = []
  emulator = await createHankoEmulator({
    keys: [{ ...first, kid: 'first' } as JsonWebKey],
    lifespan: '48h',
    clock: { now: () => now },
  })
  hanko = open(emulator)
})

afterEach(() => {
  for (const validator of opened) validator.close()
})

function open(target: HankoEmulator): SessionValidator {
  const validator = createSessionValidator({
    // Thousands of signatures at once take a busy machine longer than the default.
    deadline: '20s',
    apiUrl: target.apiUrl,
    maxStaleness: Infinity,
    audience: 'localhost',
    clock: { now: () => now, monotonic: () => now },
    logger: { debug() {}, info() {}, warn: (_, message) => warnings.push(message), error() {} },
    waitUntil: (work) => background.push(work),
    fetch(input, init) {
      urls.push(input.split('?')[0] as string)
      return target.fetch(input, init)
    },
  })
  opened.push(validator)
  return validator
}

/** The one way in: what becomes of a token. */
async function verdictOf(token: string, by = hanko): Promise<string> {
  const state = await by.validate(token)
  if (state.status === 'authenticated') return 'accepted'
  return `${toRefusal(state).status} ${state.reason}`
}

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)
const fetches = () => emulator.requests.count('jwks')
const base64url = (value: string | Uint8Array) => Buffer.from(value as string).toString('base64url')
const json = (value: unknown) => base64url(JSON.stringify(value))

/** The key as Hanko lists it, with other members. `undefined` leaves one out. */
const entry = (jwk: JsonWebKey, kid: string, changes: Record<string, unknown> = {}) => ({
  alg: 'RS256',
  e: jwk.e,
  kid,
  kty: 'RSA',
  n: jwk.n,
  use: 'sig',
  ...changes,
})
const good = () => entry(first, 'first')
/** From now on the JWKS is this. */
const publish = (body: unknown) => emulator.faults.set('jwks', { kind: 'malformed', body: JSON.stringify(body) })

async function payload(changes: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { token } = await emulator.signIn()
  return { ...(JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as object), ...changes }
}
/** Signed as Hanko would, by a key that need not be Hanko's. */
async function signedBy(jwk: JsonWebKey, kid: string, changes: Record<string, unknown> = {}): Promise<string> {
  const input = `${json({ alg: 'RS256', kid, typ: 'JWT' })}.${json(await payload(changes))}`
  return `${input}.${createSign('sha256')
    .update(input)
    .sign({ key: jwk as NodeJwk, format: 'jwk' }, 'base64url')}`
}

/** The odd key's tokens are refused with 401 and without a call to validate, and the good key goes on working. */
async function expectIgnored(odd: object, token?: string): Promise<void> {
  publish({ keys: [odd, good(), odd] })
  const validator = open(emulator)
  expect(await verdictOf(await signedBy(first, 'first'), validator)).toBe('accepted')
  expect(await verdictOf(token ?? (await signedBy(second, 'odd')), validator)).toBe('401 unknown_key')
  expect(validator.stats().keys).toBe(1)
  expect(emulator.requests.count('validate')).toBe(0)
}

/** An odd number of so many bytes that nobody has a private key of. */
const numberOf = (bytes: number) => base64url(Buffer.alloc(bytes, 0xff))
const toNumber = (text: string) => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)
const toBytes = (value: bigint, bytes: number) => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex')

describe('Keys', () => {
  attack('K01', async () => {
    // With e = 1 the padded hash is its own signature: anybody can make this one.
    const input = `${json({ alg: 'RS256', kid: 'odd', typ: 'JWT' })}.${json(await payload())}`
    const digest = Buffer.concat([
      Buffer.from('3031300d060960864801650304020105000420', 'hex'),
      createHash('sha256').update(input).digest(),
    ])
    const padding = Buffer.alloc(512 - 3 - digest.length, 0xff)
    const forged = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), digest])
    await expectIgnored(entry(second, 'odd', { e: 'AQ' }), `${input}.${base64url(forged)}`)
  })
  attack('K02', async () => {
    for (const e of [
      'Ag',
      base64url(Buffer.from([1, 0, 2])),
      'AA',
      base64url(Buffer.from([0xff, 0xff, 0xff, 0xff])),
      '-1',
      numberOf(512),
    ]) {
      await expectIgnored(entry(second, 'odd', { e }))
    }
  })
  attack('K04', async () => {
    for (const bytes of [2_048, 8_192]) {
      const token = await signedBy(second, 'odd')
      const [header, body] = token.split('.')
      await expectIgnored(entry(second, 'odd', { n: numberOf(bytes) }), token)
      if (bytes === 2_048) expect(await verdictOf(`${header}.${body}.${numberOf(bytes)}`)).toBe('401 unknown_key')
    }
  })
  attack('K05', async () => {
    const n = toNumber(second.n as string) - 1n
    await expectIgnored(entry(second, 'odd', { n: base64url(toBytes(n, 512)) }))
  })
  attack('K06', async () => expectIgnored(entry(second, 'odd', { use: 'enc' })))
  attack('K07', async () => {
    for (const key_ops of [['encrypt'], ['sign'], [], 'verify']) await expectIgnored(entry(second, 'odd', { key_ops }))
  })
  attack('K08', async () => {
    for (const alg of ['RSA-OAEP', 'RS512', 'PS256', 'none', null]) await expectIgnored(entry(second, 'odd', { alg }))
  })
  attack('K11', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    await expectIgnored({ ...ec, kid: 'odd', use: 'sig' })
    await expectIgnored({ ...ec, kid: 'first', use: 'sig' })
    await expectIgnored(entry(second, 'odd', { kty: 'EC' }))
  })
  attack('K12', async () => {
    publish({
      keys: [
        { ...entry(first, 'first'), d: first.d, p: first.p, q: first.q, dp: first.dp, dq: first.dq, qi: first.qi },
      ],
    })
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    now += 10 * MINUTE
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    await Promise.all(background)
    expect(fetches()).toBe(2)
    const said = warnings.filter((message) => message.includes('private key'))
    expect(said).toHaveLength(1)
    expect(JSON.stringify([said, hanko, hanko.stats()])).not.toContain((first.d as string).slice(0, 20))
  })
  attack('K13', async () => {
    const other = Buffer.from(second.n as string, 'base64url').toString('base64')
    publish({ keys: [entry(first, 'first', { x5c: [other], x5t: 'x', x5u: 'https://evil.example/cert.pem' })] })
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    expect(await verdictOf(await signedBy(second, 'first'))).toBe('401 bad_signature')
    expect(new Set(urls)).toEqual(new Set([`${emulator.apiUrl}/.well-known/jwks.json`]))
  })
  attack('K14', async () => {
    publish({ keys: [entry(first, 'twice'), good(), entry(second, 'twice')] })
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    now += MINUTE
    const young = [await signedBy(first, 'twice'), await signedBy(second, 'twice')]
    for (const token of young) expect(await verdictOf(token)).toBe('401 unknown_key')
  })
  attack('K16', async () => {
    for (const body of [{ keys: [] }, {}, { keys: null }, { keys: 'x' }, { keys: {} }, null, 'x']) {
      publish(body)
      const cold = open(emulator)
      expect(await verdictOf(await signedBy(first, 'first'), cold)).toBe('503 keys_unavailable')

      emulator.faults.clear()
      const warm = open(emulator)
      expect(await verdictOf(await signedBy(first, 'first'), warm)).toBe('accepted')
      publish(body)
      now += 10 * MINUTE
      const before = fetches()
      expect(await verdictOf(await signedBy(first, 'first'), warm)).toBe('accepted')
      await Promise.all(background)
      expect(fetches()).toBeGreaterThan(before)
      expect(await verdictOf(await signedBy(first, 'first'), warm)).toBe('accepted')
    }
  })
  attack('K17', async () => {
    for (const odd of [null, 'x', 7, true, [], [entry(second, 'odd')], {}]) {
      publish({ keys: [odd, good(), odd] })
      const validator = open(emulator)
      expect(await verdictOf(await signedBy(first, 'first'), validator)).toBe('accepted')
      expect(validator.stats().keys).toBe(1)
    }
  })
  attack('K18', async () => {
    const filler = (count: number) =>
      Array.from({ length: count }, (_, at) => entry(first, `filler-${at}`, { n: numberOf(256 + (at % 8)) }))
    publish({ keys: [entry(second, 'oldest'), ...filler(298), good()] })
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    expect(await verdictOf(await signedBy(second, 'oldest'))).toBe('401 unknown_key')
    expect(hanko.stats().keys).toBe(64)

    publish({ keys: [...filler(4_999), entry(second, 'first')] })
    now += 10 * MINUTE
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    await Promise.all(background)
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    expect(await verdictOf(await signedBy(second, 'first'), open(emulator))).toBe('503 keys_unavailable')
  })
  attack('K20', async () => {
    emulator.faults.set('jwks', {
      kind: 'malformed',
      body: `{"keys":[${JSON.stringify(entry(second, '__proto__'))},${JSON.stringify(good())}]}`,
    })
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    expect(await verdictOf(await signedBy(second, '__proto__'))).toBe('401 unknown_key')
    expect(hanko.stats().keys).toBe(1)
  })
  attack('K21', async () => {
    const n = second.n as string
    const standard = n.replaceAll('-', '+').replaceAll('_', '/')
    expect(standard).not.toBe(n)
    for (const spelt of [`${n}=`, ` ${n}`, `${n}\n`, `${n.slice(0, 100)} ${n.slice(100)}`, standard]) {
      await expectIgnored(entry(second, 'odd', { n: spelt }))
    }
    for (const e of ['AQAB=', ' AQAB', 'AQAB\n', 'AQ AB', 'AAEAAQ==']) await expectIgnored(entry(second, 'odd', { e }))
  })
  attack('K24', async () => {
    const neighbour = await createHankoEmulator({
      keys: [{ ...second, kid: 'first' } as JsonWebKey],
      clock: { now: () => now },
      apiUrl: 'http://localhost:8002',
      adminUrl: 'http://localhost:8003',
    })
    const other = open(neighbour)
    const [ours, theirs] = [await signedBy(first, 'first'), await signedBy(second, 'first')]
    for (let round = 0; round < 2; round++) {
      expect([await verdictOf(ours), await verdictOf(theirs)]).toEqual(['accepted', '401 bad_signature'])
      expect([await verdictOf(ours, other), await verdictOf(theirs, other)]).toEqual(['401 bad_signature', 'accepted'])
    }
    expect(new Set(urls)).toEqual(new Set([emulator, neighbour].map(({ apiUrl }) => `${apiUrl}/.well-known/jwks.json`)))
  })
  attack('K26', async () => {
    const token = await signedBy(first, 'first')
    for (const fault of [
      { kind: 'status', status: 500 },
      { kind: 'status', status: 404 },
      { kind: 'reset' },
      { kind: 'reset', at: 'body' },
      { kind: 'malformed', body: '<html>' },
      { kind: 'redirect', to: 'https://evil.example/jwks.json' },
      { kind: 'database', state: 'down' },
    ] as const) {
      emulator.faults.set('jwks', fault)
      expect(await verdictOf(token, open(emulator))).toBe('503 keys_unavailable')
    }
    expect(emulator.requests.count('validate')).toBe(0)
  })
  attack('K27', async () => {
    emulator.faults.set('jwks', { kind: 'status', status: 500 })
    const tokens = [await signedBy(first, 'first'), await signedBy(first, 'second')]
    const request = { headers: { cookie: tokens.map((token) => `hanko=${token}`).join('; ') } }
    const state = await hanko.authenticate(request, { changesState: false })
    expect(state).toEqual({ status: 'unavailable', reason: 'keys_unavailable' })
    emulator.faults.clear()
    now += 1_000
    expect(await verdictOf(tokens[0] as string)).toBe('accepted')
  })
  attack('K28', async () => {
    const genuine = await signedBy(first, 'first')
    const [, body, signature] = genuine.split('.')
    const flood = () =>
      Promise.all(
        Array.from({ length: 10_000 }, (_, at) =>
          verdictOf(`${json({ alg: 'RS256', kid: `k${at}`, typ: 'JWT' })}.${body}.${signature}`),
        ),
      )
    now += MINUTE
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    expect(new Set(await flood())).toEqual(new Set(['401 unknown_key']))
    expect(fetches()).toBe(1)

    // As young as can be: now each might be of a key that was just added.
    const young = (await signedBy(first, 'first')).split('.')
    const verdicts = await Promise.all(
      Array.from({ length: 10_000 }, (_, at) =>
        verdictOf(`${json({ alg: 'RS256', kid: `k${at}`, typ: 'JWT' })}.${young[1]}.${young[2]}`),
      ),
    )
    expect(new Set(verdicts)).toEqual(new Set(['401 unknown_key', '503 keys_unavailable']))
    expect(fetches()).toBeLessThanOrEqual(1 + 3)
    expect(hanko.stats()).toMatchObject({ keys: 1, sessions: 1, tombstones: 0 })
    expect(emulator.requests.count('validate')).toBe(0)
    expect(await verdictOf(genuine)).toBe('accepted')
  })
  attack('K29', async () => {
    expect(await verdictOf((await emulator.signIn()).token)).toBe('accepted')
    now += 1_000
    await emulator.rotateKeys({ ...second, kid: 'second' } as JsonWebKey)
    expect(await verdictOf((await emulator.signIn()).token)).toBe('accepted')
    expect(fetches()).toBe(2)
  })
  attack('K30', async () => {
    const { token } = await emulator.signIn()
    expect(await verdictOf(token)).toBe('accepted')
    emulator.faults.set('jwks', { kind: 'database', state: 'down' })
    for (let passed = 0; passed < HOUR; passed += 10 * MINUTE) {
      now += 10 * MINUTE
      expect([await verdictOf(token), await verdictOf((await emulator.signIn()).token)]).toEqual([
        'accepted',
        'accepted',
      ])
      await Promise.all(background)
    }
    expect(fetches()).toBeGreaterThan(6)
    now = START + 24 * HOUR - 1
    expect(await verdictOf(token)).toBe('accepted')
    await Promise.all(background)
    now += 1_001
    expect(await verdictOf(token)).toBe('503 keys_unavailable')
  })
  attack('K31', async () => {
    const iss = 'https://evil.example'
    expect(await verdictOf(await signedBy(second, 'first', { iss }))).toBe('401 bad_signature')
    expect(await verdictOf(await signedBy(second, 'evil', { iss, jku: `${iss}/jwks.json` }))).toBe('401 unknown_key')
    expect(await verdictOf(await signedBy(first, 'first', { iss }))).toBe('accepted')
    expect(new Set(urls)).toEqual(new Set([`${emulator.apiUrl}/.well-known/jwks.json`]))
  })
})

describe('JWS header, where keys decide', () => {
  attack('H13', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const es256 = async (alg: string) => {
      const input = `${json({ alg, kid: 'ec', typ: 'JWT' })}.${json(await payload())}`
      return `${input}.${createSign('sha256')
        .update(input)
        .sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }, 'base64url')}`
    }
    publish({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'ec', alg: 'ES256', use: 'sig' }, good()] })
    expect(await verdictOf(await signedBy(first, 'first'))).toBe('accepted')
    expect(await verdictOf(await es256('ES256'))).toBe('401 unsupported_token')
    expect(await verdictOf(await es256('RS256'))).toBe('401 unknown_key')
    expect(emulator.requests.count('validate')).toBe(0)
  })

  /** Signed by Hanko's own key, under ids that name another. */
  async function expectUnknown(kids: string[]): Promise<void> {
    for (const kid of kids) {
      const old = await signedBy(first, kid)
      now += MINUTE
      const validator = open(emulator)
      expect(await verdictOf(await signedBy(first, 'first'), validator)).toBe('accepted')
      const before = emulator.requests.count()
      expect([await verdictOf(old, validator), emulator.requests.count()]).toEqual(['401 unknown_key', before])

      const young = await signedBy(first, kid)
      expect([await verdictOf(young, validator), emulator.requests.count()]).toEqual(['401 unknown_key', before + 1])
      await verdictOf(young, validator)
      await verdictOf(young, validator)
      expect([await verdictOf(young, validator), emulator.requests.count()]).toEqual([
        '503 keys_unavailable',
        before + 3,
      ])
    }
    expect(emulator.requests.count('validate')).toBe(0)
  }
  attack('H18', () => expectUnknown(['../../../../dev/null', '/proc/self/environ', 'file:///', '|id']))
  attack('H19', () => expectUnknown(["' UNION SELECT 'x'--"]))
  attack('H20', () => expectUnknown(['__proto__', 'constructor', 'toString', 'hasOwnProperty']))
  attack('H21', async () => {
    await expectUnknown(['First', 'FIRST', 'first ', ' first'])
    publish({ keys: [good(), entry(second, 'é'.normalize('NFC'))] })
    await expectUnknown(['é'.normalize('NFD')])
    expect(await verdictOf(await signedBy(second, 'é'.normalize('NFC')), open(emulator))).toBe('accepted')
  })

  /** A genuine token that is older than the keys, so that no id makes anybody ask for newer ones; taken apart. */
  async function genuine() {
    const { token } = await emulator.signIn()
    now += MINUTE
    expect(await verdictOf(token)).toBe('accepted')
    const [header, body, signature] = token.split('.').map((part) => Buffer.from(part, 'base64url')) as [
      Buffer,
      Buffer,
      Buffer,
    ]
    const build = (parts: { header?: Buffer; body?: Buffer; signature?: Buffer }) =>
      [parts.header ?? header, parts.body ?? body, parts.signature ?? signature].map(base64url).join('.')
    expect(build({})).toBe(token)
    return { token, header, body, signature, build }
  }
  /** All refused with 401, nothing asked, nothing remembered. */
  async function expectRefused(tokens: string[], reason?: string): Promise<void> {
    const before = emulator.requests.count()
    const verdicts = new Set(await Promise.all(tokens.map((token) => verdictOf(token))))
    if (reason === undefined) expect([...verdicts].filter((verdict) => !verdict.startsWith('401 '))).toEqual([])
    else expect(verdicts).toEqual(new Set([`401 ${reason}`]))
    expect([emulator.requests.count() - before, hanko.stats().sessions]).toEqual([0, 1])
  }
  /** The bytes with one bit flipped, for each of their bits. */
  const flips = (bytes: Buffer) =>
    Array.from({ length: bytes.length * 8 }, (_, at) => {
      const flipped = Buffer.from(bytes)
      flipped[at >> 3] = (flipped[at >> 3] as number) ^ (1 << (at & 7))
      return flipped
    })

  attack('H52', async () => {
    const { signature, build } = await genuine()
    const n = toNumber(first.n as string)
    const s = toNumber(base64url(signature))
    const numbers = [0n, 1n, n, n - 1n, n - s, n + 1n]
    const signatures = [Buffer.alloc(512, 1), ...numbers.map((value) => toBytes(value, 512)), toBytes(n + s, 513)]
    // The same residue in as many bytes as a signature has, where there is one.
    if (n + s < 1n << 4096n) signatures.push(toBytes(n + s, 512))
    await expectRefused(
      signatures.map((other) => build({ signature: other })),
      'bad_signature',
    )
    await expectRefused(
      [base64url(Buffer.from([0])), base64url(Buffer.from([1]))].map(
        (short) => `${build({}).split('.').slice(0, 2).join('.')}.${short}`,
      ),
      'bad_signature',
    )
  })
  attack('H53', async () => {
    const { signature, build } = await genuine()
    const zero = Buffer.alloc(1)
    const others = [
      signature.subarray(0, -1),
      signature.subarray(1),
      Buffer.concat([signature, zero]),
      Buffer.concat([zero, signature]),
      Buffer.concat([signature, signature]),
    ]
    await expectRefused(
      others.map((other) => build({ signature: other })),
      'bad_signature',
    )
  })
  attack('H55', async () => {
    const other = (await emulator.signIn()).token.split('.')
    const { token } = await genuine()
    const [header, body, signature] = token.split('.')
    await expectRefused([`${header}.${body}.${other[2]}`, `${header}.${other[1]}.${signature}`], 'bad_signature')
  })
  attack('H56', async () => {
    const { signature, build } = await genuine()
    const all = flips(signature)
    expect(all).toHaveLength(4_096)
    await expectRefused(
      all.map((flipped) => build({ signature: flipped })),
      'bad_signature',
    )
  })
  attack('H57', async () => {
    const { header, body, build } = await genuine()
    await expectRefused([
      ...flips(header).map((flipped) => build({ header: flipped })),
      ...flips(body).map((flipped) => build({ body: flipped })),
    ])
  })
})
