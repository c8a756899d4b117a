import { describe, expect, it, vi } from 'vitest'
import { createBulkhead, type Turn } from './bulkhead.ts'

const never = new AbortController().signal

/** With names for the calls, and the order in which they came to their turn. */
function createTestBulkhead(maxInFlight: number, maxWaiting: number) {
  const bulkhead = createBulkhead({ maxInFlight, maxWaiting, backgroundShare: 0.5 })
  const turns: string[] = []
  const come = (name: string, isBackground = false, signal = never) =>
    bulkhead
      .enter(signal, isBackground)
      .then((turn: Turn) => void turns.push(turn === 'slot' ? name : `${name} ${turn}`))
  const settled = () => new Promise(setImmediate)
  return { bulkhead, turns, come, settled }
}

describe('createBulkhead', () => {
  it('lets as many in as there are slots, and the others one by one, first come first served', async () => {
    const { bulkhead, turns, come, settled } = createTestBulkhead(2, 10)
    for (const name of ['a', 'b', 'c', 'd', 'e']) void come(name)
    await settled()
    expect([turns, bulkhead.stats()]).toEqual([['a', 'b'], { inFlight: 2, waiting: 3 }])
    bulkhead.leave(never, false)
    await settled()
    expect([turns, bulkhead.stats()]).toEqual([['a', 'b', 'c'], { inFlight: 2, waiting: 2 }])
    bulkhead.leave(never, false)
    bulkhead.leave(never, false)
    await settled()
    expect(turns).toEqual(['a', 'b', 'c', 'd', 'e'])
    for (let slot = 0; slot < 2; slot++) bulkhead.leave(never, false)
    expect(bulkhead.stats()).toEqual({ inFlight: 0, waiting: 0 })
  })

  it('hands a slot to who waits before anybody who comes in the meantime', async () => {
    const { bulkhead, turns, come, settled } = createTestBulkhead(1, 10)
    void come('a')
    void come('b')
    bulkhead.leave(never, false)
    void come('c')
    await settled()
    expect(turns).toEqual(['a', 'b'])
  })

  it('refuses at once when the line is full', async () => {
    const { bulkhead, turns, come, settled } = createTestBulkhead(1, 2)
    for (const name of ['a', 'b', 'c', 'd']) void come(name)
    await settled()
    expect([turns, bulkhead.stats()]).toEqual([['a', 'd full'], { inFlight: 1, waiting: 2 }])
  })

  it('lets go of who is aborted in the line, and takes the listener off', async () => {
    const { bulkhead, turns, come, settled } = createTestBulkhead(1, 2)
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    void come('a')
    void come('b', false, controller.signal)
    void come('c')
    await settled()
    controller.abort()
    void come('d', false, controller.signal)
    await settled()
    expect([turns, bulkhead.stats()]).toEqual([['a', 'b aborted', 'd aborted'], { inFlight: 1, waiting: 1 }])
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
    bulkhead.leave(never, false)
    await settled()
    expect(turns.at(-1)).toBe('c')
  })

  it('refuses all who wait, and not who is in', async () => {
    const { bulkhead, turns, come, settled } = createTestBulkhead(2, 10)
    for (const name of ['a', 'b', 'c']) void come(name)
    void come('r', true)
    bulkhead.refuseAll()
    await settled()
    expect(turns.toSorted()).toEqual(['a', 'b', 'c refused', 'r refused'])
    expect(bulkhead.stats()).toEqual({ inFlight: 2, waiting: 0 })
  })

  describe('in the background', () => {
    it('gives at most half of the slots', async () => {
      const { bulkhead, turns, come, settled } = createTestBulkhead(4, 10)
      for (const name of ['r1', 'r2', 'r3']) void come(name, true)
      await settled()
      expect([turns, bulkhead.stats()]).toEqual([['r1', 'r2'], { inFlight: 2, waiting: 1 }])
      void come('a')
      void come('b')
      await settled()
      expect(turns).toEqual(['r1', 'r2', 'a', 'b'])
      bulkhead.leave(never, false) // a user's slot is none for it while half are taken
      await settled()
      expect(bulkhead.stats()).toEqual({ inFlight: 3, waiting: 1 })
      bulkhead.leave(never, true)
      await settled()
      expect(turns.at(-1)).toBe('r3')
    })

    it('gives one of one', async () => {
      const { turns, come, settled } = createTestBulkhead(1, 10)
      void come('r', true)
      await settled()
      expect(turns).toEqual(['r'])
    })

    it('serves users first, though they came later', async () => {
      const { bulkhead, turns, come, settled } = createTestBulkhead(1, 10)
      void come('a')
      void come('r', true)
      void come('b')
      await settled()
      bulkhead.leave(never, false)
      bulkhead.leave(never, false)
      await settled()
      expect(turns).toEqual(['a', 'b', 'r'])
    })

    it('makes room for a user in a full line: the oldest goes', async () => {
      const { bulkhead, turns, come, settled } = createTestBulkhead(1, 2)
      void come('a')
      void come('r1', true)
      void come('r2', true)
      void come('r3', true)
      void come('b')
      await settled()
      expect(turns).toEqual(['a', 'r3 full', 'r1 full'])
      bulkhead.leave(never, false)
      bulkhead.leave(never, false)
      await settled()
      expect(turns.slice(3)).toEqual(['b', 'r2'])
    })
  })

  it('empties a line of a thousand in order', async () => {
    const { bulkhead, turns, come, settled } = createTestBulkhead(64, 1_024)
    const names = Array.from({ length: 1_088 }, (_, index) => String(index))
    for (const name of names) void come(name)
    void come('last')
    await settled()
    expect([turns.length, turns.at(-1)]).toEqual([65, 'last full'])
    for (let slot = 0; slot < 1_088; slot++) {
      bulkhead.leave(never, false)
      expect(bulkhead.stats().inFlight).toBeLessThanOrEqual(64)
    }
    await settled()
    expect(turns.filter((turn) => turn !== 'last full')).toEqual(names)
    expect(bulkhead.stats()).toEqual({ inFlight: 0, waiting: 0 })
  })
})
