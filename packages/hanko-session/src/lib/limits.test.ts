import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../test/stage.ts'
import type { SessionValidator } from './create-session-validator.ts'
import type { Limits } from './limits.ts'
import type { Fetch, SessionValidatorOptions } from './options.ts'
import { createTenantValidator } from './tenants/create-tenant-validator.ts'

const UNAVAILABLE = { status: 'unavailable', reason: 'upstream_unavailable' }
const NO_KEYS = { status: 'unavailable', reason: 'keys_unavailable' }
const LIVE = { status: 'authenticated' }
/** As short as can be, so that no test waits. */
const AT_ONCE = { minRetryDelay: 0, maxRetryDelay: 0 }
const SECOND = 1_000

let stage: Stage
let opened: SessionValidator[]
let tokens: string[]

beforeEach(async () => {
  stage = await createStage()
  opened = []
  tokens = []
  for (let count = 0; count < 3; count++) tokens.push((await stage.emulator.signIn()).token)
})

afterEach(() => {
  vi.restoreAllMocks()
  for (const hanko of opened) hanko.close()
})

/** A validator that asks for every check, unless said otherwise, with its keys at hand. */
async function open(
  limits: Partial<Limits>,
  options: Omit<SessionValidatorOptions, 'claims'> = {},
): Promise<SessionValidator> {
  const hanko = await stage.warm({ maxStaleness: 0, limits, ...options })
  opened.push(hanko)
  return hanko
}

const failWith = (status: number, headers: Record<string, string> = {}): void =>
  stage.emulator.faults.set('validate', { kind: 'status', status, headers })
const answer = (): void => stage.emulator.faults.clear()

/** A genuine token that names a key nobody has. */
function nameUnknownKey(token: string, kid: string): string {
  const header = btoa(JSON.stringify({ alg: 'RS256', kid, typ: 'JWT' }))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  return `${header}.${token.split('.').slice(1).join('.')}`
}

describe('limits of calls', () => {
  it('attemptTimeout ends an attempt, long before the deadline', async () => {
    const hanko = await open({ attemptTimeout: 30 }, { deadline: '1h' })
    stage.emulator.faults.set('validate', { kind: 'hang' })
    expect(await hanko.validate(tokens[0]!)).toMatchObject({ reason: 'upstream_timeout' })
  })

  it.each([1, 2, 4])('attempts: %i sends a call so often', async (attempts) => {
    const hanko = await open({ attempts, ...AT_ONCE })
    failWith(503)
    expect(await hanko.validate(tokens[0]!)).toMatchObject(UNAVAILABLE)
    expect(stage.posts()).toBe(attempts)
  })

  it.each([
    [0, { minRetryDelay: 60_000, maxRetryDelay: 60_000 }, 1],
    [0, { minRetryDelay: 0, maxRetryDelay: 60_000 }, 2],
    [0.99, { minRetryDelay: 0, maxRetryDelay: 60_000 }, 1],
    [0.99, AT_ONCE, 2],
  ])('by chance %d a retry waits within %j: %i attempts fit the deadline', async (chance, delays, posts) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance)
    const hanko = await open(delays)
    failWith(503)
    expect(await hanko.validate(tokens[0]!)).toMatchObject(UNAVAILABLE)
    expect(stage.posts()).toBe(posts)
  })

  it.each([
    [{ retriesPerMinute: 0, retryShare: 0 }, 3],
    [{ retriesPerMinute: 1, retryShare: 0 }, 4],
    [{ retriesPerMinute: 0, retryShare: 1 }, 6],
  ])('%j: three calls that fail are %i attempts', async (budget, posts) => {
    const hanko = await open({ ...budget, ...AT_ONCE })
    failWith(503)
    for (const token of tokens) await hanko.validate(token)
    expect(stage.posts()).toBe(posts)
  })

  it('maxRetryAfter is the most that is passed on', async () => {
    const hanko = await open({ maxRetryAfter: 7_000 })
    failWith(503, { 'retry-after': '20' })
    expect(await hanko.validate(tokens[0]!)).toMatchObject({ ...UNAVAILABLE, retryAfter: 7_000 })
  })

  it('maxAnswerBytes bounds what Hanko says of a session', async () => {
    const hanko = await open({ maxAnswerBytes: 100 })
    expect(await hanko.validate(tokens[0]!)).toMatchObject({ reason: 'upstream_invalid' })
  })
})

