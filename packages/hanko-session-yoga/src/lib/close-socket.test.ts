import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closeSocketWhenIdle } from './close-socket.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A socket that notes how it is closed, and what runs on it. */
function createSocket(...running: string[]) {
  const closed: unknown[] = []
  const subscriptions: Record<string, unknown> = Object.fromEntries(running.map((id) => [id, null]))
  return { socket: { close: (...how: unknown[]) => void closed.push(how) }, subscriptions, closed }
}

describe('closeSocketWhenIdle', () => {
  it.each([
    ['revoked', 4401, 'Signed out'],
    ['expired', 4401, 'Signed out'],
    ['step_up_required', 4403, 'Sign in again'],
    ['forbidden', 4403, 'Sign in again'],
    ['upstream_unavailable', 1013, 'Try again later'],
    ['upstream_timeout', 1013, 'Try again later'],
  ] as const)('says why: %s is %d', (reason, code, words) => {
    const { closed, ...context } = createSocket()
    closeSocketWhenIdle(context, { reason })
    vi.runAllTimers()
    expect(closed).toEqual([[code, words]])
  })

  it('finds the socket where the recipes without `socket` leave it, too', () => {
    const { closed, socket, subscriptions } = createSocket()
    closeSocketWhenIdle({ extra: { socket }, subscriptions }, { reason: 'revoked' })
    vi.runAllTimers()
    expect(closed).toHaveLength(1)
  })

  it('waits for a last word that is still on its way', () => {
    const { closed, ...context } = createSocket('1')
    closeSocketWhenIdle(context, { reason: 'revoked' })
    vi.advanceTimersByTime(50)
    expect(closed).toEqual([])
    delete context.subscriptions['1']
    vi.runAllTimers()
    expect(closed).toHaveLength(1)
  })

  it('leaves a socket alone that is used, or of which nobody can tell', () => {
    const { closed, ...context } = createSocket('1')
    closeSocketWhenIdle(context, { reason: 'revoked' })
    closeSocketWhenIdle({ socket: context.socket }, { reason: 'revoked' })
    for (const without of [undefined, null, {}, { subscriptions: {} }, { socket: {}, subscriptions: {} }])
      closeSocketWhenIdle(without, { reason: 'revoked' })
    vi.runAllTimers()
    expect(closed).toEqual([])
  })
})
