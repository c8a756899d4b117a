import type { Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { type AuthState, createSessionValidator, type SessionValidatorOptions, toRefusal } from 'hanko-session'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { titleOf } from './corpus.ts'
import { respond, startUpstream, type Upstream, write } from './upstream-server.ts'

let emulator: HankoEmulator
let token: string
let payload: Record<string, unknown>
let upstream: Upstream

beforeAll(async () => {
  emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
  ;({ token } = await emulator.signIn())
  payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
})
beforeEach(async () => {
  upstream = await startUpstream(emulator)
})
afterEach(() => upstream.close())

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)

const validator = (options: Omit<SessionValidatorOptions, 'claims'> = {}) =>
  createSessionValidator({
    apiUrl: upstream.apiUrl,
    maxStaleness: 0,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    ...options,
  })

/** Asks once, with a validator of its own. */
async function ask(options: Omit<SessionValidatorOptions, 'claims'> = {}): Promise<AuthState> {
  const hanko = validator(options)
  const state = await hanko.validate(token)
  hanko.close()
  return state
}

/** What a guard answers, why, and how often Hanko was asked. */
async function outcomeOf(options: Omit<SessionValidatorOptions, 'claims'> = {}) {
  const before = upstream.count()
  const state = await ask(options)
  if (state.status === 'authenticated') throw new Error('accepted')
  return [toRefusal(state).status, state.reason, upstream.count() - before] as const
}

const INVALID = [503, 'upstream_invalid', 1] as const
/** Sent again once. */
const UNAVAILABLE = [503, 'upstream_unavailable', 2] as const

async function expectAll(bodies: readonly string[], expected: readonly [number, string, number]): Promise<void> {
  for (const body of bodies) {
    upstream.answer(respond(body))
    expect([body, ...(await outcomeOf())]).toEqual([body, ...expected])
  }
}

/** What Hanko says about the token, with changes. */
const reply = (changes: object = {}, claims: object = {}): string => {
  const expiration = new Date((payload['exp'] as number) * 1_000).toISOString()
  const true_ = { is_valid: true, user_id: payload['sub'], expiration_time: expiration }
  return JSON.stringify({
    ...true_,
    claims: { subject: payload['sub'], session_id: payload['session_id'], expiration, ...claims },
    ...changes,
  })
}

/** A fetch that counts the decoded bytes that are read of each body. */
function countBytes() {
  const read = { bytes: 0 }
  const counting = async (input: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(input, init)
    if (!input.endsWith('/validate') || response.body === null) return response
    const count = new TransformStream<Uint8Array, Uint8Array>(
      { transform: (chunk, controller) => ((read.bytes += chunk.byteLength), controller.enqueue(chunk)) },
      { highWaterMark: 1 },
      { highWaterMark: 0 },
    )
    return new Response(response.body.pipeThrough(count), response)
  }
  return { read, fetch: counting }
}

