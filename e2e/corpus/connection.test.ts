import { request as httpsRequest } from 'node:https'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { inspect } from 'node:util'
import { createSessionValidator, type Fetch, toRefusal } from 'hanko-session'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'
import { createCertificate } from './tls-certificate.ts'

const attack = (id: string, run: () => Promise<void> | void) => it(titleOf(id), run)

let stage: Stage
const closers: (() => void)[] = []
beforeEach(async () => {
  stage = await createStage()
})
afterEach(() => {
  while (closers.length > 0) closers.pop()?.()
})

/** The keys come from the emulator, everything else goes over this fetch. */
const over =
  (fetch: Fetch): Fetch =>
  async (input, init) =>
    input.includes('jwks.json') ? stage.emulator.fetch(input, init) : fetch(input, init)

const listen = async (server: ReturnType<typeof createTcpServer>): Promise<number> => {
  closers.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A TLS server that would say that everything is in order; and how many requests came so far that it could. */
async function startTls(options: TlsOptions) {
  const heard = { bytes: 0 }
  const server = createTlsServer(options, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      heard.bytes += chunk.length
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 17\r\n\r\n{"is_valid":true}')
    })
  })
  return { port: await listen(server), heard }
}

/** Node's own client as a fetch, which trusts this certificate. */
const trusting =
  (ca: string, port: number): Fetch =>
  async (input, init) =>
    new Promise((resolve, reject) => {
      const { pathname } = new URL(input)
      const options = { host: '127.0.0.1', port, path: pathname, method: 'POST', ca, servername: 'hanko.example' }
      const asked = httpsRequest({ ...options, headers: { connection: 'close' } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: response.statusCode ?? 500 })))
      })
      asked.on('error', (cause) => reject(new TypeError('fetch failed', { cause })))
      asked.end(init.body)
    })