describe('limits of the circuit breaker', () => {
  const broken = { attempts: 1, failuresInARow: 1_000 }

  it('failuresInARow open it', async () => {
    const hanko = await open({ ...broken, failuresInARow: 2 })
    failWith(503)
    for (const token of tokens) expect(await hanko.validate(token)).toMatchObject(UNAVAILABLE)
    expect([stage.posts(), hanko.stats().breaker]).toEqual([2, 'open'])
  })

  it.each([
    [{ failureShare: 0.5, minCalls: 2 }, 0, 'open'],
    [{ failureShare: 0.6, minCalls: 2 }, 0, 'closed'],
    [{ failureShare: 0.5, minCalls: 3 }, 0, 'closed'],
    [{ failureShare: 0.5, minCalls: 2, breakerWindow: 5_000 }, 6_000, 'closed'],
    [{ failureShare: 0.5, minCalls: 2, breakerWindow: 60_000 }, 6_000, 'open'],
  ])('%j: a success, %i ms later a failure: %s', async (limits, between, state) => {
    const hanko = await open({ ...broken, ...limits })
    await hanko.validate(tokens[0]!)
    stage.time.pass(between)
    failWith(503)
    await hanko.validate(tokens[1]!)
    expect(hanko.stats().breaker).toBe(state)
  })

  it('openFor is its first time, which doubles up to maxOpenFor', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const hanko = await open({ attempts: 1, failuresInARow: 1, openFor: 4 * SECOND, maxOpenFor: 10 * SECOND })
    failWith(503)
    for (const time of [4, 8, 10, 10]) {
      await hanko.validate(tokens[0]!)
      stage.time.pass(time * SECOND - 1)
      expect(hanko.stats().breaker).toBe('open')
      stage.time.pass(1)
      expect(hanko.stats().breaker).toBe('half-open')
    }
  })
})

describe('limits of the line', () => {
  it('maxInFlight calls go, maxWaiting wait, the next is refused', async () => {
    const hanko = await open({ maxInFlight: 1, maxWaiting: 1 })
    const held = stage.hold()
    // One after the other: signatures are verified in no order.
    const first = hanko.validate(tokens[0]!)
    await until(() => hanko.stats().inFlight === 1)
    const second = hanko.validate(tokens[1]!)
    await until(() => hanko.stats().waiting === 1)
    expect(await hanko.validate(tokens[2]!)).toMatchObject(UNAVAILABLE)
    expect(hanko.stats()).toMatchObject({ inFlight: 1, waiting: 1 })
    held.end()
    expect(await Promise.all([first, second])).toMatchObject([LIVE, LIVE])
  })

  it('maxWaiting checks wait for keys, the next are unavailable', async () => {
    const held: (() => void)[] = []
    const fetch: Fetch = async (input, init) => {
      await new Promise<void>((resolve) => held.push(resolve))
      return stage.emulator.fetch(input, init)
    }
    const hanko = stage.validator({ limits: { maxWaiting: 1 }, fetch })
    opened.push(hanko)
    const first = hanko.validate(tokens[0]!)
    expect(await hanko.validate(tokens[1]!)).toMatchObject(NO_KEYS)
    hanko.close()
    for (const letThrough of held) letThrough()
    await first
  })

  it('maxWaiting: 0 lets one check fetch the keys: else nobody ever had them', async () => {
    const hanko = stage.validator({ limits: { maxWaiting: 0 } })
    opened.push(hanko)
    expect(await hanko.validate(tokens[0]!)).toMatchObject(LIVE)
  })

  it.each([
    [0.25, 1],
    [0.75, 3],
    [0, 1],
  ])('backgroundShare: %d of 4 calls lets %i refreshes go at once', async (backgroundShare, inFlight) => {
    const hanko = await open({ maxInFlight: 4, backgroundShare }, { maxStaleness: '30s' })
    for (const token of tokens) await hanko.validate(token)
    stage.time.pass(25 * SECOND)
    const held = stage.hold()
    for (const token of tokens) expect(hanko.known(token)).toMatchObject(LIVE)
    expect(hanko.stats()).toMatchObject({ inFlight, waiting: 3 - inFlight })
    held.end()
    await stage.settled()
  })
})

