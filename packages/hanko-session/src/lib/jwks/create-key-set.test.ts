import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { startDeadline } from '../http/deadline.ts'
import type { JsonObject } from '../token/strict-json.ts'
import { DEFAULT_LIMITS } from '../to-limits.ts'
import { createKeySet, type KeySet, type KeySetEvent } from './create-key-set.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.parse('2026-11-23T12:00:00Z')
const moduli = inject('signingKeys').map(({ n }) => n as string)
/** A JWKS: each letter is an id, and the position of its key. */
const jwks = (ids: string): JsonObject => ({
  keys: ids.split('').map((kid) => ({ kty: 'RSA', kid, n: moduli['abc'.indexOf(kid)], e: 'AQAB' })),
})

let wall: number
let monotonic: number
let events: KeySetEvent[]
/** What the next fetches get, as they begin. */
let answer: () => Promise<{ status: 'answered'; body: JsonObject; isFromCache: boolean } | { status: 'unavailable' }>
let sets: KeySet[]
const signals: AbortSignal[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  wall = START
  monotonic = 5_000
  events = []
  sets = []
  signals.length = 0
  lists('a')
})

afterEach(() => {
  for (const set of sets) set.close()
  if (vi.getTimerCount() > 0) throw new Error('a timer is left')
  vi.useRealTimers()
})

const pass = (milliseconds: number): void => {
  wall += milliseconds
  monotonic += milliseconds
}
const lists = (ids: string, isFromCache = false): void => {
  answer = () => Promise.resolve({ status: 'answered', body: jwks(ids), isFromCache })
}
const fails = (): void => {
  answer = () => Promise.resolve({ status: 'unavailable' })
}
/** The next fetch hangs until it is told what it gets. */
const hangs = (): ((ids: string) => void) => {
  let finish: (reply: Awaited<ReturnType<typeof answer>>) => void = () => {}
  answer = () => new Promise((resolve) => (finish = resolve))
  return (ids) => finish({ status: 'answered', body: jwks(ids), isFromCache: false })
}

function createSet({ clockSkew = 5_000, random = (): number => 0, joinRequests = true } = {}) {
  const background: Promise<unknown>[] = []
  const set = createKeySet({
    fetchKeys({ deadline }) {
      signals.push(deadline.signal)
      return answer()
    },
    clock: { now: () => wall, monotonic: () => monotonic },
    clockSkew,
    deadline: 2_500,
    limits: DEFAULT_LIMITS,
    joinRequests,
    startDeadline,
    random,
    runInBackground: (work) => background.push(work),
    onEvent: (event) => events.push(event),
  })
  sets.push(set)
  const find = async (keyId: string, age = 0, signal = new AbortController().signal) => {
    const found = await set.find(keyId, Math.floor((wall - age) / 1_000), { signal })
    return typeof found === 'string' ? found : found.kid
  }
  return { set, find, fetches: () => set.stats().fetches, settled: () => Promise.all(background) }
}

describe('a cold key set', () => {
  it('fetches nothing before a key is looked for, then once for all who wait', async () => {
    const { set, find, fetches } = createSet()
    expect([set.peek('a'), set.stats()]).toEqual([undefined, { keys: 0, fetches: 0 }])
    const all = Array.from({ length: 1_000 }, () => find('a'))
    expect(new Set(await Promise.all(all))).toEqual(new Set(['a']))
    expect(fetches()).toBe(1)
    expect(set.stats()).toEqual({ keys: 1, fetches: 1, lastGoodAt: START })
    expect(set.peek('a')).toBe(await set.find('a', 0, { signal: AbortSignal.abort() }))
  })

  it('lets 1,024 wait, and refuses the rest at once', async () => {
    const finish = hangs()
    const { find } = createSet()
    const waiting = Array.from({ length: 1_024 }, () => find('a'))
    expect(await find('a')).toBe('keys_unavailable')
    finish('a')
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['a']))
    // They do not wait any more.
    expect(await find('a')).toBe('a')
  })

  it.each([
    ['a failure', { status: 'unavailable' } as const],
    ['no keys', { status: 'answered', body: { keys: [] }, isFromCache: false } as const],
    ['no set', { status: 'answered', body: {}, isFromCache: false } as const],
  ])('says keys_unavailable after %s, and asks again once a second', async (_, reply) => {
    answer = () => Promise.resolve(reply)
    const { find, fetches } = createSet()
    for (let passed = 0; passed < 3_000; passed += 100, pass(100)) {
      expect(await find('a', HOUR)).toBe('keys_unavailable')
    }
    expect(fetches()).toBe(3)
    expect(events).toEqual(['refresh_failed'])
    lists('a')
    expect(await find('a')).toBe('a')
  })

  it('takes what rejects or throws for a failure', async () => {
    const { find } = createSet()
    answer = () => Promise.reject(new Error('no'))
    expect(await find('a')).toBe('keys_unavailable')
    pass(1_000)
    answer = () => {
      throw new Error('no')
    }
    expect(await find('a')).toBe('keys_unavailable')
    pass(1_000)
    lists('a')
    expect(await find('a')).toBe('a')
  })

  it('gives a fetch 2.5 s, and a waiter no more than its own deadline', async () => {
    hangs()
    const { find, fetches } = createSet()
    const controller = new AbortController()
    const hasty = find('a', 0, controller.signal)
    const patient = find('a')
    controller.abort()
    expect(await hasty).toBe('keys_unavailable')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    vi.advanceTimersByTime(2_499)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    vi.advanceTimersByTime(1)
    expect(await patient).toBe('keys_unavailable')
    expect([signals.map(({ aborted }) => aborted), fetches()]).toEqual([[true], 1])
  })
})

