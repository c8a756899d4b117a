import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Unavailable, unavailable } from '../auth-state.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'
import { startDeadline } from './deadline.ts'
import type { Exchanged } from './exchange.ts'
import { createSender, type Sending, type SentAt } from './send-with-retry.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

const clock = { now: () => Date.now(), monotonic: () => Date.now() - 900_000 }
const answered: Exchanged = { status: 'answered', body: { is_valid: true }, isFromCache: false }
const request = { path: '/sessions/validate', method: 'POST', limit: 1 } as const

/** A sender of scripted outcomes: each attempt takes the next, the last one again and again. */
function createTestSender(outcomes: (Exchanged | Unavailable | 'hang')[], random = () => 0) {
  const sentAt: number[] = []
  const sender = createSender({
    clock,
    random,
    limits: DEFAULT_LIMITS,
    async exchange(_request, signal, onSend) {
      onSend()
      const outcome = outcomes[Math.min(sentAt.length, outcomes.length - 1)]!
      sentAt.push(Date.now())
      if (outcome !== 'hang') return outcome
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      return unavailable('upstream_timeout')
    },
  })
  const start = async (time = 2_500, options: Partial<Sending> = {}) => {
    const deadline = startDeadline(time, clock)
    const controller = new AbortController()
    const stop = () => controller.abort()
    deadline.signal.addEventListener('abort', stop)
    const sending = { deadline, signal: controller.signal, stop, mayRetry: () => true, ...options }
    return sender.send(request, sending).finally(() => deadline.clear())
  }
  const send = async (time = 2_500, options: Partial<Sending> = {}) => {
    const outcome = start(time, options)
    await vi.advanceTimersByTimeAsync(time - 1)
    return outcome
  }
  return { sender, sentAt, start, send }
}

describe('createSender', () => {
  it.each(['upstream_invalid', 'upstream_misconfigured'] as const)(
    'sends once when the answer is %s',
    async (reason) => {
      const { send, sentAt } = createTestSender([unavailable(reason)])
      await expect(send()).resolves.toEqual(unavailable(reason))
      expect(sentAt).toHaveLength(1)
    },
  )

  it('sends once more when Hanko is unavailable, and twice at most', async () => {
    const { send, sentAt, sender } = createTestSender([unavailable('upstream_unavailable')])
    await expect(send()).resolves.toEqual(unavailable('upstream_unavailable'))
    expect(sentAt).toHaveLength(2)
    expect(sender.stats()).toEqual({ calls: 1, retries: 1 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends an attempt after a second, and does not send again', async () => {
    const { start, sentAt } = createTestSender(['hang'])
    const ended = vi.fn<(outcome: unknown) => void>()
    void start().then(ended)
    await vi.advanceTimersByTimeAsync(999)
    expect(ended).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(ended.mock.calls).toEqual([[unavailable('upstream_timeout')]])
    expect([sentAt.length, vi.getTimerCount()]).toEqual([1, 0])
  })

  it('gives the second attempt a second of its own', async () => {
    const { send, sentAt } = createTestSender([unavailable('upstream_unavailable'), 'hang'])
    await expect(send()).resolves.toEqual(unavailable('upstream_timeout'))
    expect([sentAt.length, vi.getTimerCount()]).toEqual([2, 0])
  })

  it.each([
    [0, 50],
    [0.5, 150],
    [1, 250],
  ])('waits between 50 and 250 ms: random %d gives %d', async (random, expected) => {
    const { send, sentAt } = createTestSender([unavailable('upstream_unavailable'), answered], () => random)
    await send()
    expect(sentAt[1]! - sentAt[0]!).toBe(expected)
  })

  it('says when the attempt was sent that was answered, and calls back for the first', async () => {
    const { send, sentAt } = createTestSender([unavailable('upstream_unavailable'), answered])
    const onSent = vi.fn<(at: SentAt) => void>()
    const [first, second] = [
      { wall: 1_000_000, monotonic: 100_000 },
      { wall: 1_000_050, monotonic: 100_050 },
    ]
    await expect(send(2_500, { onSent })).resolves.toEqual({ ...answered, sentAt: second })
    expect(onSent.mock.calls).toEqual([[first]])
    expect(sentAt).toEqual([first.wall, second.wall])
  })

  it('obeys Retry-After when it fits the rest of the deadline', async () => {
    const { send, sentAt } = createTestSender([unavailable('upstream_unavailable', 2_000), answered])
    await expect(send()).resolves.toMatchObject(answered)
    expect(sentAt[1]! - sentAt[0]!).toBe(2_050)
  })

  it.each([2_450, 3_000, 30_000])(
    'passes a Retry-After of %d ms on at once when it does not fit',
    async (retryAfter) => {
      const { send, sentAt } = createTestSender([unavailable('upstream_unavailable', retryAfter), answered])
      await expect(send()).resolves.toEqual(unavailable('upstream_unavailable', retryAfter))
      expect([sentAt.length, vi.getTimerCount()]).toEqual([1, 0])
    },
  )

  it('does not send again when the pause would outlast the deadline', async () => {
    const { send, sentAt } = createTestSender([unavailable('upstream_unavailable')])
    await send(50)
    expect(sentAt).toHaveLength(1)
  })

  it('does not send again where no retry is allowed, nor when that ends during the pause', async () => {
    const { send, sentAt } = createTestSender([unavailable('upstream_unavailable')])
    await send(2_500, { mayRetry: undefined })
    await send(2_500, { mayRetry: () => false })
    expect(sentAt).toHaveLength(2)
    let asked = 0
    await send(2_500, { mayRetry: () => asked++ === 0 })
    expect(sentAt).toHaveLength(3)
  })

  it('retries ten of a hundred failing calls in a minute, and twelve of 120', async () => {
    const { start, sender } = createTestSender([unavailable('upstream_unavailable')])
    const startMany = async (count: number) => {
      const outcomes = Array.from({ length: count }, () => start())
      await vi.advanceTimersByTimeAsync(50)
      await Promise.all(outcomes)
    }
    await startMany(100)
    expect(sender.stats()).toEqual({ calls: 100, retries: 10 })
    await startMany(20)
    expect(sender.stats()).toEqual({ calls: 120, retries: 12 })
    expect(vi.getTimerCount()).toBe(0)
  })
})