describe('limits of keys', () => {
  it('maxKeysBytes bounds their list', async () => {
    const hanko = await open({ maxKeysBytes: 100 })
    expect(await hanko.validate(tokens[0]!)).toMatchObject(NO_KEYS)
  })

  it('refreshKeysAfter is the age at which they are fetched anew', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const hanko = await open({ refreshKeysAfter: 60 * SECOND })
    stage.time.pass(59 * SECOND)
    await hanko.validate(tokens[0]!)
    expect(stage.jwks()).toBe(0)
    stage.time.pass(SECOND)
    await hanko.validate(tokens[0]!)
    await stage.settled()
    expect(stage.jwks()).toBe(1)
  })

  it('keepKeysFor is how long they outlive an outage of the keys', async () => {
    const hanko = await open({ refreshKeysAfter: 60 * SECOND, keepKeysFor: 100 * SECOND })
    stage.emulator.faults.set('jwks', { kind: 'status', status: 500 })
    stage.time.pass(99 * SECOND)
    expect(await hanko.validate(tokens[0]!)).toMatchObject(LIVE)
    await stage.settled()
    stage.time.pass(SECOND)
    expect(await hanko.validate(tokens[0]!)).toMatchObject(NO_KEYS)
  })

  it('maxKeys counts from the last', async () => {
    await stage.emulator.rotateKeys()
    const { token } = await stage.emulator.signIn()
    const hanko = await open({ maxKeys: 1 })
    expect(await hanko.validate(token)).toMatchObject(LIVE)
    expect(await hanko.validate(tokens[0]!)).toMatchObject({ reason: 'unknown_key' })
  })

  it.each([{ minKeyBits: 4_097 }, { maxKeyBits: 4_095 }])('%j leaves keys of 4,096 bits out', async (limits) => {
    expect(await (await open(limits)).validate(tokens[0]!)).toMatchObject(NO_KEYS)
  })

  it('keyFetchBurst unknown keys are looked for at once, then one in keyFetchInterval', async () => {
    const hanko = await open({ keyFetchBurst: 2, keyFetchInterval: 60 * SECOND })
    const reasons: unknown[] = []
    const ask = async (kid: string): Promise<void> => {
      const { token } = await stage.emulator.signIn()
      const state = await hanko.validate(nameUnknownKey(token, kid))
      reasons.push('reason' in state && state.reason)
    }
    for (const kid of ['a', 'b', 'c']) await ask(kid)
    expect([stage.jwks(), reasons]).toEqual([2, ['unknown_key', 'unknown_key', 'keys_unavailable']])
    stage.time.pass(59 * SECOND)
    await ask('d')
    expect([stage.jwks(), reasons.at(-1)]).toEqual([2, 'keys_unavailable'])
    stage.time.pass(SECOND)
    await ask('e')
    expect([stage.jwks(), reasons.at(-1)]).toEqual([3, 'unknown_key'])
  })
})

describe('limits of revocations', () => {
  const local = { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' }

  it('maxTombstones: of more, the oldest become a doubt, and Hanko is asked again', async () => {
    const hanko = await open({ maxTombstones: 1 }, { maxStaleness: '30s' })
    const [first, second] = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    hanko.revoke({ sessionId: first.sessionId })
    expect(await hanko.validate(first.token)).toMatchObject({ reason: 'revoked' })
    hanko.revoke({ sessionId: second.sessionId })
    expect(await hanko.validate(first.token)).toMatchObject(LIVE) // it never ended at Hanko
    expect(await hanko.validate(second.token)).toMatchObject({ reason: 'revoked' })
    expect([stage.posts(), hanko.stats().tombstones]).toEqual([1, 1])
  })

  it.each([
    [0, LIVE],
    [120 * SECOND, { reason: 'revoked' }],
  ])('tombstoneMargin: %i ms after the last older answer can be anywhere', async (tombstoneMargin, outcome) => {
    const hanko = await open({ tombstoneMargin }, { maxStaleness: '30s', deadline: '2s' })
    const { token, sessionId } = await stage.emulator.signIn()
    hanko.revoke({ sessionId })
    stage.time.pass(34 * SECOND + 1)
    expect(await hanko.validate(token)).toMatchObject(outcome)
  })

  it("userTombstoneLife is how long a user's revocation holds with Infinity", async () => {
    const hanko = await open({ userTombstoneLife: 60 * SECOND }, local)
    const { token, userId } = await stage.emulator.signIn()
    hanko.revoke({ userId, before: stage.time.now() + 60 * SECOND })
    stage.time.pass(59 * SECOND)
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
    stage.time.pass(SECOND)
    expect(await hanko.validate(token)).toMatchObject(LIVE)
  })
})

it('holds for each tenant', async () => {
  const { apiUrl, fetch } = stage.emulator
  const hanko = createTenantValidator({
    tenants: { a: apiUrl, b: apiUrl },
    tenant: () => undefined,
    limits: { attempts: 1, failuresInARow: 1 },
    maxStaleness: 0,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    clock: stage.time,
    fetch,
  })
  opened.push(hanko)
  failWith(503)
  await hanko.validate(tokens[0]!, { tenant: 'a' })
  await hanko.validate(tokens[0]!, { tenant: 'a' })
  expect(stage.posts()).toBe(1)
  answer()
  expect(await hanko.validate(tokens[0]!, { tenant: 'b' })).toMatchObject(LIVE)
})