describe('Connections to Hanko', () => {
  attack('U28', async () => {
    // As Node's HTTP/2 client and undici report a GOAWAY and a REFUSED_STREAM: nothing was done with the request.
    for (const code of ['ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_GOAWAY_SESSION', 'UND_ERR_SOCKET']) {
      let failures = 1
      const hanko = stage.validator({
        maxStaleness: 0,
        fetch: over(async (input, init) => {
          if (failures-- > 0) throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
          return stage.emulator.fetch(input, init)
        }),
      })
      expect((await hanko.validate((await stage.emulator.signIn()).token)).status).toBe('authenticated')
      expect(failures).toBe(-1)
    }
  })
  attack('U30', async () => {
    const { token } = await stage.emulator.signIn()
    const good = createCertificate('hanko.example')
    const cases: [string, TlsOptions, string, string][] = [
      [
        'expired',
        createCertificate('hanko.example', { expires: Date.now() - 1_000 }),
        'trusting',
        'upstream_unavailable',
      ],
      ['wrong host', createCertificate('another.example'), 'trusting', 'upstream_misconfigured'],
      ['self-signed', good, 'plain', 'upstream_unavailable'],
      [
        'TLS 1.1',
        { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
        'trusting',
        'upstream_unavailable',
      ],
    ]
    for (const [name, options, client, reason] of cases) {
      const { port, heard } = await startTls(options)
      const fetch: Fetch =
        client === 'plain'
          ? (input, init) => globalThis.fetch(input.replace(stage.emulator.apiUrl, `https://127.0.0.1:${port}`), init)
          : trusting(String(options.cert), port)
      const hanko = stage.validator({ maxStaleness: 0, fetch: over(fetch) })
      const state = await hanko.validate(token)
      if (state.status !== 'unavailable') throw new Error(`${name}: ${state.status}`)
      expect([name, toRefusal(state).status, state.reason, heard.bytes]).toEqual([name, 503, reason, 0])
    }
    // The same server, trusted and of the right name: the cases above fail for what they say.
    const { port, heard } = await startTls(good)
    const hanko = stage.validator({ maxStaleness: 0, fetch: over(trusting(good.cert, port)) })
    expect([await hanko.validate(token), heard.bytes > 0]).toEqual([
      { status: 'unavailable', reason: 'upstream_invalid' },
      true,
    ])

    const stalling = await listen(createTcpServer((socket) => closers.push(() => socket.destroy())))
    const stalled = stage.validator({
      maxStaleness: 0,
      deadline: 200,
      fetch: over((input, init) => fetch(input.replace(stage.emulator.apiUrl, `https://127.0.0.1:${stalling}`), init)),
    })
    expect(await stalled.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_timeout' })
    expect(inspect([stage.lines, stage.decisions], { depth: 20 }).includes(token.slice(0, 40))).toBe(false)
  })
  attack('U31', async () => {
    const unsafe = [
      'http://hanko.example',
      'https://user:pass@hanko.example',
      'https://hanko.example?x=1',
      'https://hanko.example#x',
      'https://hanko.example/a/../b',
      'ftp://hanko.example',
      'hanko.example',
      'https://hänko.example', // to be written as what it is
    ]
    for (const apiUrl of unsafe) expect(() => createSessionValidator({ apiUrl })).toThrow(TypeError)
    const tenant = '/b6f2e1f4-3c53-4a0e-9c39-0d3b0a7b5a11'
    for (const [apiUrl, called] of [
      [`https://hanko.example${tenant}`, `https://hanko.example${tenant}`],
      [`https://hanko.example${tenant}/`, `https://hanko.example${tenant}`],
      ['https://xn--hnko-loa.example', 'https://xn--hnko-loa.example'],
      ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ] as const) {
      const asked: string[] = []
      const hanko = createSessionValidator({
        apiUrl,
        logger: { debug() {}, info() {}, warn() {}, error() {} },
        clock: stage.time,
        fetch: async (input, init) => {
          asked.push(input.replace(/\?.*/, ''))
          return stage.emulator.fetch(`${stage.emulator.apiUrl}${input.slice(called.length)}`, init)
        },
      })
      expect((await hanko.validate((await stage.emulator.signIn()).token)).status).toBe('authenticated')
      expect(asked).toEqual([`${called}/.well-known/jwks.json`, `${called}/sessions/validate`])
    }
  })
  attack('U34', async () => {
    for (const offset of [-3_600_000, 3_600_000]) {
      const dated: Fetch = async (input, init) => {
        const response = await stage.emulator.fetch(input, init)
        response.headers.set('Date', new Date(stage.time.now() + offset).toUTCString())
        return response
      }
      const hanko = await stage.warm({ fetch: dated })
      const { token } = await stage.emulator.signIn()
      expect((await hanko.validate(token)).status).toBe('authenticated')
      stage.time.pass(20_000)
      expect(hanko.known(token)?.status).toBe('authenticated')
      stage.time.pass(10_001)
      expect(hanko.known(token)).toBeUndefined()
    }
  })
  attack('U36', async () => {
    for (const maxStaleness of [0, '30s'] as const) {
      const hanko = stage.validator({ maxStaleness })
      const { token } = await stage.emulator.signIn()
      stage.emulator.requests.clear()
      const states = await Promise.all(Array.from({ length: 1_000 }, () => hanko.validate(token)))
      expect(states.every((state) => state.status === 'authenticated')).toBe(true)
      expect([stage.posts(), stage.jwks()]).toEqual([1, 1])
    }
  })
  attack('U38', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    const held = stage.hold()
    const leader = new AbortController()
    const gone = vi.fn<(reason: unknown) => void>()
    const left = hanko.validate(token, { signal: leader.signal }).catch(gone)
    const followers = Array.from({ length: 10 }, () => hanko.validate(token))
    await until(() => held.count === 1)
    leader.abort(new Error('gone'))
    await left
    expect(gone).toHaveBeenCalledWith(leader.signal.reason)
    held.end()
    for (const state of await Promise.all(followers)) expect(state.status).toBe('authenticated')
    expect(stage.posts()).toBe(1)
  })
})
