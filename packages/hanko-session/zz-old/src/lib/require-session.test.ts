import { beforeEach, describe, expect, inject, it } from 'vitest'
import { createHankoEmulator, type HankoEmulator } from '../testing.ts'
import { createSessionValidator, type SessionValidator } from './create-session-validator.ts'
import { requireSession } from './require-session.ts'

const keys = inject('signingKeys').slice(0, 1)
let emulator: HankoEmulator
let hanko: SessionValidator

beforeEach(async () => {
  emulator = await createHankoEmulator({ keys })
  hanko = createSessionValidator({
    apiUrl: emulator.apiUrl,
    fetch: emulator.fetch,
    deadline: '1s',
    maxStaleness: 0,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
})

const url = 'https://app.example/api/me'

describe('requireSession', () => {
  it('runs the handler with the session and whatever else the runtime passes', async () => {
    const { header, userId } = await emulator.signIn()
    const handler = requireSession(hanko, (request, session, env: { name: string }) =>
      Response.json([request.url, session.userId, env.name]),
    )
    const response = await handler(new Request(url, { headers: { authorization: header } }), { name: 'env' })
    expect(await response.json()).toEqual([url, userId, 'env'])
  })

  it('marks the answer private, whatever the handler says', async () => {
    const { header } = await emulator.signIn()
    const request = () => new Request(url, { headers: { authorization: header } })
    const ok = await requireSession(
      hanko,
      () => new Response('x', { headers: { 'cache-control': 'public, max-age=60' } }),
    )(request())
    expect(ok.headers.get('cache-control')).toBe('private, no-store')
    const redirect = await requireSession(hanko, () => Response.redirect('https://app.example/'))(request())
    expect([redirect.status, redirect.headers.get('location'), redirect.headers.get('cache-control')]).toEqual([
      302,
      'https://app.example/',
      'private, no-store',
    ])
  })

  it.each([
    ['nobody is signed in', 401, 'Bearer', null, { title: 'Unauthorized', reason: 'no_token' }, {}],
    [
      'the credentials are malformed',
      400,
      'Bearer error="invalid_request"',
      null,
      { title: 'Bad Request', reason: 'invalid_token' },
      { authorization: 'Bearer' },
    ],
    [
      'the token is malformed',
      401,
      'Bearer error="invalid_token"',
      null,
      { title: 'Unauthorized', reason: 'invalid_token' },
      { authorization: 'Bearer x' },
    ],
  ])('answers with a problem document when %s', async (_, status, challenge, retryAfter, problem, headers) => {
    let runs = 0
    const response = await requireSession(hanko, () => {
      runs++
      return new Response()
    })(new Request(url, { headers }))
    expect(runs).toBe(0)
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'private, no-store',
    })
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect(response.headers.get('retry-after')).toBe(retryAfter)
    expect(await response.json()).toEqual({ type: 'about:blank', status, detail: expect.any(String), ...problem })
  })

  it('answers an outage with 503 or 504 and Retry-After, never with a challenge', async () => {
    const { header } = await emulator.signIn()
    const handler = requireSession(hanko, () => new Response())
    const ask = () => handler(new Request(url, { headers: { authorization: header } }))
    const shown = (response: Response) => [
      response.status,
      response.headers.get('retry-after'),
      response.headers.get('www-authenticate'),
    ]
    expect((await ask()).status).toBe(200) // and the keys are known
    emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(shown(await ask())).toEqual([503, '1', null])
    emulator.faults.set('all', { kind: 'status', status: 503, headers: { 'Retry-After': '9' } })
    expect(shown(await ask())).toEqual([503, '9', null])
    emulator.faults.set('all', { kind: 'hang' })
    expect(shown(await ask())).toEqual([504, '1', null])
    emulator.faults.set('all', { kind: 'status', status: 404 })
    expect(shown(await ask())).toEqual([503, null, null])
  })

  it('refuses a cookie from another site by 403, and only where state changes', async () => {
    const { cookie } = await emulator.signIn()
    const headers = { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const handler = requireSession(hanko, () => new Response())
    const refused = await handler(new Request(url, { method: 'POST', headers }))
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, null])
    expect((await handler(new Request(url, { headers }))).status).toBe(200)
  })

  it('sends no body with the refusal of a HEAD', async () => {
    const response = await requireSession(hanko, () => new Response())(new Request(url, { method: 'HEAD' }))
    expect([response.status, response.body]).toEqual([401, null])
  })
})
