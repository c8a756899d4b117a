import { beforeEach, describe, expect, it } from 'vitest'
import { createTombstones, type SessionIdentity } from './tombstones.ts'

const NOW = 1_790_000_000
const LIFE = 95_000

let seconds: number
let order: number
const clock = { now: () => seconds * 1_000, monotonic: () => seconds * 1_000 }

beforeEach(() => {
  seconds = NOW
  order = 0
})

const make = (life = LIFE, capacity = 100) =>
  createTombstones({ clock, life, userLife: 30 * 86_400_000, clockSkew: 5_000, capacity, nextOrder: () => ++order })

const session = (sessionId: string, userId = 'ada', issuedAt = NOW - 100): SessionIdentity => ({
  sessionId,
  userId,
  issuedAt,
  expiresAt: NOW + 36_000,
})
const CLEAN = { askedAfter: 0 }

describe('a tombstone of a session', () => {
  it('is for that session, not for a user of the same id, nor for other sessions', () => {
    const stones = make()
    stones.endSession('x')
    expect(stones.judge(session('x'))).toBe('revoked')
    expect(stones.judge(session('y'))).toEqual(CLEAN)
    expect(stones.judge(session('y', 'x'))).toEqual(CLEAN)
    stones.endSession('__proto__')
    expect(stones.judge(session('constructor'))).toEqual(CLEAN)
  })

  it('lives for its time, and then Hanko is asked again', () => {
    const stones = make()
    stones.endSession('x')
    seconds += 95
    expect(stones.judge(session('x'))).toBe('revoked')
    seconds += 1
    expect(stones.judge(session('x'))).toEqual(CLEAN)
  })

  it.each([
    ['a machine that sleeps', { now: LIFE + 1, monotonic: 0 }],
    ['a wall clock that is set back', { now: -3_600_000, monotonic: LIFE + 1 }],
  ])('is as old as the clock says that says more: %s', (_, passed) => {
    const time = { now: NOW * 1_000, monotonic: 7_000 }
    const stones = createTombstones({
      clock: { now: () => time.now, monotonic: () => time.monotonic },
      life: LIFE,
      userLife: 1,
      clockSkew: 5_000,
      capacity: 10,
      nextOrder: () => ++order,
    })
    stones.endSession('x')
    expect(stones.judge(session('x'))).toBe('revoked')
    time.now += passed.now
    time.monotonic += passed.monotonic
    expect(stones.judge(session('x'))).toEqual(CLEAN)
  })

  it('with no bound lives until the exp of its session, a user’s 30 days', () => {
    const stones = make(Number.POSITIVE_INFINITY)
    stones.endSession('x', NOW + 3_600)
    stones.endUser('bob', NOW, NOW)
    seconds += 3_599
    expect(stones.judge(session('x'))).toBe('revoked')
    seconds += 1
    expect(stones.judge(session('x'))).toEqual(CLEAN)
    seconds = NOW + 30 * 86_400 - 1
    expect(stones.judge(session('y', 'bob'))).toBe('revoked')
    seconds += 1
    expect(stones.judge(session('y', 'bob'))).toEqual(CLEAN)
  })
})

describe('a tombstone of a user', () => {
  it('refuses what began before, asks about what began up to the second time, and leaves later sessions alone', () => {
    const stones = make()
    order = 7
    stones.endUser('ada', NOW - 5, NOW + 5)
    expect(stones.judge(session('s', 'ada', NOW - 6))).toBe('revoked')
    expect(stones.judge(session('s', 'ada', NOW - 5))).toEqual({ askedAfter: 8 })
    expect(stones.judge(session('s', 'ada', NOW + 5))).toEqual({ askedAfter: 8 })
    expect(stones.judge(session('s', 'ada', NOW + 6))).toEqual(CLEAN)
    expect(stones.judge(session('s', 'bob', NOW - 6))).toEqual(CLEAN)
  })

  it('is not taken back by one about an earlier time', () => {
    const stones = make()
    stones.endUser('ada', NOW, NOW)
    stones.endUser('ada', NOW - 50, NOW - 50)
    expect(stones.judge(session('s', 'ada', NOW - 1))).toBe('revoked')
    expect(stones.size).toBe(1)
  })
})

describe('many tombstones', () => {
  it('are never evicted early: the oldest fold into a watermark, and older answers are asked for again', () => {
    const stones = make(LIFE, 2)
    stones.endSession('a') // 1
    stones.endSession('b') // 2
    expect(stones.judge(session('other'))).toEqual(CLEAN)
    stones.endSession('c') // 3
    expect(stones.size).toBe(2)
    expect(stones.judge(session('a'))).toEqual({ askedAfter: 1 })
    expect(stones.judge(session('other'))).toEqual({ askedAfter: 1 })
    expect([stones.judge(session('b')), stones.judge(session('c'))]).toEqual(['revoked', 'revoked'])
    stones.endSession('b') // 4: stands last again
    stones.endSession('d') // 5
    expect(stones.judge(session('b'))).toBe('revoked')
    expect(stones.judge(session('c'))).toEqual({ askedAfter: 3 })
  })

  it('with no bound, ask again about every session that was issued before, by a clock of Hanko’s that may be ahead', () => {
    const stones = make(Number.POSITIVE_INFINITY, 1)
    stones.endSession('a', NOW + 3_600)
    seconds += 10
    stones.endSession('b', NOW + 3_600)
    for (const issuedAt of [NOW, NOW + 5]) {
      expect(stones.judge(session('a', 'ada', issuedAt))).toEqual({ askedAfter: 1 })
      expect(stones.judge(session('other', 'ada', issuedAt))).toEqual({ askedAfter: 1 })
    }
    expect(stones.judge(session('other', 'ada', NOW + 6))).toEqual(CLEAN)
  })

  it('with no bound, ask again about every session that a user’s was about', () => {
    const stones = make(Number.POSITIVE_INFINITY, 1)
    stones.endUser('ada', NOW + 60, NOW + 60)
    stones.endSession('b', NOW + 3_600)
    expect(stones.judge(session('x', 'ada', NOW + 60))).toEqual({ askedAfter: 1 })
    expect(stones.judge(session('x', 'ada', NOW + 61))).toEqual(CLEAN)
  })

  it('let go of those whose time is over, which leave no mark', () => {
    const stones = make()
    for (let count = 0; count < 50; count++) stones.endSession(`session-${count}`)
    seconds += 96
    stones.endSession('x')
    expect(stones.size).toBe(1)
    expect(stones.judge(session('other'))).toEqual(CLEAN)
  })

  it('hold however many there are room for, and one epoch for each', () => {
    const stones = make(LIFE, 1_000)
    for (let count = 0; count < 1_000; count++) stones.endSession(`session-${count}`)
    expect([stones.size, stones.version.epoch]).toEqual([1_000, 1_000])
    for (let count = 0; count < 1_000; count++) expect(stones.judge(session(`session-${count}`))).toBe('revoked')
    expect(stones.judge(session('other'))).toEqual(CLEAN)
  })
})