describe('a refresh', () => {
  it.each([
    [0, 10 * MINUTE],
    [1, 9 * MINUTE],
  ])(
    'is started by the first use after 9 to 10 minutes (random %d), and nobody waits for it',
    async (random, after) => {
      const { set, find, fetches, settled } = createSet({ random: () => random })
      await find('a')
      pass(after - 1)
      set.peek('a')
      set.tend(wall, monotonic)
      expect(fetches()).toBe(1)
      pass(1)
      const finish = hangs()
      expect([set.peek('a')?.kid, await find('a'), fetches()]).toEqual(['a', 'a', 2])
      set.tend(wall, monotonic)
      expect(fetches()).toBe(2)
      finish('ab')
      await settled()
      expect([set.peek('b')?.kid, vi.getTimerCount()]).toEqual(['b', 0])
    },
  )

  it('is started by tend alone', async () => {
    const { set, find, fetches } = createSet()
    await find('a')
    pass(10 * MINUTE)
    set.tend(wall, monotonic)
    expect(fetches()).toBe(2)
  })

  it.each([
    ['a failure', () => Promise.resolve({ status: 'unavailable' } as const)],
    [
      'nothing usable',
      () => Promise.resolve({ status: 'answered', body: { keys: [{}] }, isFromCache: false } as const),
    ],
    ['an old copy', () => Promise.resolve({ status: 'answered', body: jwks('b'), isFromCache: true } as const)],
  ])('that gives %s changes no key, and comes again after 30 s', async (_, reply) => {
    const { set, find, fetches, settled } = createSet()
    await find('a')
    const { generation } = set
    pass(10 * MINUTE)
    answer = reply
    for (let passed = 0; passed < 2 * MINUTE; passed += 1_000, pass(1_000)) {
      expect([await find('a'), set.generation]).toEqual(['a', generation])
      await settled()
    }
    expect(fetches()).toBe(1 + 4)
    expect(events).toEqual(['refresh_failed'])
  })

  it('replaces the set whole, and tells by its generation that a key has left', async () => {
    lists('ab')
    const { set, find, settled } = createSet()
    await find('a')
    const [a, b, { generation }] = [set.peek('a')!, set.peek('b')!, set]

    lists('abc')
    pass(10 * MINUTE)
    set.peek('a')
    await settled()
    // A key more harms nobody; the others are the very same.
    expect([set.generation, set.peek('a') === a, set.isListed(b)]).toEqual([generation, true, true])

    lists('bc')
    pass(10 * MINUTE)
    set.peek('a')
    await settled()
    expect(set.generation).not.toBe(generation)
    expect([set.isListed(a), set.isListed(b), set.peek('a')]).toEqual([false, true, undefined])
    expect(await find('a', MINUTE)).toBe('unknown_key')
  })

  it('lets another key of the same id take its place', async () => {
    const { set, find, settled } = createSet()
    await find('a')
    const a = set.peek('a')!
    answer = () =>
      Promise.resolve({
        status: 'answered',
        body: { keys: [{ kty: 'RSA', kid: 'a', n: moduli[1], e: 'AQAB' }] },
        isFromCache: false,
      })
    pass(10 * MINUTE)
    set.peek('a')
    await settled()
    expect([set.isListed(a), set.peek('a')?.modulus]).toEqual([false, moduli[1]])
  })
})

