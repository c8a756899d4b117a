import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../../test/stage.ts'
import { beginWatching, endOf, pass as passOn, watchOf } from '../../../test/watching.ts'
import type { SessionValidator, SessionWatch } from '../../index.ts'
import { createHankoEmulator } from '../../testing.ts'
import { asRequestAuth } from '../request-auth.ts'

let stage: Stage

beforeEach(async () => {
  stage = await createStage()
})

afterEach(() => void vi.useRealTimers())

const begin = (options?: Parameters<Stage['warm']>[0]) => beginWatching(stage, options)
const pass = (milliseconds: number): Promise<void> => passOn(stage, milliseconds)

describe('watch', () => {
  it('of no session says why, watches nothing and has aborted', async () => {
    const hanko = await stage.warm()
    const watch = await hanko.forRequest({}).watch()
    expect(watch.state).toMatchObject({ status: 'unauthenticated', reason: 'no_token' })
    expect(watch.refusal()).toMatchObject({ reason: 'no_token' })
    expect(await watch.settled()).toMatchObject({ reason: 'no_token' })
    expect(endOf(watch)).toBe('no_token')
    expect(hanko.stats().watched).toBe(0)
    watch.release()
  })

  it('gives an auth whose signal is that of the stream, for its operations too', async () => {
    const { watch, hanko, token } = await begin()
    expect(asRequestAuth(watch.auth)).toBe(watch.auth)
    expect(watch.auth.signal).toBe(watch.signal)
    expect(watch.auth.forOperation({ fresh: true }).signal).toBe(watch.signal)
    expect(await watch.auth.requireSession()).toMatchObject({ userId: expect.any(String) })
    expect(hanko.forRequest({ authorization: `Bearer ${token}` }).signal).toBeUndefined()
  })

  it('takes a cookie from a trusted origin only, whatever the method, and refuses without a call', async () => {
    const { hanko, cookie, token } = await begin({ trustedOrigins: ['https://app.example.com'] })
    const ask = async (headers: Record<string, string>) => {
      const request = { method: 'GET', headers: { host: 'api.example.com', ...headers } }
      const auth = hanko.forRequest(request)
      const watch = await auth.forOperation({ changesState: false }).watch()
      watch.release()
      return watch.state
    }
    const [posts, crossSite] = [stage.posts(), { reason: 'cross_site' }]
    expect(await ask({ cookie, origin: 'https://evil.example' })).toMatchObject(crossSite)
    expect(await ask({ cookie, 'sec-fetch-site': 'same-site' })).toMatchObject(crossSite)
    expect(await ask({ cookie, origin: 'https://app.example.com' })).toMatchObject({ status: 'authenticated' })
    expect(await ask({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).toMatchObject({
      status: 'authenticated',
    })
    expect(stage.posts()).toBe(posts)
  })

  it('costs no call when its request has been found out about, even with maxStaleness: 0', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    const { token } = await stage.emulator.signIn()
    const auth = hanko.forRequest({ authorization: `Bearer ${token}` })
    await auth.requireSession()
    const watch = await auth.watch()
    expect(watch.refusal()).toBeUndefined()
    watch.release()
    expect([stage.posts(), stage.peeks()]).toEqual([1, 0])
  })

  it('finds out anew when the session ended after its request had been found out about', async () => {
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    const auth = hanko.forRequest({ authorization: `Bearer ${token}` })
    await auth.state()
    hanko.revoke({ sessionId })
    expect((await auth.watch()).state).toMatchObject({ reason: 'revoked' })
  })

  it('does not forget a revocation before what was found can begin a stream, however long that may be', async () => {
    const hanko = await stage.warm({ maxStaleness: 0, streamCheck: '5m' }) // an answer serves for 7.5 minutes
    const { token, sessionId } = await stage.emulator.signIn()
    const auth = hanko.forRequest({ authorization: `Bearer ${token}` })
    await auth.state()
    hanko.revoke({ sessionId })
    stage.time.pass(7 * 60_000)
    expect((await auth.watch()).state).toMatchObject({ reason: 'revoked' })
  })

  it('asks anew when a revocation since may mean the session', async () => {
    const hanko = await stage.warm()
    const { token, userId } = await stage.emulator.signIn()
    const auth = hanko.forRequest({ authorization: `Bearer ${token}` })
    await auth.state()
    hanko.revoke({ userId }) // the sign-in was just now
    const watch = await auth.watch()
    expect([stage.posts(), watch.refusal()]).toEqual([2, undefined])
    watch.release()
  })

  it('finds out anew when its request was found out about longer ago than the bound', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    const auth = hanko.forRequest({ authorization: `Bearer ${token}` })
    await auth.state()
    stage.time.pass(30_001)
    const watch = await auth.watch()
    expect(watch.refusal()).toBeUndefined()
    watch.release()
    expect(stage.posts()).toBe(2)
  })

  it('asks Hanko now when told to', async () => {
    const { hanko, token } = await begin()
    const posts = stage.posts()
    await hanko.forRequest({ authorization: `Bearer ${token}` }).watch({ fresh: true })
    expect(stage.posts()).toBe(posts + 1)
  })

  it('rejects with the abort of its caller, and then watches nothing', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    const held = stage.hold()
    const caller = new AbortController()
    const work = hanko.forRequest({ authorization: `Bearer ${token}` }).watch({ signal: caller.signal })
    await until(() => held.count === 1)
    caller.abort(new Error('gone'))
    await expect(work).rejects.toThrow('gone')
    held.end()
    await until(() => hanko.stats().sessions === 1)
    expect(hanko.stats().watched).toBe(0)
  })

  it('belongs to the cookie that won', async () => {
    const hanko = await stage.warm()
    const [first, second] = [await stage.emulator.signIn(), await stage.emulator.signIn()]
    await stage.emulator.endSession(first.sessionId)
    const watch = await hanko
      .forRequest({ headers: { cookie: `hanko=${first.token}; hanko=${second.token}`, host: 'a.example' } })
      .watch()
    expect(watch.state).toMatchObject({ session: { sessionId: second.sessionId } })
    hanko.revoke({ sessionId: first.sessionId })
    expect(watch.signal.aborted).toBe(false)
    hanko.revoke({ sessionId: second.sessionId })
    expect(watch.signal.aborted).toBe(true)
  })

  it('of a socket is a request of its own each time', async () => {
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    const auth = hanko.forRequest({ headers: {}, connectionParams: { authorization: `Bearer ${token}` } })
    const watch = await auth.watch()
    hanko.revoke({ sessionId })
    expect(endOf(watch)).toBe('revoked')
    expect((await auth.watch()).state).toMatchObject({ reason: 'revoked' })
  })

  it('holds no token in what it throws', async () => {
    const { hanko, token, sessionId, watch } = await begin()
    hanko.revoke({ sessionId })
    const { message, stack, cause } = watch.signal.reason as Error
    for (const part of token.split('.')) expect(`${message}${stack}${String(cause)}`).not.toContain(part)
  })
})

