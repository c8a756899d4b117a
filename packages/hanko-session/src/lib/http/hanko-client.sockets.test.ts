import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Fetch } from '../options.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'
import { startDeadline } from './deadline.ts'
import { createHankoClient, type HankoClient } from './hanko-client.ts'

const clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Each way to call: Node's own fetch, and a pool that the user brings. */
const ways = [
  {
    way: "Node's fetch",
    toFetch: () => ({ fetch: ((input, init) => fetch(input, init)) as Fetch, end: async () => {} }),
  },
  {
    way: 'an undici pool',
    toFetch(origin: string) {
      const dispatcher = new Pool(origin, { connections: 128 })
      const pooled = (input: string, init: object) =>
        undiciFetch(input, { ...init, dispatcher }) as unknown as Promise<Response>
      return { fetch: pooled, end: () => dispatcher.destroy() }
    },
  },
]

describe.each(ways)('createHankoClient over sockets, through $way', ({ toFetch }) => {
  let server: Server
  let client: HankoClient
  let end: () => Promise<void>
  let handle: (request: IncomingMessage, response: ServerResponse) => void
  let requests = 0
  let open = 0
  let most = 0

  beforeEach(async () => {
    requests = open = most = 0
    server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      requests++
      most = Math.max(most, ++open)
      response.on('close', () => open--)
      handle(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const given = toFetch(apiUrl)
    end = given.end
    // No attempt is given up here for being slow: what ends a call is what the test does, however busy the machine.
    const limits = { ...DEFAULT_LIMITS, attemptTimeout: 30_000 }
    client = createHankoClient({ deadline: 60_000, joinRequests: true, apiUrl, clock, fetch: given.fetch, limits })
  })

  afterEach(async () => {
    client.close()
    await end()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  async function validate(time = 2_500) {
    const deadline = startDeadline(time, clock)
    return client.validate('TOKEN', { deadline }).finally(() => deadline.clear())
  }

  it('posts the token as JSON and reads the answer', async () => {
    let seen = ''
    handle = (request, response) => {
      request.on('data', (chunk: Buffer) => (seen += chunk.toString()))
      request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"is_valid":true}'))
    }
    await expect(validate()).resolves.toMatchObject({ status: 'answered', body: { is_valid: true } })
    expect(seen).toBe('{"session_token":"TOKEN"}')
  })

  it('sends once more after a reset, and is answered', async () => {
    handle = (request, response) => {
      if (requests === 1) request.socket.resetAndDestroy()
      else response.end('{"is_valid":true}')
    }
    await expect(validate()).resolves.toMatchObject({ status: 'answered' })
    expect(client.stats()).toMatchObject({ calls: 1, retries: 1, inFlight: 0 })
  })

  it('never follows a redirect', async () => {
    handle = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end()
    await expect(validate()).resolves.toMatchObject({ reason: 'upstream_invalid' })
    expect(requests).toBe(1)
  })

  it('reads an endless body no further than the limit, and closes its socket', async () => {
    handle = (_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(4_096)));
        if (!response.destroyed) response.once('drain', write)
      }
      response.on('error', () => {})
      write()
    }
    await expect(validate()).resolves.toMatchObject({ reason: 'upstream_invalid' })
    await vi.waitFor(() => expect(open).toBe(0))
  })

  it('frees the socket of an error whose endless body nobody reads', async () => {
    handle = (_request, response) => void response.writeHead(500).write('x'.repeat(100_000))
    await expect(validate()).resolves.toMatchObject({ reason: 'upstream_unavailable' })
    await vi.waitFor(() => expect(open).toBe(0))
    expect(requests).toBe(2)
  })

  it('keeps at most 64 of a thousand in flight while Hanko hangs, answers them all, and leaves no socket', async () => {
    handle = () => {}
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => validate(400)))
    expect(new Set(outcomes.map((outcome) => outcome.status))).toEqual(new Set(['unavailable']))
    expect(most).toBeLessThanOrEqual(64)
    expect(client.stats()).toMatchObject({ inFlight: 0, waiting: 0 })
    await vi.waitFor(() => expect(open).toBe(0))
  })

  it('closes what is in flight when it is closed', async () => {
    handle = () => {}
    const outcomes = Array.from({ length: 10 }, () => validate(30_000))
    await vi.waitFor(() => expect(open).toBe(10), 10_000)
    client.close()
    await expect(Promise.all(outcomes)).resolves.toEqual(
      outcomes.map(() => ({ status: 'unavailable', reason: 'upstream_unavailable' })),
    )
    await vi.waitFor(() => expect(open).toBe(0))
  })
})
