import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { type ServedEmulator, serveHankoEmulator } from 'hanko-session/testing-node'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Listening } from './listen.ts'
import type { DemoEnv } from './read-demo-env.ts'

/** What the shared suite must know of a demo. */
interface Demo {
  readonly title: string
  startDemo(env: DemoEnv): Promise<Listening>
  readEnv(env: Record<string, string | undefined>): DemoEnv
  /** Calls an operation by its name. */
  call: Call
}

type Call = (url: string, name: string, headers: Record<string, string>, input?: object) => Promise<Response>

/** A Hanko and a running demo, once the tests run. */
interface DemoUnderTest {
  readonly hanko: HankoEmulator
  /** Calls an operation of the demo, which asks Hanko for every call. */
  call(name: string, cookie?: string, input?: object, headers?: Record<string, string>): Promise<Response>
  get(path: string, headers: Record<string, string>): Promise<Response>
}

/** What both demos do, whatever their API: run by the test of each. */
export function describeDemo({ title, startDemo, readEnv, call: callAt }: Demo): DemoUnderTest {
  let hanko: HankoEmulator
  let served: ServedEmulator
  let demo: Listening

  beforeAll(async () => {
    hanko = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
    served = await serveHankoEmulator(hanko, { publicPort: 0, adminPort: 0 })
    demo = await start('0')
  })
  afterEach(() => hanko.faults.clear())
  afterAll(() => Promise.all([demo.close(), served.close()]))

  /** With `0` it asks Hanko for every call. */
  const start = (maxStaleness: string, adminUrl?: string): Promise<Listening> =>
    startDemo(
      readEnv({
        HANKO_API_URL: served.apiUrl,
        HANKO_ADMIN_URL: adminUrl,
        HANKO_MAX_STALENESS: maxStaleness,
        PORT: '0',
      }),
    )
  const get = (path: string, cookie = ''): Promise<Response> => fetch(demo.url + path, { headers: { cookie } })
  const call: DemoUnderTest['call'] = (name, cookie = '', input, headers = {}) =>
    callAt(demo.url, name, { cookie, ...headers }, input)
  const addNote = (cookie: string, text: string, headers?: Record<string, string>): Promise<Response> =>
    call('addNote', cookie, { text }, headers)

  describe(`the ${title} demo`, () => {
    it('answers hello without asking Hanko, even in an outage and to a signed-in caller', async () => {
      const { cookie } = await hanko.signIn()
      hanko.requests.clear()
      hanko.faults.set('all', { kind: 'reset' })
      const response = await call('hello', cookie)
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Hello')])
      expect(hanko.requests.count()).toBe(0)
    })

    it('says who is signed in', async () => {
      const { cookie, userId } = await hanko.signIn({ email: 'ada@example.com' })
      const response = await call('me', cookie)
      const text = await response.text()
      expect(response.status).toBe(200)
      expect(text).toContain(`{"id":"${userId}","email":"ada@example.com"}`)
    })

    it('refuses who is signed out with 401, without a stack trace', async () => {
      const response = await call('me')
      const text = await response.text()
      expect(response.status).toBe(401)
      expect(text).toContain('"auth":{"reason":"no_token"}')
      expect(text).not.toContain('stack')
    })

    it('answers 503 while Hanko has no database', async () => {
      const { cookie } = await hanko.signIn()
      hanko.faults.set('all', { kind: 'database', state: 'down' })
      const response = await call('me', cookie)
      expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('"upstream_unavailable"')])
      hanko.faults.clear()
      expect((await call('me', cookie)).status).toBe(200)
    })

    it('keeps the notes of each user apart', async () => {
      const [ada, bob] = [await hanko.signIn(), await hanko.signIn()]
      expect((await addNote(ada.cookie, '  Buy oat milk ')).status).toBe(200)
      expect(await (await call('notes', ada.cookie)).text()).toContain('"text":"Buy oat milk"')
      expect(await (await call('notes', bob.cookie)).text()).not.toContain('"text"')
      expect((await addNote('', 'x')).status).toBe(401)
      expect(await (await addNote(ada.cookie, '   ')).text()).toMatch(/BAD_(?:REQUEST|USER_INPUT)/)
    })

    it('takes no note from the page of another origin', async () => {
      const { cookie } = await hanko.signIn()
      expect((await addNote(cookie, 'x', { 'sec-fetch-site': 'same-site' })).status).toBe(403)
      expect((await addNote(cookie, 'x', { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    })

    it('shows everybody’s notes to an admin alone', async () => {
      const [admin, user] = [await hanko.signIn({ claims: { role: 'admin' } }), await hanko.signIn()]
      await addNote(user.cookie, 'of a user')
      expect((await call('allNotes', user.cookie)).status).toBe(403)
      const response = await call('allNotes', admin.cookie)
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('of a user')])
    })

    it('lets nobody in with a role that it does not know', async () => {
      const { cookie } = await hanko.signIn({ claims: { role: 'owner' } })
      expect((await call('me', cookie)).status).toBe(401)
    })

    it('deletes everything of a user who has just signed in, and asks any other to do so', async () => {
      const { cookie, userId } = await hanko.signIn()
      const old = await hanko.signIn({ userId, amr: [] })
      for (const text of ['one', 'two']) await addNote(cookie, text)
      const refused = await call('deleteAllNotes', old.cookie, {})
      expect([refused.status, await refused.text()]).toEqual([
        403,
        expect.stringMatching(/"auth":{"reason":"step_up_required","stepUp":{"maxAge":30},"resend":"[^"]+"}/),
      ])
      expect(await (await call('deleteAllNotes', cookie, {})).text()).toMatch(/:2\b/)
      expect(await (await call('notes', cookie)).text()).not.toContain('"text"')
    })
  })

  describe('POST /api/end-session', () => {
    const end = (url: string, headers: Record<string, string>): Promise<Response> =>
      fetch(`${url}/api/end-session`, { method: 'POST', headers })

    it('ends the caller’s session through the admin API, and needs one', async () => {
      const own = await start('0', served.adminUrl)
      const { cookie, userId } = await hanko.signIn()
      const other = await hanko.signIn({ userId })
      expect((await end(own.url, {})).status).toBe(401)
      expect((await end(own.url, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
      expect((await end(own.url, { cookie })).status).toBe(204)
      const statuses = [cookie, other.cookie].map((value) => fetch(`${own.url}/api/me`, { headers: { cookie: value } }))
      expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 200])
      await own.close()
    })

    it('is not there without an admin API, and says when that does not answer', async () => {
      const { cookie } = await hanko.signIn()
      expect((await end(demo.url, { cookie })).status).toBe(405)
      const own = await start('0', 'http://localhost:1')
      expect((await end(own.url, { cookie })).status).toBe(502)
      await own.close()
    })
  })

  describe('GET /api/me', () => {
    it('gives the same JSON by plain HTTP, for no cache to keep', async () => {
      const { cookie, userId } = await hanko.signIn({ email: 'bob@example.com' })
      const response = await get('/api/me', cookie)
      expect([response.status, await response.json()]).toEqual([200, { id: userId, email: 'bob@example.com' }])
      expect(response.headers.get('cache-control')).toBe('private, no-store')
    })

    it('challenges who is signed out', async () => {
      const response = await get('/api/me')
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      expect(response.headers.get('content-type')).toBe('application/problem+json')
    })

    it('refuses a session that was ended, on the next call', async () => {
      // One of its own: the other was in an outage less than a second ago, and would think that it is not over.
      const own = await start('0')
      const { cookie, sessionId } = await hanko.signIn()
      const whoAmI = (): Promise<Response> => fetch(`${own.url}/api/me`, { headers: { cookie } })
      expect((await whoAmI()).status).toBe(200)
      await hanko.endSession(sessionId)
      const response = await whoAmI()
      await own.close()
      expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ reason: 'revoked' })])
    })

    it('says when to try again in an outage', async () => {
      const { cookie } = await hanko.signIn()
      hanko.faults.set('all', { kind: 'reset' })
      const response = await get('/api/me', cookie)
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('1')
      expect(response.headers.get('www-authenticate')).toBeNull()
    })
  })

  describe('GET /api/decisions', () => {
    it('tells what was decided and by whom, and nothing of who it was about', async () => {
      const remembering = await start('30s')
      const { cookie, token, userId, sessionId } = await hanko.signIn()
      for (const headers of [{ cookie }, { cookie }, {}]) await fetch(`${remembering.url}/api/me`, { headers })
      const response = await fetch(`${remembering.url}/api/decisions`)
      const text = await response.text()
      await remembering.close()
      expect(JSON.parse(text)).toMatchObject({
        decisions: [
          { id: 3, outcome: 'unauthenticated', reason: 'no_token', source: 'request' },
          { id: 2, outcome: 'authenticated', source: 'memory', age: expect.any(Number) },
          { id: 1, outcome: 'authenticated', source: 'hanko', duration: expect.any(Number) },
        ],
        counters: { calls: expect.any(Number), sessions: 1, keys: 1, inFlight: 0, breaker: 'closed', memory: '30s' },
      })
      for (const secret of [token, userId, sessionId]) expect(text).not.toContain(secret)
      expect(response.headers.get('cache-control')).toBe('no-store')
    })

    it('decides nothing itself, and asks nobody', async () => {
      const { cookie } = await hanko.signIn()
      hanko.requests.clear()
      const before = await (await get('/api/decisions', cookie)).text()
      expect(await (await get('/api/decisions', cookie)).text()).toBe(before)
      expect(hanko.requests.count()).toBe(0)
    })
  })

  return {
    get hanko() {
      return hanko
    },
    call,
    get: (path, headers) => fetch(demo.url + path, { headers }),
  }
}