describe('a check of a stream', () => {
  it('serves requests of the user from memory, too', async () => {
    const { hanko, token } = await begin()
    await pass(45_000)
    expect(stage.posts()).toBe(1)
    expect(hanko.known(token)).toBeDefined()
    expect(await hanko.validate(token)).toMatchObject({ status: 'authenticated' })
    expect(stage.posts()).toBe(1)
  })

  it('is no use of the session: a request of the user still touches it in time', async () => {
    stage = await createStage({ idleTimeout: '2m' })
    const { hanko, token, watch } = await begin()
    await pass(45_000)
    expect(stage.posts()).toBe(1)
    // More than a quarter of the idle timeout ago, by no other way than its last use.
    hanko.known(token)
    await stage.settled()
    expect(stage.posts()).toBe(2)
    await pass(110_000)
    expect(watch.refusal()).toBeUndefined()
    await pass(20_000)
    expect(endOf(watch)).toBe('revoked')
  })

  it('is no use of the session: a request of the user touches it when the last use is older than the bound', async () => {
    stage = await createStage({ idleTimeout: '20m' })
    const { hanko, token } = await begin()
    await pass(30_000)
    expect(stage.peeks()).toBe(1)
    hanko.known(token)
    await stage.settled()
    expect(stage.posts()).toBe(1)
    await pass(1)
    // Confirmed by the check some ten seconds ago: for the answer's sake nobody would have to be asked.
    hanko.known(token)
    await stage.settled()
    expect(stage.posts()).toBe(2)
  })

  it('adds nothing to memory that memory has let go of', async () => {
    const { hanko, watch } = await begin({ cache: { maxSessions: 1 } })
    const other = await stage.emulator.signIn()
    await hanko.validate(other.token)
    await pass(20_001)
    expect(hanko.known(other.token)).toBeDefined()
    expect(watch.refusal()).toBeUndefined()
    // Nor is that a check without an answer, which would be tried again.
    await pass(5_000)
    expect(stage.peeks()).toBe(1)
  })

  it('works for a memory that holds digests', async () => {
    const { watch, hanko, token } = await begin({ cache: { hold: 'digest' } })
    await pass(45_000)
    await hanko.validate(token)
    expect(stage.posts()).toBe(1)
    expect(watch.refusal()).toBeUndefined()
  })

  it('refuses a session whose key Hanko lists no more', async () => {
    // Hanko itself would call its sessions ended: here it has only a new list.
    const others = await createHankoEmulator({ keys: inject('signingKeys').slice(1, 2) })
    let isListed = true
    const { watch } = await begin({
      fetch: (input, init) => (isListed || !input.includes('jwks') ? stage.emulator : others).fetch(input, init),
    })
    isListed = false
    // Ten minutes to the refresh, one check that begins it, and the next that sees what it brought: a key is imported
    // in real time, so on a busy machine that is not the very next one.
    for (let time = 0; time < 10_000_000 && !watch.signal.aborted; time += 5_000) await passOn(stage, 5_000, 5_000)
    expect(endOf(watch)).toBe('unknown_key')
  })

  it('is each stream’s own where requests share nothing', async () => {
    const { hanko, token, watch } = await begin({ joinRequests: false })
    const other = await watchOf(hanko, token)
    expect(hanko.stats().watched).toBe(1)
    expect(vi.getTimerCount()).toBe(2)
    watch.release()
    expect(vi.getTimerCount()).toBe(1)
    await pass(60_000)
    expect(other.refusal()).toBeUndefined()
    expect(hanko.stats().watched).toBe(1)
  })
})

