import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { unavailable } from '../auth-state.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { type CallOptions, createHankoClient, type HankoClient } from './hanko-client.ts'

// The client imports it on its first call: from here on that takes no time, fake or real.
await import('ofetch')

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

const clock = { now: () => Date.now(), monotonic: () => Date.now() }
const DOWN = unavailable('upstream_unavailable')
const TIMEOUT = unavailable('upstream_timeout')

interface Sent {
  readonly url: string
  readonly init: RequestInit
  readonly answer: (status?: number, body?: object, headers?: Record<string, string>) => void
}

/** A client whose requests are answered by hand. A fetch that is aborted rejects, as the real one does. */
async function createTestClient(limits = {}) {
  const sent: Sent[] = []
  const client = createHankoClient({
    apiUrl: 'https://hanko.example',
    clock,
    random: () => 0.5,
    limits: { ...DEFAULT_LIMITS, ...limits },
    deadline: 2_500,
    joinRequests: true,
    fetch: (url, init) =>
      new Promise((resolve, reject) => {
        init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
        const answer: Sent['answer'] = (status = 200, body = { is_valid: false }, headers = {}) =>
          resolve(Response.json(body, { status, headers }))
        sent.push({ url, init, answer })
      }),
  })
  await settled()
  return { client, sent }
}

/** Lets everything happen that needs no time. */
const settled = () => vi.advanceTimersByTimeAsync(0)

/** With a deadline of its own, cleared at the end as a caller does. */
function validate(client: HankoClient, options: Partial<CallOptions> & { time?: number } = {}) {
  const deadline = options.deadline ?? startDeadline(options.time ?? 2_500, clock)
  return client.validate('TOKEN', { ...options, deadline }).finally(() => deadline.clear())
}

/** `count` calls, one after the other, each answered with this status at once. */
async function fail(client: HankoClient, sent: Sent[], count: number, status = 503) {
  for (let call = 0; call < count; call++) {
    const outcome = validate(client)
    await settled()
    sent.at(-1)?.answer(status, {}, { 'retry-after': '30' })
    await outcome
  }
}

