import type { HankoEmulator } from 'hanko-session/testing'
import { describe, expect, it } from 'vitest'
import type { Listening } from './listen.ts'

/** Is read when the tests run. */
interface Running {
  readonly hanko: HankoEmulator
  readonly url: string
  readonly adminUrl: string
  /** Another of the same demo. */
  start(maxStaleness: string, adminUrl?: string): Promise<Listening>
}

/** What of a demo is plain HTTP. */
export function describePlainRoutes(running: Running): void {
  const get = (path: string, cookie = ''): Promise<Response> => fetch(running.url + path, { headers: { cookie } })

  describe('POST /api/end-session', () => {
    const end = (url: string, headers: Record<string, string>): Promise<Response> =>
      fetch(`${url}/api/end-session`, { method: 'POST', headers })

    it('ends the caller’s session through the admin API, and needs one', async () => {
      const own = await running.start('0', running.adminUrl)
      const { cookie, userId } = await running.hanko.signIn()
      const other = await running.hanko.signIn({ userId })
      expect((await end(own.url, {})).status).toBe(401)
      expect((await end(own.url, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
      expect((await end(own.url, { cookie })).status).toBe(204)
      const statuses = [cookie, other.cookie].map((value) => fetch(`${own.url}/api/me`, { headers: { cookie: value } }))
      expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 200])
      await own.close()
    })

    it('is not there without an admin API, and says when that does not answer', async () => {
      const { cookie } = await running.hanko.signIn()
      expect((await end(running.url, { cookie })).status).toBe(405)
      const own = await running.start('0', 'http://localhost:1')
      expect((await end(own.url, { cookie })).status).toBe(502)
      await own.close()
    })
  })

  describe('GET /api/me', () => {
    it('gives the same JSON by plain HTTP, for no cache to keep', async () => {
      const { cookie, userId } = await running.hanko.signIn({ email: 'bob@example.com' })
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
      const own = await running.start('0')
      const { cookie, sessionId } = await running.hanko.signIn()
      const whoAmI = (): Promise<Response> => fetch(`${own.url}/api/me`, { headers: { cookie } })
      expect((await whoAmI()).status).toBe(200)
      await running.hanko.endSession(sessionId)
      const response = await whoAmI()
      await own.close()
      expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ reason: 'revoked' })])
    })

    it('says when to try again in an outage', async () => {
      const { cookie } = await running.hanko.signIn()
      running.hanko.faults.set('all', { kind: 'reset' })
      const response = await get('/api/me', cookie)
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('1')
      expect(response.headers.get('www-authenticate')).toBeNull()
    })
  })

  describe('GET /api/decisions', () => {
    it('tells what was decided and by whom, and nothing of who it was about', async () => {
      const remembering = await running.start('30s')
      const { cookie, token, userId, sessionId } = await running.hanko.signIn()
      for (const headers of [{ cookie }, { cookie }, {}]) await fetch(`${remembering.url}/api/me`, { headers })
      const response = await fetch(`${remembering.url}/api/decisions`)
      const text = await response.text()
      await remembering.close()
      expect(JSON.parse(text)).toMatchObject({
        decisions: [
          { id: 3, outcome: 'unauthenticated', reason: 'no_token', source: 'request' },
          { id: 2, outcome: 'authenticated', source: 'memory', age: expect.any(Number) as number },
          { id: 1, outcome: 'authenticated', source: 'hanko', duration: expect.any(Number) as number },
        ],
        counters: {
          calls: expect.any(Number) as number,
          sessions: 1,
          keys: 1,
          inFlight: 0,
          breaker: 'closed',
          memory: '30s',
        },
      })
      for (const secret of [token, userId, sessionId]) expect(text).not.toContain(secret)
      expect(response.headers.get('cache-control')).toBe('no-store')
    })

    it('decides nothing itself, and asks nobody', async () => {
      const { cookie } = await running.hanko.signIn()
      running.hanko.requests.clear()
      const before = await (await get('/api/decisions', cookie)).text()
      expect(await (await get('/api/decisions', cookie)).text()).toBe(before)
      expect(running.hanko.requests.count()).toBe(0)
    })
  })
}
