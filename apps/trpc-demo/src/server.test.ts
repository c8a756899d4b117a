import type { Listening } from 'demo-kit'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { type ServedEmulator, serveHankoEmulator } from 'hanko-session/testing-node'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { readEnv } from './env.ts'
import { startDemo } from './server.ts'

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
    readEnv({ HANKO_API_URL: served.apiUrl, HANKO_ADMIN_URL: adminUrl, HANKO_MAX_STALENESS: maxStaleness, PORT: '0' }),
  )
const get = (path: string, cookie = ''): Promise<Response> => fetch(demo.url + path, { headers: { cookie } })

function addNote(cookie: string, text: string, headers: Record<string, string> = {}): Promise<Response> {
  const type = { 'content-type': 'application/json' }
  return fetch(`${demo.url}/trpc/addNote`, {
    method: 'POST',
    headers: { ...type, cookie, ...headers },
    body: JSON.stringify({ text }),
  })
}

const deleteAllNotes = (cookie: string): Promise<Response> =>
  fetch(`${demo.url}/trpc/deleteAllNotes`, { method: 'POST', headers: { 'content-type': 'application/json', cookie } })

const STEP_UP = { reason: 'step_up_required', stepUp: { maxAge: 30 }, resend: expect.any(String) }

describe('the tRPC demo', () => {
  it('answers hello without asking Hanko, even in an outage and to a signed-in caller', async () => {
    const { cookie } = await hanko.signIn()
    hanko.requests.clear()
    hanko.faults.set('all', { kind: 'reset' })
    const response = await get('/trpc/hello', cookie)
    expect([response.status, await response.json()]).toEqual([
      200,
      { result: { data: expect.stringContaining('Hello') } },
    ])
    expect(hanko.requests.count()).toBe(0)
  })

  it('says who is signed in', async () => {
    const { cookie, userId } = await hanko.signIn({ email: 'ada@example.com' })
    const response = await get('/trpc/me', cookie)
    expect([response.status, await response.json()]).toEqual([
      200,
      { result: { data: { id: userId, email: 'ada@example.com' } } },
    ])
  })

  it('refuses who is signed out with 401, without a stack trace', async () => {
    const response = await get('/trpc/me')
    const text = await response.text()
    expect(response.status).toBe(401)
    expect(JSON.parse(text)).toMatchObject({ error: { data: { code: 'UNAUTHORIZED', auth: { reason: 'no_token' } } } })
    expect(text).not.toContain('stack')
  })

  it('answers 503 while Hanko has no database', async () => {
    const { cookie } = await hanko.signIn()
    hanko.faults.set('all', { kind: 'database', state: 'down' })
    const response = await get('/trpc/me', cookie)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ error: { data: { auth: { reason: 'upstream_unavailable' } } } })
    hanko.faults.clear()
    expect((await get('/trpc/me', cookie)).status).toBe(200)
  })

  it('keeps the notes of each user apart', async () => {
    const [ada, bob] = [await hanko.signIn(), await hanko.signIn()]
    expect((await addNote(ada.cookie, '  Buy oat milk ')).status).toBe(200)
    expect(await (await get('/trpc/notes', ada.cookie)).json()).toMatchObject({
      result: { data: [{ text: 'Buy oat milk' }] },
    })
    expect(await (await get('/trpc/notes', bob.cookie)).json()).toEqual({ result: { data: [] } })
    expect((await addNote('', 'x')).status).toBe(401)
    expect((await addNote(ada.cookie, '   ')).status).toBe(400)
  })

  it('takes no note from the page of another origin', async () => {
    const { cookie } = await hanko.signIn()
    expect((await addNote(cookie, 'x', { 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await addNote(cookie, 'x', { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })
})

describe('the rules of the tRPC demo', () => {
  it('show everybody’s notes to an admin alone', async () => {
    const [admin, user] = [await hanko.signIn({ claims: { role: 'admin' } }), await hanko.signIn()]
    await addNote(user.cookie, 'of a user')
    expect((await get('/trpc/allNotes', user.cookie)).status).toBe(403)
    const response = await get('/trpc/allNotes', admin.cookie)
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('of a user')])
  })

  it('let nobody in with a role that the demo does not know', async () => {
    const { cookie } = await hanko.signIn({ claims: { role: 'owner' } })
    expect((await get('/trpc/me', cookie)).status).toBe(401)
  })

  it('delete everything of a user who has just signed in, and ask any other to do so', async () => {
    const { cookie, userId } = await hanko.signIn()
    const old = await hanko.signIn({ userId, amr: [] })
    for (const text of ['one', 'two']) await addNote(cookie, text)
    const refused = await deleteAllNotes(old.cookie)
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { error: expect.objectContaining({ data: expect.objectContaining({ auth: STEP_UP }) }) },
    ])
    expect(await (await deleteAllNotes(cookie)).json()).toEqual({ result: { data: { deleted: 2 } } })
    expect(await (await get('/trpc/notes', cookie)).json()).toEqual({ result: { data: [] } })
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
