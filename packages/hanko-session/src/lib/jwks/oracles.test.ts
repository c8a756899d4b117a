import { createHmac, createPublicKey, type JsonWebKey as NodeJwk, type KeyObject, sign } from 'node:crypto'
import { createVerifier } from 'fast-jwt'
import { compactVerify, createLocalJWKSet } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { hasTokenShape, parseToken } from '../token/parse-token.ts'
import { importKeys, type KeyMap } from './import-keys.ts'
import { verifySignature } from './verify-signature.ts'
import { createRandom, type Random } from '../../../test/create-random.ts'

// Three libraries that many rely on judge the same tokens as we do. We may refuse more (other spellings, odd headers);
// what we accept at least one of them must accept, and what Hanko signs all must accept. They live where pnpm lets them
// be found: e2e has no dependencies of its own.

const MUTANTS = 100_000
const SIGNED_MUTANTS = 2_000

/** Private JWKs by id. The short one makes most of the mutants: RSA is what they cost. */
const privateKeys = new Map<string, JsonWebKey>()
const publicPems = new Map<string, string>()
let keys: KeyMap
let joseKeys: ReturnType<typeof createLocalJWKSet>
let tokens: string[]

/** Half of it is Hanko's own, the rest the odd claims that operators add. */
const payloadOf = (random: Random) => ({
  aud: ['localhost'],
  exp: 2_000_000_000,
  iat: 1_900_000_000,
  session_id: '4f9c1d0e-8a55-4c0b-9d0f-0d3cb2a1f6aa',
  sub: 'f3a2b1c0-1234-4abc-8def-0123456789ab',
  email: { address: 'ada@example.com', is_primary: true, is_verified: true },
  text: 'ä🙂"\\:'.repeat(random(40)),
  list: Array.from({ length: random(5) }, (_, at) => ({ at, [`k${at}`]: null })),
})

beforeAll(async () => {
  const short = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  privateKeys.set('short', await crypto.subtle.exportKey('jwk', short.privateKey))
  for (const [at, jwk] of inject('signingKeys').entries()) privateKeys.set(`long-${at}`, jwk)
  const set = {
    keys: [...privateKeys].map(([kid, { n, e }]) => ({
      kty: 'RSA',
      kid,
      n: n as string,
      e: e as string,
      use: 'sig',
      alg: 'RS256',
    })),
  }
  for (const { kid, ...jwk } of set.keys)
    publicPems.set(kid, publicKeyOf(jwk).export({ type: 'spki', format: 'pem' }) as string)
  keys = await importKeys(set)
  joseKeys = createLocalJWKSet(set)
  const random = createRandom(1)
  tokens = Array.from({ length: 50 }, () => signed('short', headerOf('short'), JSON.stringify(payloadOf(random))))
})

const publicKeyOf = (jwk: object): KeyObject => createPublicKey({ key: jwk as NodeJwk, format: 'jwk' })
const base64url = (value: string | Uint8Array) => Buffer.from(value as string).toString('base64url')
const headerOf = (kid: string) => JSON.stringify({ alg: 'RS256', kid, typ: 'JWT' })
function signed(kid: string, header: string, payload: string): string {
  const input = `${base64url(header)}.${base64url(payload)}`
  const key = { key: privateKeys.get(kid) as NodeJwk, format: 'jwk' as const }
  return `${input}.${base64url(sign('sha256', Buffer.from(input), key))}`
}

/** Steps 3, 4 and 6 of ours. */
async function ours(text: unknown): Promise<boolean> {
  if (!hasTokenShape(text)) return false
  const token = parseToken(text)
  if (typeof token === 'string') return false
  const key = keys.get(token.keyId)
  return key !== undefined && (await verifySignature(text, key))
}

/** Each as its documentation says, with the algorithm pinned; times are not their business here. */
const ORACLES: Record<string, (text: string) => Promise<unknown>> = {
  jose: (text) => compactVerify(text, joseKeys, { algorithms: ['RS256'] }),
  fastJwt: createVerifier({
    key: async ({ header }: { header: { kid?: string } }) => publicPems.get(header.kid ?? '') ?? '',
    algorithms: ['RS256'],
    ignoreExpiration: true,
    ignoreNotBefore: true,
    cache: false,
  }),
  jsonwebtoken: (text) =>
    new Promise((resolve, reject) => {
      jsonwebtoken.verify(
        text,
        ({ kid }, settle) => settle(null, publicPems.get(kid ?? '') ?? ''),
        { algorithms: ['RS256'], ignoreExpiration: true, ignoreNotBefore: true },
        (error, payload) => (error === null ? resolve(payload) : reject(error)),
      )
    }),
}