describe('createHankoClient', () => {
  it('asks by POST, peeks by GET with the token as a Bearer, and gets keys, past caches all that a cache could answer', async () => {
    const { client, sent } = await createTestClient()
    const deadline = startDeadline(2_500, clock)
    const calls = [client.validate('TOKEN', { deadline })]
    for (const call of [
      () => client.peek('TOKEN', { deadline }),
      () => client.fetchKeys({ deadline }),
      () => client.probe({ deadline }),
    ]) {
      await settled()
      calls.push(call())
    }
    await settled()
    const seen = sent.map(({ url, init }) => [
      init.method,
      url.replace(/[0-9a-f-]{36}$/, '<uuid>'),
      init.body,
      new Headers(init.headers).get('authorization'),
    ])
    expect(seen).toEqual([
      ['POST', 'https://hanko.example/sessions/validate', '{"session_token":"TOKEN"}', null],
      ['GET', 'https://hanko.example/sessions/validate', undefined, 'Bearer TOKEN'],
      ['GET', 'https://hanko.example/.well-known/jwks.json?nocache=<uuid>', undefined, null],
      ['GET', 'https://hanko.example/.well-known/jwks.json?nocache=<uuid>', undefined, null],
    ])
    expect(sent[2]?.url).not.toBe(sent[3]?.url)
    const control = sent.map(({ init }) => new Headers(init.headers).get('cache-control'))
    expect(control).toEqual([null, 'no-store', 'no-store', 'no-store'])
    for (const { init } of sent) expect(new Headers(init.headers).get('cookie')).toBeNull()
    for (const { answer } of sent) answer()
    await Promise.all(calls)
    deadline.clear()
    expect(client.stats()).toEqual({ inFlight: 0, waiting: 0, breaker: 'closed', calls: 4, retries: 0 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('dates an answer from when it was sent, not from when it was called for', async () => {
    const { client, sent } = await createTestClient({ maxInFlight: 1 })
    const onSent = vi.fn<() => void>()
    const first = validate(client)
    const second = validate(client, { onSent })
    await vi.advanceTimersByTimeAsync(400)
    expect(onSent).not.toHaveBeenCalled()
    sent[0]?.answer()
    await vi.advanceTimersByTimeAsync(300)
    expect(onSent.mock.calls).toEqual([[{ wall: 1_000_400, monotonic: 1_000_400 }]])
    sent[1]?.answer()
    await expect(first).resolves.toMatchObject({ sentAt: { wall: 1_000_000, monotonic: 1_000_000 } })
    await expect(second).resolves.toMatchObject({ sentAt: { wall: 1_000_400, monotonic: 1_000_400 } })
  })

  describe('line', () => {
    it('keeps 64 in flight and 1,024 behind them; who finds the line full is refused at once, with a mark that does not show', async () => {
      const { client, sent } = await createTestClient()
      const outcomes = Array.from({ length: 1_088 }, () => validate(client))
      await settled()
      expect([sent.length, client.stats()]).toMatchObject([64, { inFlight: 64, waiting: 1_024 }])
      const refused = await validate(client)
      expect(refused).toEqual(DOWN)
      expect([refused.status === 'unavailable' && refused.isLineFull, JSON.stringify(refused)]).toEqual([
        true,
        JSON.stringify(DOWN),
      ])
      for (let answered = 0; answered < 1_088; answered++) {
        sent[answered]?.answer()
        await settled()
        expect(client.stats().inFlight).toBeLessThanOrEqual(64)
      }
      await Promise.all(outcomes)
      expect(client.stats()).toEqual({ inFlight: 0, waiting: 0, breaker: 'closed', calls: 1_088, retries: 0 })
      expect(vi.getTimerCount()).toBe(0)
    })

    it('counts waiting against the deadline, and that is no failure of Hanko', async () => {
      const { client, sent } = await createTestClient({ maxInFlight: 1 })
      const first = validate(client)
      const outcomes = Array.from({ length: 20 }, () => validate(client, { time: 500 }))
      await vi.advanceTimersByTimeAsync(500)
      await expect(Promise.all(outcomes)).resolves.toEqual(Array.from({ length: 20 }, () => TIMEOUT))
      expect(client.stats()).toMatchObject({ waiting: 0, breaker: 'closed', calls: 1 })
      sent[0]?.answer()
      await first
      expect(vi.getTimerCount()).toBe(0)
    })

    it('gives background calls half of the slots', async () => {
      const { client, sent } = await createTestClient()
      const outcomes = Array.from({ length: 64 }, () => validate(client, { background: true }))
      outcomes.push(...Array.from({ length: 32 }, () => validate(client)))
      await settled()
      expect(client.stats()).toMatchObject({ inFlight: 64, waiting: 32 })
      client.close()
      await Promise.all(outcomes)
      expect(sent).toHaveLength(64)
    })

    it('holds the slot through the pause before a second attempt, and is free after it', async () => {
      const { client, sent } = await createTestClient({ maxInFlight: 1 })
      const outcome = validate(client)
      await settled()
      sent[0]?.answer(500)
      await settled()
      expect(client.stats()).toMatchObject({ inFlight: 1, calls: 1, retries: 0 })
      await vi.advanceTimersByTimeAsync(150)
      sent[1]?.answer(200, { is_valid: true })
      await expect(outcome).resolves.toMatchObject({ status: 'answered', body: { is_valid: true } })
      expect(client.stats()).toMatchObject({ inFlight: 0, breaker: 'closed', calls: 1, retries: 1 })
    })
  })

  describe('breaker', () => {
    it('refuses at once after five failures in a row, and says when to come again', async () => {
      const { client, sent } = await createTestClient()
      await fail(client, sent, 5)
      expect(client.stats().breaker).toBe('open')
      await expect(validate(client)).resolves.toEqual(unavailable('upstream_unavailable', 1_000))
      await vi.advanceTimersByTimeAsync(400)
      await expect(validate(client)).resolves.toEqual(unavailable('upstream_unavailable', 600))
      expect(sent).toHaveLength(5)
    })

    it('takes time-outs for failures', async () => {
      const { client } = await createTestClient()
      const outcomes = Array.from({ length: 5 }, () => validate(client))
      await vi.advanceTimersByTimeAsync(1_000)
      await expect(Promise.all(outcomes)).resolves.toEqual(Array.from({ length: 5 }, () => TIMEOUT))
      expect(client.stats().breaker).toBe('open')
    })

    it.each([200, 400, 401, 404, 302])('takes %d for an answer', async (status) => {
      const { client, sent } = await createTestClient()
      await fail(client, sent, 30, status)
      expect(client.stats().breaker).toBe('closed')
    })

    it('refuses all who wait when it opens, and does not send again what failed', async () => {
      const { client, sent } = await createTestClient({ maxInFlight: 5 })
      const inFlight = Array.from({ length: 5 }, () => validate(client))
      const waiting = Array.from({ length: 100 }, () => validate(client))
      await vi.advanceTimersByTimeAsync(1_000)
      // The first four failures made room for four more, before the fifth opened it.
      expect([sent.length, client.stats()]).toMatchObject([9, { inFlight: 4, waiting: 0, breaker: 'open' }])
      await expect(Promise.all(inFlight)).resolves.toEqual(inFlight.map(() => TIMEOUT))
      const refused = waiting.slice(4)
      await expect(Promise.all(refused)).resolves.toEqual(refused.map(() => unavailable('upstream_unavailable', 1_000)))
      await vi.advanceTimersByTimeAsync(1_000)
      await Promise.all(waiting)
      expect([sent.length, vi.getTimerCount(), client.stats()]).toMatchObject([
        9,
        0,
        { inFlight: 0, waiting: 0, retries: 0 },
      ])
    })

    it('gives up a second attempt when it opens during the pause', async () => {
      const { client, sent } = await createTestClient()
      const outcome = validate(client)
      await settled()
      sent[0]?.answer(500)
      await settled()
      await fail(client, sent, 5)
      await vi.advanceTimersByTimeAsync(250)
      await expect(outcome).resolves.toEqual(DOWN)
      expect([sent.length, client.stats().retries]).toEqual([6, 0])
    })

    it('lets one of a hundred through when it is half-open, once; a failure doubles the time', async () => {
      const { client, sent } = await createTestClient()
      await fail(client, sent, 5)
      await vi.advanceTimersByTimeAsync(1_000)
      expect(client.stats().breaker).toBe('half-open')
      const outcomes = Array.from({ length: 100 }, () => validate(client))
      await settled()
      expect(sent).toHaveLength(6)
      sent[5]?.answer(500)
      await expect(Promise.all(outcomes)).resolves.toEqual([
        DOWN,
        ...Array.from({ length: 99 }, () => unavailable('upstream_unavailable', 1_000)),
      ])
      await expect(validate(client)).resolves.toEqual(unavailable('upstream_unavailable', 2_000))
      expect(sent).toHaveLength(6)
    })

    it('closes when the probing call is answered, though the answer is "no session"', async () => {
      const { client, sent } = await createTestClient()
      await fail(client, sent, 5)
      await vi.advanceTimersByTimeAsync(1_000)
      await fail(client, sent, 1, 200)
      expect(client.stats().breaker).toBe('closed')
    })

    it('passes on at most 30 s', async () => {
      const { client, sent } = await createTestClient({ openFor: 36_000, maxOpenFor: 36_000 })
      await fail(client, sent, 5)
      await expect(validate(client)).resolves.toEqual(unavailable('upstream_unavailable', 30_000))
    })

    it('does not count a caller that went away, nor lose the probing call to one', async () => {
      const { client, sent } = await createTestClient()
      const leave = async () => {
        const whole = startDeadline(2_500, clock)
        const caller = new AbortController()
        const deadline: Deadline = { ...whole, signal: caller.signal }
        const outcome = validate(client, { deadline })
        await settled()
        caller.abort()
        await outcome
      }
      for (let call = 0; call < 10; call++) await leave()
      expect(client.stats().breaker).toBe('closed')
      await fail(client, sent, 5)
      await vi.advanceTimersByTimeAsync(1_000)
      await leave()
      await fail(client, sent, 1, 200)
      expect(client.stats().breaker).toBe('closed')
    })
  })

  it('does not lose the probing call to one whose time runs out in the line', async () => {
    const { client, sent } = await createTestClient({ maxInFlight: 2, attemptTimeout: 60_000 })
    void validate(client, { background: true, time: 60_000 })
    await settled()
    await fail(client, sent, 5)
    await vi.advanceTimersByTimeAsync(1_000)
    // The one slot for background calls is taken: it has the breaker's leave, and never a slot.
    const waiting = validate(client, { background: true, time: 100 })
    await vi.advanceTimersByTimeAsync(100)
    await expect(waiting).resolves.toEqual(TIMEOUT)
    await fail(client, sent, 1, 200)
    expect(client.stats().breaker).toBe('closed')
    client.close()
  })

  it('takes a deadline that runs out between the line and the sending for no failure', async () => {
    const { client, sent } = await createTestClient()
    for (let call = 0; call < 10; call++) {
      const caller = new AbortController()
      const outcome = validate(client, { deadline: { signal: caller.signal, remaining: () => 0, clear() {} } })
      caller.abort()
      await expect(outcome).resolves.toEqual(TIMEOUT)
    }
    expect([sent.length, client.stats()]).toMatchObject([0, { breaker: 'closed', calls: 0 }])
  })

  describe('keys and probe', () => {
    it('go past a full line and an open breaker, and count for neither', async () => {
      const { client, sent } = await createTestClient({ maxInFlight: 1, maxWaiting: 0 })
      void validate(client)
      await settled()
      const deadline = startDeadline(2_500, clock)
      const probe = client.probe({ deadline })
      const keys = client.fetchKeys({ deadline })
      await settled()
      sent.slice(1).forEach(({ answer }) => answer(200, { keys: [] }))
      await expect(probe).resolves.toMatchObject({ status: 'answered', body: { keys: [] } })
      await expect(keys).resolves.toMatchObject({ status: 'answered' })
      sent[0]?.answer()
      await settled()
      for (let call = 0; call < 30; call++) {
        const outcome = client.probe({ deadline })
        await settled()
        sent.at(-1)?.answer(500)
        await outcome
      }
      expect(client.stats()).toMatchObject({ breaker: 'closed', retries: 0 })
      await fail(client, sent, 5)
      const again = client.probe({ deadline })
      await settled()
      sent.at(-1)?.answer(200, { keys: [] })
      await expect(again).resolves.toMatchObject({ status: 'answered' })
      expect(client.stats().breaker).toBe('open')
      deadline.clear()
    })

    it('send a second time for keys, and only once for the probe', async () => {
      const { client, sent } = await createTestClient()
      const deadline = startDeadline(2_500, clock)
      const outcomes = [client.fetchKeys({ deadline }), client.probe({ deadline })]
      await settled()
      sent.forEach(({ answer }) => answer(500))
      await vi.advanceTimersByTimeAsync(150)
      sent.at(-1)?.answer(200, { keys: [] })
      await expect(Promise.all(outcomes)).resolves.toMatchObject([{ status: 'answered' }, DOWN])
      expect(sent).toHaveLength(3)
      deadline.clear()
    })
  })

  describe('close', () => {
    it('aborts what is in flight, empties the line, refuses from then on, and leaves no timer', async () => {
      const { client, sent } = await createTestClient({ maxInFlight: 2 })
      const deadline = startDeadline(2_500, clock)
      const outcomes = [1, 2, 3].map(() => client.validate('TOKEN', { deadline }))
      outcomes.push(client.fetchKeys({ deadline }), client.probe({ deadline }))
      await settled()
      client.close()
      outcomes.push(client.validate('TOKEN', { deadline }), client.peek('TOKEN', { deadline }))
      await expect(Promise.all(outcomes)).resolves.toEqual(outcomes.map(() => DOWN))
      expect(sent.map(({ init }) => init.signal?.aborted)).toEqual([true, true, true, true])
      expect(client.stats()).toMatchObject({ inFlight: 0, waiting: 0, breaker: 'closed' })
      deadline.clear()
      expect(vi.getTimerCount()).toBe(0)
    })

    it('ends a pause before a second attempt', async () => {
      const { client, sent } = await createTestClient()
      const outcome = validate(client)
      await settled()
      sent[0]?.answer(500)
      await settled()
      client.close()
      await expect(outcome).resolves.toEqual(DOWN)
      expect([sent.length, vi.getTimerCount()]).toEqual([1, 0])
    })
  })

  it('takes every listener off the deadline', async () => {
    const { client, sent } = await createTestClient({ maxInFlight: 1 })
    const deadline = startDeadline(2_500, clock)
    const added = vi.spyOn(deadline.signal, 'addEventListener')
    const removed = vi.spyOn(deadline.signal, 'removeEventListener')
    const outcomes = [1, 2, 3].map(() => client.validate('TOKEN', { deadline }))
    for (let call = 0; call < 3; call++) {
      await settled()
      sent[call]?.answer()
    }
    await Promise.all(outcomes)
    deadline.clear()
    const listeners = (spy: typeof added | typeof removed) => new Set(spy.mock.calls.map(([, listener]) => listener))
    expect(listeners(removed)).toEqual(listeners(added))
  })

  it('ends at the deadline at the latest, and in time when it has passed before', async () => {
    const { client, sent } = await createTestClient()
    await expect(
      client.validate('TOKEN', { deadline: { signal: AbortSignal.abort(), remaining: () => 0, clear() {} } }),
    ).resolves.toEqual(TIMEOUT)
    expect(sent).toHaveLength(0)
    const outcome = validate(client, { time: 300 })
    await vi.advanceTimersByTimeAsync(300)
    await expect(outcome).resolves.toEqual(TIMEOUT)
    expect(vi.getTimerCount()).toBe(0)
  })
})