describe('an outage', () => {
  it('leaves the keys for 24 hours, to the millisecond', async () => {
    const { set, find, fetches, settled } = createSet()
    await find('a')
    const { generation } = set
    fails()
    for (let passed = MINUTE; passed < 24 * HOUR; passed += MINUTE) {
      pass(MINUTE)
      expect(set.peek('a')?.kid).toBe('a')
      await settled()
    }
    pass(MINUTE - 1)
    expect([set.peek('a')?.kid, set.generation]).toEqual(['a', generation])
    await settled()
    const before = fetches()
    pass(1)
    // A hit in memory sees it too.
    set.tend(wall, monotonic)
    expect(set.generation).not.toBe(generation)
    expect([set.peek('a'), await find('a', HOUR), fetches()]).toEqual([undefined, 'keys_unavailable', before])
    expect(events).toEqual(['refresh_failed', 'lapsed'])
    pass(1_000)
    lists('a')
    expect(await find('a')).toBe('a')
    fails()
    pass(10 * MINUTE)
    set.peek('a')
    await settled()
    expect(events).toEqual(['refresh_failed', 'lapsed', 'refresh_failed'])
  })
})

describe('an outage of which a single clock tells', () => {
  it.each(['wall', 'monotonic'] as const)(
    'ends the keys after 24 hours of the %s clock, right after a retry too',
    async (which) => {
      const { set, find, settled } = createSet()
      await find('a')
      fails()
      const shift = (by: number): void => {
        if (which === 'wall') wall += by
        else monotonic += by
      }
      shift(24 * HOUR - 10_000)
      expect(set.peek('a')?.kid).toBe('a')
      await settled()
      shift(9_999)
      expect(set.peek('a')?.kid).toBe('a')
      shift(1)
      expect(set.peek('a')).toBeUndefined()
    },
  )
})

describe('an unknown id', () => {
  it('is refused without a fetch when its token is older than the last good fetch', async () => {
    const { find, fetches } = createSet()
    await find('a')
    pass(MINUTE)
    expect(await Promise.all(Array.from({ length: 10_000 }, (_, at) => find(`k${at}`, MINUTE + 5_000)))).toEqual(
      Array.from({ length: 10_000 }, () => 'unknown_key'),
    )
    expect(fetches()).toBe(1)
    expect(await find('b', MINUTE + 4_000)).toBe('unknown_key')
    expect(fetches()).toBe(2)
  })

  it('works at once after a rotation', async () => {
    const { find, fetches } = createSet()
    await find('a')
    pass(1_000)
    lists('ab')
    expect([await find('b'), fetches()]).toEqual(['b', 2])
  })

  it('causes three fetches at once, then one in 5 s, and is keys_unavailable in between', async () => {
    const { set, find, fetches } = createSet()
    await find('a')
    const found: string[] = []
    for (let at = 0; at < 5; at++) found.push(await find(`k${at}`))
    expect(found).toEqual(['unknown_key', 'unknown_key', 'unknown_key', 'keys_unavailable', 'keys_unavailable'])
    expect(fetches()).toBe(4)
    pass(4_999)
    expect([await find('k'), fetches()]).toEqual(['keys_unavailable', 4])
    pass(1)
    lists('ab')
    expect([await find('b'), fetches(), set.stats().keys]).toEqual(['b', 5, 2])
  })

  it('shares one fetch with all that come while it is on its way, and at most one more', async () => {
    const { find, fetches } = createSet()
    await find('a')
    const flood = Array.from({ length: 1_024 }, (_, at) => find(`k${at}`))
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['unknown_key']))
    expect(fetches()).toBe(3)
  })

  it('is not settled by a fetch that began before the key was listed', async () => {
    const { set, find, fetches, settled } = createSet()
    await find('a')
    pass(10 * MINUTE)
    const finish = hangs()
    set.peek('a')
    pass(6_000)
    const young = find('b')
    const old = find('b', 20_000)
    lists('ab')
    finish('a')
    // For the one the refresh under way is answer enough, for the other it is not.
    expect(await old).toBe('unknown_key')
    expect(await young).toBe('b')
    await settled()
    expect(fetches()).toBe(3)
  })

  it('is keys_unavailable when the fetch fails, not unknown', async () => {
    const { find } = createSet()
    await find('a')
    fails()
    expect(await find('b')).toBe('keys_unavailable')
  })

  it('takes no place in memory', async () => {
    const { set, find } = createSet()
    await find('a')
    for (let at = 0; at < 100; at++) await find(`k${at}`)
    expect(set.stats().keys).toBe(1)
  })

  it('has a second of leeway at least, because iat is in whole seconds', async () => {
    wall += 900
    const { find } = createSet({ clockSkew: 1 })
    await find('a')
    lists('ab')
    expect(await find('b')).toBe('b')
  })
})

