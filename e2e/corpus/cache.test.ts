import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { AuthState } from 'hanko-session'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { toDigestKey, toSignatureKey } from '../../packages/hanko-session/src/lib/cache/memory.ts'
import { createStage, type Stage, until } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)
const HOLDS = [{}, { cache: { hold: 'digest' } }] as const
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})

/** As with `--expose-gc`: without it nobody could tell what is kept from what is thrown away later. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const userOf = (state: AuthState) => (state.status === 'authenticated' ? state.session.userId : state.reason)

describe('Cache: whose answer it is', () => {
  attack('A01', async () => {
    for (const options of HOLDS) {
      const hanko = await stage.warm(options)
      const { token } = await stage.emulator.signIn()
      await hanko.validate(token)
      const last = ALPHABET.indexOf(token.at(-1) as string)
      const [header, payload, signature] = token.split('.')
      const aliases = [
        ...[1, 2, 3].map((bits) => `${token.slice(0, -1)}${ALPHABET[last - (last % 4) + ((last + bits) % 4)]}`),
        ...Array.from({ length: 9_990 }, (_, at) => {
          const place = at % token.length
          return `${token.slice(0, place)}${' \t\r\n='[at % 5]}${token.slice(place)}`
        }),
        JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
        token.replaceAll('-', '+').replaceAll('_', '/').concat('='),
        `${token}.`,
      ]
      for (const alias of aliases) {
        expect(hanko.known(alias)).toBeUndefined()
        expect((await hanko.validate(alias)).status).toBe('unauthenticated')
      }
      expect([hanko.stats().sessions, stage.posts()]).toEqual([1, 1])
      stage.emulator.requests.clear()
    }
  })
  attack('A03', async () => {
    const other = await createStage({ keys: inject('signingKeys').slice(1, 2), apiUrl: 'http://localhost:8002' })
    const [here, there] = [await stage.warm(), await other.warm()]
    const { token } = await stage.emulator.signIn()
    await here.validate(token)
    expect(there.known(token)).toBeUndefined()
    expect((await there.validate(token)).status).toBe('unauthenticated')
  })
  attack('A04', async () => {
    const first = await stage.warm({ audience: 'localhost' })
    const second = await stage.warm({ audience: 'another' })
    const { token } = await stage.emulator.signIn()
    expect((await first.validate(token)).status).toBe('authenticated')
    expect(await second.validate(token)).toMatchObject({ reason: 'wrong_audience' })
  })
  attack('A05', async () => {
    for (const options of HOLDS) {
      const hanko = await stage.warm(options)
      const { token } = await stage.emulator.signIn()
      await hanko.validate(token)
      const bare = token.replaceAll('.', '')
      const [first, second] = [token.indexOf('.'), token.lastIndexOf('.') - 1]
      for (const [a, b] of [
        [first - 4, second],
        [first + 4, second],
        [first, second - 4],
        [first, second + 4],
      ] as const) {
        const moved = `${bare.slice(0, a)}.${bare.slice(a, b)}.${bare.slice(b)}`
        expect(hanko.known(moved)).toBeUndefined()
        expect((await hanko.validate(moved)).status).toBe('unauthenticated')
      }
    }
  })
  attack('A06', async () => {
    const { token } = await stage.emulator.signIn()
    expect(toSignatureKey(token).length * 6).toBeGreaterThanOrEqual(128)
    expect((await toDigestKey(token)).length * 8).toBe(256)
    for (const options of HOLDS) {
      const hanko = await stage.warm(options)
      await hanko.validate(token)
      // However little differs, wherever.
      for (let at = token.lastIndexOf('.') + 1; at < token.length; at += 7) {
        const other = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
        expect(hanko.known(other)).toBeUndefined()
        expect((await hanko.validate(other)).status).toBe('unauthenticated')
      }
    }
  })
  attack('A07', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(hanko.known(name)).toBeUndefined()
      expect((await hanko.validate(name)).status).toBe('unauthenticated')
      hanko.revoke({ sessionId: name })
      hanko.revoke({ userId: name })
    }
    expect(hanko.known(token)).toBeDefined()
  })
  attack('A15', async () => {
    // The key is from within the signature, neither its first nor its last characters, and only nominates.
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    const at = token.indexOf(toSignatureKey(token))
    expect(at).toBeGreaterThan(token.lastIndexOf('.') + 100)
    expect(at + toSignatureKey(token).length).toBeLessThan(token.length)
    expect(hanko.known(`x${token.slice(1)}`)).toBeUndefined()
  })
  attack('A16', async () => {
    const hanko = await stage.warm()
    const half = await stage.emulator.signIn({ amr: ['pwd'] })
    const full = await stage.emulator.signIn({ userId: half.userId, amr: ['pwd', 'totp'] })
    for (let use = 0; use < 2; use++) {
      expect(await hanko.validate(half.token)).toMatchObject({ session: { amr: ['pwd'] } })
      expect(await hanko.validate(full.token)).toMatchObject({ session: { amr: ['pwd', 'totp'] } })
    }
    expect(stage.posts()).toBe(2)
  })
  attack('A17', async () => {
    // 20,000 checks of 20 users, in every order in which 64 slots, a line and a clock can bring them about.
    const hanko = await stage.warm()
    const users = await Promise.all(Array.from({ length: 20 }, () => stage.emulator.signIn()))
    let mixups = 0
    for (let round = 0; round < 10; round++) {
      const held = stage.hold()
      const asked = Array.from({ length: 2_000 }, async (_, at) => {
        const user = users[(at * 7 + round) % users.length]!
        const state = await hanko.validate(user.token, { fresh: at % 11 === 0 })
        if (userOf(state) !== user.userId) mixups++
      })
      await until(() => held.count >= 20)
      while (held.count > 0) {
        held.letThrough((held.count * 13 + round) % held.count)
        await Promise.resolve()
      }
      held.end()
      await Promise.all(asked)
      stage.time.pass(31_000)
    }
    expect(mixups).toBe(0)
  })
})

describe('Cache: what is remembered', () => {
  attack('A08', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    const [header, payload] = token.split('.')
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 1_000 }, (_, at) => {
          const random = Buffer.from(crypto.getRandomValues(new Uint8Array(512))).toString('base64url')
          // Of the shape; now and then one that costs a signature check.
          return hanko.validate(at % 100 === 0 ? `${header}.${payload}.${random}` : `${random}.${random}.${random}`)
        }),
      )
    }
    expect(hanko.stats()).toMatchObject({ sessions: 1, tombstones: 0 })
    expect(hanko.known(token)).toBeDefined()
    collectGarbage()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * 1_024 * 1_024)
    expect(stage.posts()).toBe(1)
  })
  attack('A09', async () => {
    const hanko = await stage.warm({ deadline: 1_000 })
    for (const fault of [
      { kind: 'status', status: 503 },
      { kind: 'hang' },
      { kind: 'malformed', body: '{}' },
      { kind: 'status', status: 401 },
      { kind: 'database', state: 'down' },
    ] as const) {
      const { token } = await stage.emulator.signIn()
      stage.emulator.faults.set('all', fault)
      expect((await hanko.validate(token)).status).toBe('unavailable')
      const caller = AbortSignal.abort()
      await expect(hanko.validate(token, { signal: caller })).rejects.toBe(caller.reason)
      await until(() => hanko.stats().inFlight === 0)
      stage.emulator.faults.clear()
      stage.time.pass(1_000) // a probe that failed answers for a second
      expect((await hanko.validate(token)).status).toBe('authenticated')
    }
    expect(hanko.stats().tombstones).toBe(0)
  })
  attack('A11', async () => {
    for (const [life, maxStaleness, dies] of [
      [{ lifespan: '20s' }, '30s', 20_000],
      [{ idleTimeout: '20s' }, '30s', 20_000],
      [{}, '30s', 30_001],
    ] as const) {
      const own = await createStage(life)
      const hanko = await own.warm({ maxStaleness })
      const { token } = await own.emulator.signIn()
      await hanko.validate(token)
      own.time.pass(dies - 1)
      expect(hanko.known(token)).toBeDefined()
      own.time.pass(1)
      expect(hanko.known(token)).toBeUndefined()
      hanko.close()
    }
  })
  attack('A13', async () => {
    const hanko = await stage.warm()
    const { token, cookie } = await stage.emulator.signIn()
    stage.emulator.faults.set('validate', { kind: 'reset' })
    const request = hanko.forRequest(new Request('https://app.example/', { headers: { cookie } }))
    const error: unknown = await request.requireSession().catch((caught: unknown) => caught)
    const shown = inspect([error, await request.state(), hanko], { depth: 20, showHidden: true })
    expect([shown.includes(token), /cookie|headers/i.test(shown)]).toEqual([false, false])
  })
  attack('A14', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn({ claims: { role: 'user', teams: [{ id: 1 }] } })
    const state = await hanko.validate(token)
    if (state.status !== 'authenticated') throw new Error(state.reason)
    const claims = state.session.claims as { role: string; teams: { id: number }[] }
    const mutations = [
      () => (claims.role = 'admin'),
      () => claims.teams.push({ id: 2 }),
      () => (claims.teams[0]!.id = 2),
      () => Object.assign(state.session, { userId: 'x' }),
      () => Object.assign(state, { status: 'unavailable' }),
    ]
    for (const mutate of mutations) expect(mutate).toThrow(TypeError)
    expect(hanko.known(token)).toMatchObject({ session: { claims: { role: 'user', teams: [{ id: 1 }] } } })
  })
})