describe('Upstream HTTP', () => {
  it('accepts what Hanko really says', async () => {
    upstream.answer(respond(reply()))
    await expect(ask()).resolves.toMatchObject({ status: 'authenticated' })
  })

  attack('U01', () =>
    expectAll(['OK', '<html><title>Sign in to Wi-Fi</title></html>', '', 'null', '[]', '"x"', 'true', '7'], INVALID),
  )
  attack('U02', () =>
    expectAll(
      ['true', 1, [true], {}, 'false', null, undefined].map((is_valid) => reply({ is_valid })),
      INVALID,
    ),
  )
  attack('U03', () =>
    expectAll(
      [reply({ claims: undefined }), reply({ claims: null }), reply({ claims: [] }), '{"is_valid":true}'],
      INVALID,
    ),
  )
  attack('U05', async () => {
    const other = '11111111-1111-4111-8111-111111111111'
    await expectAll([reply({ user_id: other }), reply({}, { session_id: other })], [503, 'identity_mismatch', 1])
    upstream.answer(respond(reply({}, { subject: other })))
    await expect(ask()).resolves.toMatchObject({ status: 'authenticated', session: { userId: payload['sub'] } })
  })
  attack('U06', async () => {
    await expectAll(
      ['2020-01-01T00:00:00Z', '9999-12-31T23:59:59Z'].map((expiration_time) => reply({ expiration_time })),
      [503, 'identity_mismatch', 1],
    )
    await expectAll(
      ['soon', undefined, 7].map((expiration_time) => reply({ expiration_time })),
      INVALID,
    )
  })
  attack('U07', () =>
    expectAll([reply().replace('{', '{"is_valid":false,'), reply().replace(/}$/, ',"is_valid":false}')], INVALID),
  )
  attack('U09', async () => {
    upstream.answer(respond('{"is_valid":false}'))
    expect(await outcomeOf()).toEqual([401, 'revoked', 2])
  })
  attack('U10', async () => {
    for (const status of ['204 No Content', '206 Partial Content', '299 Odd']) {
      upstream.answer((socket) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`))
      expect(await outcomeOf()).toEqual(INVALID)
    }
    upstream.answer(write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'))
    expect((await outcomeOf())[0]).toBe(503)
    // Early hints that never end.
    upstream.answer(write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n'))
    expect(await outcomeOf({ deadline: 300 })).toEqual([504, 'upstream_timeout', 1])
    // One 100 whose headers never end; a whole one that nobody asked for, Node's fetch takes for a broken connection.
    upstream.answer(write('HTTP/1.1 100 Continue\r\nX: y\r\n'))
    expect(await outcomeOf({ deadline: 300 })).toEqual([504, 'upstream_timeout', 1])
    upstream.answer(write('HTTP/1.1 100 Continue\r\n\r\n'))
    expect(await outcomeOf()).toEqual(UNAVAILABLE)
  })
  attack('U11', async () => {
    const target = await startUpstream(emulator)
    for (const status of ['301 Moved Permanently', '302 Found', '303 See Other']) {
      for (const to of [
        target.apiUrl,
        `http://${new URL(target.apiUrl).host.replace('127.0.0.1', 'localhost')}`,
        upstream.apiUrl,
      ]) {
        upstream.answer(respond('', { status, headers: `Location: ${to}/sessions/validate\r\n` }))
        expect(await outcomeOf()).toEqual(INVALID)
      }
    }
    expect(target.connections()).toBe(0)
    await target.close()
  })
  attack('U12', async () => {
    const target = await startUpstream(emulator)
    for (const status of ['307 Temporary Redirect', '308 Permanent Redirect']) {
      upstream.answer(respond('', { status, headers: `Location: ${target.apiUrl}/sessions/validate\r\n` }))
      expect(await outcomeOf()).toEqual(INVALID)
    }
    expect(target.connections()).toBe(0)
    await target.close()
  })
  attack('U14', async () => {
    const webhook = await emulator.signToken({
      aud: payload['aud'],
      sub: 'hanko webhooks',
      evt: 'user',
      data: {},
      iat: payload['iat'],
      exp: payload['exp'],
    })
    const hanko = validator()
    expect((await hanko.validate(webhook)).status).toBe('unauthenticated')
    expect(upstream.count()).toBe(0)
    hanko.close()
  })
  attack('U17', async () => {
    const limited = (value: string) =>
      respond('', { status: '429 Too Many Requests', headers: `Retry-After: ${value}\r\n` })
    const cases = [
      ['1', 1_000, 1],
      ['1000000000', 30_000, 1],
      [new Date(Date.now() + 3_600_000).toUTCString(), 30_000, 1],
      ['1e9', undefined, 2],
      ['-1', undefined, 2],
      ['later', undefined, 2],
    ] as const
    for (const [value, retryAfter, calls] of cases) {
      const before = upstream.count()
      upstream.answer(limited(value))
      const state = await ask({ deadline: 800 })
      expect([value, state]).toEqual([
        value,
        { status: 'unavailable', reason: 'upstream_unavailable', ...(retryAfter === undefined ? {} : { retryAfter }) },
      ])
      expect([value, upstream.count() - before]).toEqual([value, calls])
    }
    upstream.answer(limited('30'))
    const hanko = validator()
    const before = upstream.count()
    for (let call = 0; call < 8; call++) await hanko.validate(token)
    expect(upstream.count() - before).toBe(5)
    hanko.close()
  })
  attack('U19', async () => {
    const gone = await startUpstream(emulator)
    await gone.close()
    const calls = vi.fn<(code?: string) => void>()
    const unreachable = (code?: string) => async (input: string, init: RequestInit) => {
      if (!input.endsWith('/validate')) return fetch(input, init)
      calls()
      if (code === undefined) return fetch(input.replace(upstream.apiUrl, gone.apiUrl), init)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
    }
    for (const code of [undefined, 'ENETUNREACH', 'EMFILE']) {
      calls.mockClear()
      expect(await outcomeOf({ fetch: unreachable(code) })).toEqual([503, 'upstream_unavailable', 0])
      expect([code, calls.mock.calls.length]).toEqual([code, 2])
    }
  })
  attack('U20', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n'
    for (const sent of ['', head, `${head}{"is_valid":tr`]) {
      upstream.answer((socket) => {
        if (sent === '') socket.resetAndDestroy()
        // Reset when it has left: a reset takes what is still in the buffer with it.
        else socket.write(sent, () => setImmediate(() => socket.resetAndDestroy()))
      })
      expect(await outcomeOf()).toEqual(UNAVAILABLE)
    }
  })
  attack('U21', async () => {
    upstream.answer(() => {})
    expect(await outcomeOf({ deadline: 300 })).toEqual([504, 'upstream_timeout', 1])
    upstream.answer(write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"is'))
    expect(await outcomeOf({ deadline: 300 })).toEqual([504, 'upstream_timeout', 1])
  })
  attack('U23', async () => {
    const pour = (head: string, chunk: string) => (socket: Socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
        if (!socket.destroyed) socket.once('drain', more)
      }
      socket.write(head)
      more()
    }
    const block = 'x'.repeat(4_096)
    const cases = [
      pour('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', block),
      pour('HTTP/1.1 200 OK\r\nContent-Length: 9007199254740992\r\n\r\n', block),
      pour('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `1000\r\n${block}\r\n`),
    ]
    for (const endless of cases) {
      upstream.answer(endless)
      const { read, fetch: counting } = countBytes()
      const [status, reason] = await outcomeOf({ fetch: counting })
      expect([status, reason]).toEqual([503, expect.stringMatching(/^upstream_(invalid|unavailable)$/)])
      // One chunk of 64 KiB from the socket may straddle the limit.
      expect(read.bytes).toBeLessThanOrEqual(128 * 1_024)
    }
  })
  attack('U24', async () => {
    const zeros = Buffer.alloc(64 * 1_024 * 1_024)
    for (const [encoding, body] of [
      ['gzip', gzipSync(zeros)],
      ['br', brotliCompressSync(zeros)],
    ] as const) {
      upstream.answer(respond(body, { headers: `Content-Encoding: ${encoding}\r\n` }))
      const { read, fetch: counting } = countBytes()
      expect(await outcomeOf({ fetch: counting })).toEqual(INVALID)
      expect(read.bytes).toBeLessThanOrEqual(128 * 1_024)
    }
    upstream.answer(
      respond(gzipSync('{}'), {
        headers: `Content-Encoding: ${Array.from({ length: 1_000 }, () => 'gzip').join(', ')}\r\n`,
      }),
    )
    expect((await outcomeOf())[0]).toBe(503)
  })
  attack('U25', async () => {
    upstream.answer((socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${reply()}`))
    expect(await outcomeOf()).toEqual(UNAVAILABLE)
    upstream.answer(respond(reply().slice(0, -1)))
    expect(await outcomeOf()).toEqual(INVALID)
  })
  attack('U26', async () => {
    const cases = [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}',
      'HTTP/1.1 200 OK\r\nX: a\nb\0: c\r\nContent-Length: 2\r\n\r\n{}',
      `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\nContent-Length: 2\r\n\r\n{}`,
      `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(10_000)}Content-Length: 2\r\n\r\n{}`,
    ]
    for (const raw of cases) {
      upstream.answer((socket) => socket.end(raw))
      expect([raw.slice(0, 60), (await outcomeOf())[0]]).toEqual([raw.slice(0, 60), 503])
    }
  })
  attack('U32', async () => {
    upstream.answer(
      respond('', { status: '407 Proxy Authentication Required', headers: 'Proxy-Authenticate: Basic\r\n' }),
    )
    // By the fetch standard a 407 is a network error; a client that shows it makes it `upstream_misconfigured`.
    expect((await outcomeOf())[0]).toBe(503)
  })
  attack('U33', async () => {
    const another = await emulator.signIn()
    const replies = new Map([[token, reply({ user_id: another.userId }, { session_id: another.sessionId })]])
    upstream.answer((socket, asked) => respond(replies.get(asked) ?? reply())(socket))
    const hanko = validator()
    const states = await Promise.all([hanko.validate(token), hanko.validate(another.token)])
    expect(states).toEqual([1, 2].map(() => ({ status: 'unavailable', reason: 'identity_mismatch' })))
    hanko.close()
  })
  attack('U35', async () => {
    const hanko = validator({ maxStaleness: '30s' })
    let answer = (): void => {}
    upstream.answer((socket) => (answer = () => respond(reply())(socket)))
    const caller = new AbortController()
    const abandoned = hanko.validate(token, { signal: caller.signal })
    const other = hanko.validate(token)
    await vi.waitFor(() => expect(upstream.count()).toBe(1))
    caller.abort(new Error('gone'))
    await expect(abandoned).rejects.toThrow('gone')
    answer()
    await expect(other).resolves.toMatchObject({ status: 'authenticated' })
    expect(upstream.count()).toBe(1)
    hanko.close()
  })
  attack('U37', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, () => emulator.signToken({ ...payload, session_id: crypto.randomUUID() })),
    )
    upstream.answer(() => {})
    // Time enough for a thousand signatures on a busy machine; the calls that hang are given up sooner.
    const hanko = validator({ deadline: 10_000, limits: { attemptTimeout: 500 } })
    let turns = 0
    let most = 0
    const turn = setInterval(() => {
      turns++
      // Counted here: the other side may see an aborted call a moment longer.
      most = Math.max(most, hanko.stats().inFlight)
    }, 10)
    const states = await Promise.all(tokens.map((each) => hanko.validate(each)))
    clearInterval(turn)
    expect(new Set(states.map((state) => state.status === 'unavailable' && toRefusal(state).status))).toEqual(
      new Set([503, 504]),
    )
    expect(most).toBe(64)
    expect(turns).toBeGreaterThan(10)
    await expect(hanko.validate(token)).resolves.toMatchObject({ reason: 'upstream_unavailable' })
    hanko.close()
  })
})