describe('an answer of a cache', () => {
  it('serves a cold start, but settles nothing, and is replaced by the next answer', async () => {
    lists('a', true)
    const { set, find, fetches, settled } = createSet()
    expect(await find('a')).toBe('a')
    expect(await find('b', HOUR)).toBe('keys_unavailable')
    lists('ac', true)
    expect(await find('c', HOUR)).toBe('c')
    lists('b')
    pass(30_000)
    set.peek('a')
    await settled()
    expect([set.peek('a'), set.peek('b')?.kid, await find('a', MINUTE), fetches()]).toEqual([
      undefined,
      'b',
      'unknown_key',
      4,
    ])
  })
})

describe('clocks', () => {
  it('refreshes once when the wall clock steps an hour ahead, and not at all when it steps back', async () => {
    const { set, find, fetches, settled } = createSet()
    await find('a')
    wall += HOUR
    for (let at = 0; at < 10; at++) {
      set.peek('a')
      await settled()
      pass(1_000)
    }
    expect(fetches()).toBe(2)
    wall -= 2 * HOUR
    set.peek('a')
    expect(fetches()).toBe(2)
    pass(10 * MINUTE)
    set.peek('a')
    expect(fetches()).toBe(3)
  })

  it('retries no more often when the wall clock steps while Hanko is down', async () => {
    const { set, find, fetches, settled } = createSet()
    await find('a')
    fails()
    wall += HOUR
    for (let at = 0; at < 29; at++) {
      set.peek('a')
      await settled()
      pass(1_000)
    }
    expect(fetches()).toBe(2)
  })

  it('knows by the wall clock that the machine slept', async () => {
    const { set, find, fetches } = createSet()
    await find('a')
    wall += 10 * MINUTE
    set.peek('a')
    expect(fetches()).toBe(2)
  })

  it('still finds a rotated key after the wall clock was set back', async () => {
    const { find } = createSet()
    await find('a')
    pass(1_000)
    wall -= HOUR
    lists('ab')
    expect(await find('b')).toBe('b')
  })
})

describe('what somebody else fetched', () => {
  it('counts as a fetch of its own', async () => {
    const { set, find, fetches } = createSet()
    expect(await set.accept(jwks('ab'), { wall, monotonic })).toBe(true)
    expect([await find('a'), await find('c', MINUTE), fetches()]).toEqual(['a', 'unknown_key', 0])
    expect(await set.accept({ keys: [] }, { wall, monotonic })).toBe(false)
    expect(set.peek('a')?.kid).toBe('a')
  })

  it('never replaces a set that was asked for later', async () => {
    const { set, find } = createSet()
    const sentAt = { wall, monotonic }
    pass(1)
    await find('a')
    await set.accept(jwks('b'), sentAt)
    expect([set.peek('a')?.kid, set.peek('b')]).toEqual(['a', undefined])
  })
})

describe('a private key in the set', () => {
  it('is said once', async () => {
    const body = { keys: [{ ...(jwks('a')['keys'] as object[])[0], d: 'x' }] }
    answer = () => Promise.resolve({ status: 'answered', body, isFromCache: false })
    const { set, find, settled } = createSet()
    expect(await find('a')).toBe('a')
    pass(10 * MINUTE)
    set.peek('a')
    await settled()
    expect(events).toEqual(['private_key'])
  })
})

describe('closing', () => {
  it('ends the fetch and all who wait for it, says nothing, and asks no more', async () => {
    hangs()
    const { set, find, fetches } = createSet()
    const waiting = find('a')
    set.close()
    expect(await waiting).toBe('keys_unavailable')
    expect([signals[0]?.aborted, vi.getTimerCount(), events]).toEqual([true, 0, []])
    pass(HOUR)
    expect([await find('a'), fetches(), await set.accept(jwks('a'), { wall, monotonic })]).toEqual([
      'keys_unavailable',
      1,
      false,
    ])
  })

  it('lets go of the keys', async () => {
    const { set, find } = createSet()
    await find('a')
    const a = set.peek('a')!
    const { generation } = set
    set.close()
    expect([set.peek('a'), set.isListed(a), set.generation === generation]).toEqual([undefined, false, false])
  })
})
