import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Pool, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCertificate } from '../../../../../e2e/corpus/tls-certificate.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'
import { startDeadline } from './deadline.ts'
import { createHankoClient, type HankoClient } from './hanko-client.ts'

const clock = { now: () => Date.now(), monotonic: () => performance.now() }

describe('createHankoClient over HTTP/2, which a pool of undici may speak', () => {
  let server: Http2SecureServer
  let pool: Pool
  let client: HankoClient
  let streams: number
  /** What becomes of the first request. */
  let fault: (stream: ServerHttp2Stream) => void

  beforeEach(async () => {
    streams = 0
    const certificate = createCertificate('localhost')
    server = createSecureServer({ ...certificate, allowHTTP1: false })
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {}) // the fault itself
      if (++streams === 1) return fault(stream)
      stream.respond({ ':status': 200, 'content-type': 'application/json' })
      stream.end('{"is_valid":true}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    pool = new Pool(`https://127.0.0.1:${port}`, {
      allowH2: true,
      connect: { ca: certificate.cert, servername: 'localhost' },
    })
    client = createHankoClient({
      apiUrl: `https://127.0.0.1:${port}`,
      deadline: 20_000,
      joinRequests: true,
      clock,
      limits: { ...DEFAULT_LIMITS, attemptTimeout: 20_000 },
      fetch: (input, init) =>
        undiciFetch(input, { ...(init as object), dispatcher: pool }) as unknown as Promise<Response>,
    })
  })

  afterEach(async () => {
    client.close()
    await pool.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  async function validate() {
    const deadline = startDeadline(20_000, clock)
    return client.validate('TOKEN', { deadline }).finally(() => deadline.clear())
  }

  it.each<[string, typeof fault]>([
    ['a REFUSED_STREAM', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
    [
      'a GOAWAY',
      ({ session }) => {
        session?.goaway(constants.NGHTTP2_NO_ERROR, 0)
        setImmediate(() => session?.destroy())
      },
    ],
  ])('sends once more after %s, and is answered', async (_, given) => {
    fault = given
    expect(await validate()).toMatchObject({ status: 'answered', body: { is_valid: true } })
    expect([streams, client.stats()]).toMatchObject([2, { calls: 1, retries: 1, inFlight: 0 }])
  })
})
