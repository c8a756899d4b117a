import { describe, expect, it, vi } from 'vitest'
import { unavailable } from '../auth-state.ts'
import type { Fetch } from '../options.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'
import { createExchange } from './exchange.ts'

const never = new AbortController().signal
const clock = { now: () => Date.parse('2026-11-23T12:00:00Z'), monotonic: () => 0 }
const request = { path: '/x', method: 'GET', limit: 100 } as const

const exchangeOver = (fetch: Fetch) =>
  createExchange({ apiUrl: 'https://hanko.example/tenant', fetch, clock, limits: DEFAULT_LIMITS })
const send = (fetch: Fetch) => exchangeOver(fetch)(request, never, () => {})

/** A response that tells whether its body was let go of. */
function responseOf(text: string, init?: ResponseInit) {
  const cancel = vi.fn<() => void>()
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    cancel,
  })
  return { response: new Response(body, init), cancel }
}

/** As Node reports them: wrapped. */
const failure = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('told'), { code }) })

describe('createExchange', () => {
  it('sends to the API URL with its path, past redirects, and gives the body', async () => {
    const calls: [string, RequestInit][] = []
    const exchange = exchangeOver(async (input, init) => {
      calls.push([input, init])
      return Response.json({ is_valid: true })
    })
    const outcome = await exchange({ path: '/a?b', method: 'POST', body: { c: 1 }, limit: 100 }, never, () => {})
    expect(outcome).toEqual({ status: 'answered', body: { is_valid: true }, isFromCache: false })
    const [url, init] = calls[0]!
    expect([url, init.method, init.body, init.redirect]).toEqual([
      'https://hanko.example/tenant/a?b',
      'POST',
      '{"c":1}',
      'manual',
    ])
    expect(new Headers(init.headers).get('content-type')).toBe('application/json')
  })

  it('calls back just before it sends', async () => {
    const order: string[] = []
    const exchange = exchangeOver(async () => {
      order.push('fetch')
      return Response.json({})
    })
    await exchange(request, never, () => void order.push('onSend'))
    expect(order).toEqual(['onSend', 'fetch'])
  })

  it.each([
    [undefined, false],
    ['0', false],
    ['1', true],
    ['0, 600', true],
    ['odd', true],
  ])('takes Age: %s for an answer from a cache: %s', async (age, isFromCache) => {
    const headers = age === undefined ? {} : { age }
    await expect(send(async () => Response.json({}, { headers }))).resolves.toMatchObject({ isFromCache })
  })

  it.each([
    [201, 'upstream_invalid'],
    [299, 'upstream_invalid'],
    [302, 'upstream_invalid'],
    [400, 'upstream_misconfigured'],
    [401, 'upstream_misconfigured'],
    [407, 'upstream_misconfigured'],
    [408, 'upstream_unavailable'],
    [415, 'upstream_misconfigured'],
    [425, 'upstream_unavailable'],
    [429, 'upstream_unavailable'],
    [500, 'upstream_unavailable'],
    [599, 'upstream_unavailable'],
  ] as const)('takes %d for %s, and lets go of the body', async (status, reason) => {
    const { response, cancel } = responseOf('{"is_valid":true}', { status })
    await expect(send(async () => response)).resolves.toEqual(unavailable(reason))
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('passes Retry-After on where trying again may help', async () => {
    const headers = { 'retry-after': 'Mon, 23 Nov 2026 12:00:07 GMT' }
    await expect(send(async () => new Response(null, { status: 429, headers }))).resolves.toEqual(
      unavailable('upstream_unavailable', 7_000),
    )
    await expect(send(async () => new Response(null, { status: 401, headers }))).resolves.toEqual(
      unavailable('upstream_misconfigured'),
    )
  })

  it('does not believe an answer that a redirect led to', async () => {
    const { response } = responseOf('{"is_valid":true}')
    Object.defineProperty(response, 'redirected', { value: true })
    await expect(send(async () => response)).resolves.toEqual(unavailable('upstream_invalid'))
  })

  it('reads no further than the limit', async () => {
    const { response, cancel } = responseOf(`"${'a'.repeat(100)}"`)
    await expect(send(async () => response)).resolves.toEqual(unavailable('upstream_invalid'))
    expect(cancel).toHaveBeenCalledOnce()
  })

  it.each([
    ['ECONNREFUSED', 'upstream_unavailable'],
    ['ECONNRESET', 'upstream_unavailable'],
    ['UND_ERR_SOCKET', 'upstream_unavailable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'upstream_unavailable'],
    ['UND_ERR_HEADERS_TIMEOUT', 'upstream_timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'upstream_timeout'],
    ['CERT_HAS_EXPIRED', 'upstream_unavailable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'upstream_misconfigured'],
  ] as const)('takes the error %s for %s', async (code, reason) => {
    await expect(send(() => Promise.reject(failure(code)))).resolves.toEqual(unavailable(reason))
  })

  it.each([undefined, null, 'text', 7])('takes %j, thrown or rejected, for an outage', async (thrown) => {
    const throwing = () => {
      // oxlint-disable-next-line typescript/only-throw-error -- a broken `fetch` throws anything
      throw thrown
    }
    await expect(send(throwing)).resolves.toEqual(unavailable('upstream_unavailable'))
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- as above
    await expect(send(() => Promise.reject(thrown))).resolves.toEqual(unavailable('upstream_unavailable'))
  })

  describe('with a fetch that ignores its signal', () => {
    it('ends with the signal, and lets go of the body that comes later', async () => {
      const controller = new AbortController()
      const { response, cancel } = responseOf('{}')
      let answer: (late: Response) => void = () => {}
      const late = new Promise<Response>((resolve) => (answer = resolve))
      const outcome = exchangeOver(() => late)(request, controller.signal, () => controller.abort())
      await expect(outcome).resolves.toEqual(unavailable('upstream_timeout'))
      answer(response)
      await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
    })

    it('ends with the signal in the middle of a body, and lets go of the rest', async () => {
      const controller = new AbortController()
      const { response, cancel } = responseOf('{')
      const outcome = exchangeOver(async () => response)(request, controller.signal, () => {})
      await vi.waitFor(() => expect(response.body?.locked).toBe(true))
      controller.abort()
      await expect(outcome).resolves.toEqual(unavailable('upstream_timeout'))
      expect(cancel).toHaveBeenCalledOnce()
    })

    it('sends nothing when the signal has aborted before', async () => {
      const fetch = vi.fn<Fetch>()
      await expect(exchangeOver(fetch)(request, AbortSignal.abort(), () => {})).resolves.toEqual(
        unavailable('upstream_timeout'),
      )
      await vi.dynamicImportSettled()
      expect(fetch).not.toHaveBeenCalled()
    })
  })
})