/** The names of those who accept it. */
async function acceptedBy(text: string): Promise<string[]> {
  const names = await Promise.all(
    Object.entries(ORACLES).map(([name, verify]) =>
      verify(text).then(
        () => name,
        () => '',
      ),
    ),
  )
  return names.filter((name) => name !== '')
}

type Mutation = (text: string, random: Random) => string

const change = (text: string, random: Random, by: (at: number) => string): string => {
  const at = random(text.length)
  return text.slice(0, at) + by(at) + text.slice(at + 1)
}
/** Applies to one part; decoded and encoded again if asked. */
const inPart =
  (part: number | undefined, mutate: Mutation): Mutation =>
  (text, random) => {
    const parts = text.split('.')
    const at = part ?? random(3)
    parts[at] = mutate(parts[at] ?? '', random)
    return parts.join('.')
  }
const decoded =
  (mutate: Mutation): Mutation =>
  (part, random) =>
    base64url(Buffer.from(mutate(Buffer.from(part, 'base64url').toString('latin1'), random), 'latin1'))
const flipBit: Mutation = (text, random) =>
  change(text, random, (at) => String.fromCharCode(text.charCodeAt(at) ^ (1 << random(8))))
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.% \n\0é'
const pick = <T>(random: Random, from: ArrayLike<T>): T => from[random(from.length)] as T

/** A member of a JSON text put in, left out, doubled, or given another value. */
const mutateJson: Mutation = (text, random) => {
  const name = pick(random, [
    'alg',
    'kid',
    'typ',
    'crit',
    'b64',
    'jwk',
    'jku',
    'zip',
    'cty',
    'x',
    '__proto__',
    'sub',
    'exp',
  ])
  const value = pick(random, [
    '"none"',
    '"RS256"',
    '"HS256"',
    '"short"',
    '"long-0"',
    '"JWT"',
    'null',
    '[]',
    '["b64"]',
    '{}',
    '0',
    'true',
    '"\\u0000"',
    '1e999',
  ])
  const member = `"${name}":${value}`
  return pick<() => string>(random, [
    () => `{${member},${text.slice(1)}`,
    () => `${text.slice(0, -1)},${member}}`,
    () => text.replace(/"(\w+)":/, (_, first: string) => `"${first}":${value},"${first}":`),
    () => text.replace(/"\w+":"[^"]*"/, member),
    () => text.replace(/,/g, ' ,\n'),
    () => text.replace(/"(\w)/, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`),
    () => `${pick(random, [' ', '\n', '\0', '\u00ef\u00bb\u00bf'])}${text}`,
    () => `${text}${pick(random, [' ', '{}', ',', '\0'])}`,
    () => pick(random, ['null', '[]', '""', '{}', '{', `[${text}]`]),
  ])()
}

const MUTATIONS: Record<string, Mutation> = {
  'a bit of the text': flipBit,
  'a character': (text, random) => change(text, random, () => pick(random, ALPHABET)),
  'a character more': (text, random) => change(text, random, (at) => text.charAt(at) + pick(random, ALPHABET)),
  'a character less': (text, random) => change(text, random, () => ''),
  'a bit of the signature': inPart(2, decoded(flipBit)),
  'a bit of header or payload': (text, random) => inPart(random(2), decoded(flipBit))(text, random),
  'a byte more or less': inPart(
    undefined,
    decoded((part, random) => (random(2) === 0 ? part.slice(random(2), -1) : `${part}\0`)),
  ),
  'another last character': inPart(undefined, (part, random) => part.slice(0, -1) + pick(random, ALPHABET)),
  'another alphabet': inPart(undefined, (part) => part.replace('-', '+').replace('_', '/')),
  'padding or space': inPart(
    undefined,
    (part, random) => part + pick(random, ['=', '==', '\n', ' ', '\t', '%3D', '\u200b']),
  ),
  'the JSON of the header': inPart(0, decoded(mutateJson)),
  'the JSON of the payload': inPart(1, decoded(mutateJson)),
  'an end cut off': (text, random) => text.slice(0, random(text.length)),
  'a start cut off': (text, random) => text.slice(1 + random(text.length)),
  'parts swapped or doubled': (text, random) =>
    Array.from({ length: 2 + random(3) }, () => pick(random, text.split('.'))).join('.'),
  'the part of another token': (text, random) => {
    const other = pick(random, tokens).split('.')
    return inPart(1 + random(2), () => other[1 + random(2)] ?? '')(text, random)
  },
}

/** How many of the mutants we accept. None of them may be one that every oracle refuses. */
async function judge(count: number, make: (at: number) => { text: string; what: string }): Promise<number> {
  let accepted = 0
  const unheardOf: string[] = []
  for (let from = 0; from < count; from += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, count - from) }, (_, at) => make(from + at))
    const verdicts = await Promise.all(batch.map(({ text }) => ours(text)))
    for (const [at, { text, what }] of batch.entries()) {
      if (verdicts[at] === true) {
        accepted++
        // The place, never the token: what a test says is a log too.
        if ((await acceptedBy(text)).length === 0) unheardOf.push(`${from + at}: ${what}`)
      }
    }
  }
  expect(unheardOf).toEqual([])
  return accepted
}

