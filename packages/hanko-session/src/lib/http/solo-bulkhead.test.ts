import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSoloBulkhead } from './solo-bulkhead.ts'

const LIMITS = { maxInFlight: 2, maxWaiting: 2, backgroundShare: 0.5 }
const STAY = 2_500

let now: number
let turns: string[]
let bulkhead: ReturnType<typeof createSoloBulkhead>

beforeEach(() => {
  vi.useFakeTimers()
  now = 0
  turns = []
  bulkhead = createSoloBulkhead(LIMITS, { monotonic: () => now }, STAY)
})

afterEach(() => void vi.useRealTimers())

/** A call comes; its signal is what it leaves by. */
function come(name: string, isBackground = false): AbortController {
  const controller = new AbortController()
  void bulkhead.enter(controller.signal, isBackground).then((turn) => turns.push(`${name} ${turn}`))
  return controller
}

async function pass(milliseconds: number): Promise<void> {
  now += milliseconds
  await vi.advanceTimersByTimeAsync(milliseconds)
}

describe('createSoloBulkhead', () => {
  it('lets as many in as there are slots, has as many wait, and refuses the rest', async () => {
    const first = come('a')
    for (const name of ['b', 'c', 'd', 'e']) come(name)
    await pass(0)
    expect([turns, bulkhead.stats()]).toEqual([['a slot', 'b slot', 'e full'], { inFlight: 2, waiting: 2 }])
    bulkhead.leave(first.signal, false)
    expect(turns).toHaveLength(3) // nothing is handed over
    await pass(10)
    expect([turns.length, bulkhead.stats()]).toEqual([4, { inFlight: 2, waiting: 1 }])
  })

  it('lets nobody in before those who wait', async () => {
    const first = come('a')
    for (const name of ['b', 'c']) come(name)
    await pass(0)
    bulkhead.leave(first.signal, false)
    come('late')
    await pass(10)
    expect(turns).toEqual(['a slot', 'b slot', 'c slot'])
  })

  it('takes the slots and places of calls that never leave for free after the longest a call can take', async () => {
    for (const name of ['a', 'b']) come(name)
    await pass(STAY)
    expect(bulkhead.stats().inFlight).toBe(2)
    await pass(1)
    expect(bulkhead.stats().inFlight).toBe(0)
    come('c')
    await pass(0)
    expect(turns.at(-1)).toBe('c slot')
  })

  it('lets go of who is aborted, and leaves no timer', async () => {
    for (const name of ['a', 'b']) come(name)
    const waiting = come('c')
    await pass(0)
    waiting.abort()
    await pass(0)
    expect([turns.at(-1), bulkhead.stats().waiting, vi.getTimerCount()]).toEqual(['c aborted', 0, 0])
  })

  it('refuses all who wait, and not who comes later', async () => {
    for (const name of ['a', 'b', 'c']) come(name)
    await pass(0)
    bulkhead.refuseAll()
    come('d')
    await pass(10)
    expect(turns).toEqual(['a slot', 'b slot', 'c refused'])
    expect(bulkhead.stats()).toEqual({ inFlight: 2, waiting: 1 })
  })

  it('gives background calls their share, and has none of them wait', async () => {
    const first = come('r1', true)
    come('r2', true)
    await pass(0)
    expect(turns).toEqual(['r1 slot', 'r2 full'])
    bulkhead.leave(first.signal, true)
    come('r3', true)
    await pass(0)
    expect(turns.at(-1)).toBe('r3 slot')
  })
})
