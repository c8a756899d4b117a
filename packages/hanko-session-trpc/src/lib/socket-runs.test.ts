import { HankoAuthError, type Reason, type RequestAuth } from 'hanko-session'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withResolvers } from '../../test/with-resolvers.ts'
import { closeWithSession, countCall, countStream } from './socket-runs.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function open() {
  const auth = {} as RequestAuth<unknown> // only its identity counts
  const closed: number[] = []
  closeWithSession(auth, { close: (code) => closed.push(code) })
  return { auth, closed }
}

const ended = (reason: Reason): AbortSignal => AbortSignal.abort(new HankoAuthError({ reason }))
const LIVES = new AbortController().signal

describe('a socket', () => {
  it.each([
    ['revoked', 4401],
    ['expired', 4401],
    ['forbidden', 4403],
    ['upstream_unavailable', 1013],
    ['upstream_timeout', 1013],
    ['keys_unavailable', 1013],
  ] as const)('whose last stream ended for %s is closed with %i, after the error was sent', (reason, code) => {
    const { auth, closed } = open()
    countStream(auth)(ended(reason))
    expect(closed).toEqual([])
    vi.runAllTimers()
    expect(closed).toEqual([code])
  })

  it('is closed when the last of its streams and calls has ended', async () => {
    const { auth, closed } = open()
    const call = withResolvers<void>()
    const running = countCall(auth, () => call.promise)
    const [first, second] = [countStream(auth), countStream(auth)]
    first(ended('revoked'))
    second(ended('revoked'))
    vi.runAllTimers()
    expect(closed).toEqual([])
    call.resolve()
    await running
    vi.runAllTimers()
    expect(closed).toEqual([4401])
  })

  it('is closed when its last stream ends by itself, after another ended with the session', () => {
    const { auth, closed } = open()
    const [first, second] = [countStream(auth), countStream(auth)]
    first(ended('revoked'))
    second(LIVES)
    vi.runAllTimers()
    expect(closed).toEqual([4401])
  })

  it('stays open for a call that comes in the moment between', async () => {
    const { auth, closed } = open()
    countStream(auth)(ended('revoked'))
    const call = withResolvers<void>()
    const running = countCall(auth, () => call.promise)
    vi.runAllTimers()
    expect(closed).toEqual([])
    call.resolve()
    await running
    vi.runAllTimers()
    expect(closed).toEqual([4401])
  })

  it('stays open when something has begun to stream since: its user has signed in again', () => {
    const { auth, closed } = open()
    countStream(auth)(ended('revoked'))
    const leave = countStream(auth)
    vi.runAllTimers()
    leave(LIVES)
    vi.runAllTimers()
    expect(closed).toEqual([])
  })

  it('stays open when a stream began and was over in the moment between', () => {
    const { auth, closed } = open()
    countStream(auth)(ended('revoked'))
    countStream(auth)(LIVES)
    vi.runAllTimers()
    expect(closed).toEqual([])
  })

  it('stays open when its streams end by themselves, and when calls fail', async () => {
    const { auth, closed } = open()
    countStream(auth)(LIVES)
    await expect(countCall(auth, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    vi.runAllTimers()
    expect(closed).toEqual([])
  })

  it('is none where a request came by HTTP', async () => {
    const auth = {} as RequestAuth<unknown>
    countStream(auth)(ended('revoked'))
    expect(await countCall(auth, () => Promise.resolve('ran'))).toBe('ran')
    expect(vi.getTimerCount()).toBe(0)
  })
})