describe('against jose, fast-jwt and jsonwebtoken', () => {
  it('refuses no genuine token, and neither do they', async () => {
    const random = createRandom(2)
    for (let at = 0; at < 100; at++) {
      const kid = pick(random, [...privateKeys.keys()])
      const token = signed(kid, headerOf(kid), JSON.stringify(payloadOf(random)))
      expect([await ours(token), await acceptedBy(token)]).toEqual([true, Object.keys(ORACLES)])
    }
  })

  it('accepts no forgery of the corpus that all of them refuse: it accepts none', async () => {
    const [token = ''] = tokens
    const [header = '', payload = '', signature = ''] = token.split('.')
    const withHeader = (text: string) => signed('short', text, JSON.stringify(payloadOf(createRandom(3))))
    const secrets = [publicPems.get('short') as string, privateKeys.get('short')?.n as string]
    const forgeries = [
      ...['none', 'None', 'NONE', '', 'HS256', 'RS384', 'PS256'].flatMap((alg) => [
        `${base64url(JSON.stringify({ alg, kid: 'short' }))}.${payload}.`,
        `${base64url(JSON.stringify({ alg, kid: 'short' }))}.${payload}.${signature}`,
        withHeader(JSON.stringify({ alg, kid: 'short' })),
      ]),
      ...secrets.map((secret) => {
        const input = `${base64url(JSON.stringify({ alg: 'HS256', kid: 'short' }))}.${payload}`
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      }),
      ...['constructor', 'toString', '__proto__', 'SHORT', 'short ', 'ｓhort', '../short', "' OR 1=1 --", ''].map(
        (kid) => withHeader(headerOf(kid)),
      ),
      ...['crit', 'b64', 'zip', 'jku', 'jwk', 'x5u', 'x5c'].map((name) =>
        withHeader(`{"alg":"RS256","kid":"short","${name}":["x"]}`),
      ),
      withHeader('{"alg":"RS256"}'),
      withHeader('{"alg":"none","alg":"RS256","kid":"short"}'),
      `${header}.${payload}`,
      `${token}.${signature}`,
      `${header}.${payload}.${signature}=`,
      ` ${token}`,
      `${token}\n`,
      token.replaceAll('.', '..'),
      JSON.stringify({ protected: header, payload, signature }),
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    ]
    const accepted = await judge(forgeries.length, (at) => ({ text: forgeries[at] as string, what: 'a forgery' }))
    expect(accepted).toBe(0)
  })

  it(`accepts none of ${MUTANTS} mutants that all of them refuse: it accepts none`, async () => {
    const random = createRandom(4)
    const names = Object.keys(MUTATIONS)
    const genuine = new Set(tokens)
    const accepted = await judge(MUTANTS, (at) => {
      const what = names[at % names.length] as string
      let text = ''
      // Some hit upon what stood there before, or upon the whole of another genuine token.
      do text = (MUTATIONS[what] as Mutation)(pick(random, tokens), random)
      while (genuine.has(text))
      return { text, what }
    })
    expect(accepted).toBe(0)
  })

  it(`accepts no ${SIGNED_MUTANTS} headers and payloads that Hanko's key signed and all of them refuse`, async () => {
    const random = createRandom(5)
    const accepted = await judge(SIGNED_MUTANTS, (at) => {
      const payload = JSON.stringify(payloadOf(random))
      const isHeader = at % 2 === 0
      const text = isHeader
        ? signed('short', mutateJson(headerOf('short'), random), payload)
        : signed('short', headerOf('short'), mutateJson(payload, random))
      return { text, what: isHeader ? 'a signed header' : 'a signed payload' }
    })
    // Some of them are in order: an extra member, another order, white space. So the oracles were really asked.
    expect(accepted).toBeGreaterThan(SIGNED_MUTANTS / 10)
  })
})