describe('where requests share nothing, as on Workers,', () => {
  /** Those of a request that vanished, which takes its timers along. */
  async function vanish(hanko: SessionValidator, token: string): Promise<SessionWatch> {
    const watch = await watchOf(hanko, token)
    vi.clearAllTimers()
    return watch
  }

  it('streams of requests that vanished are forgotten, though their users live on', async () => {
    const { hanko, token, watch } = await begin({ joinRequests: false })
    watch.release()
    const { token: other } = await stage.emulator.signIn()
    for (let stream = 0; stream < 20; stream++) await vanish(hanko, stream % 2 === 0 ? token : other)
    const live = await watchOf(hanko, token)
    await pass(61_000)
    expect(hanko.stats().watched).toBe(2)
    for (let stream = 0; stream < 11; stream++) (await watchOf(hanko, token)).release()
    expect(hanko.stats().watched).toBe(1)
    expect(live.refusal()).toBeUndefined()
    live.release()
    expect(hanko.stats().watched).toBe(0)
  })

  it('a revocation refuses at once, and each stream aborts its signal itself, which no other may do', async () => {
    const { hanko, sessionId, token, watch } = await begin({ joinRequests: false })
    const gone = await vanish(hanko, token)
    const other = await watchOf(hanko, token)
    hanko.revoke({ sessionId })
    expect([watch, gone, other].map(endOf)).toEqual([undefined, undefined, undefined])
    await pass(1_000)
    expect([watch, gone, other].map(endOf)).toEqual([undefined, undefined, 'revoked'])
    expect(watch.refusal()).toMatchObject({ reason: 'revoked' })
    expect(endOf(watch)).toBe('revoked')
  })

  it('a doubt is a check of each stream, so that none waits for the call of another', async () => {
    const { hanko, userId, watch, token } = await begin({ joinRequests: false })
    const other = await watchOf(hanko, token)
    const before = stage.peeks()
    hanko.revoke({ userId }) // the sign-in was just now
    expect(watch.refusal()).toMatchObject({ reason: 'upstream_unavailable' })
    await stage.settled()
    expect(stage.peeks()).toBe(before)
    expect(await watch.settled()).toBeUndefined()
    expect(other.refusal()).toBeUndefined()
  })

  it('a stream in doubt that nobody reads is checked within a second', async () => {
    const { hanko, sessionId, userId, watch } = await begin({ joinRequests: false })
    await stage.emulator.endSession(sessionId)
    hanko.revoke({ userId })
    await pass(1_000)
    expect(endOf(watch)).toBe('revoked')
  })
})
