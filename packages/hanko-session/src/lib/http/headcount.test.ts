import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createHeadcount } from './headcount.ts'

describe('createHeadcount', () => {
  it('counts who came and has not left, and forgets who stays longer than anybody may', () => {
    let now = 0
    const headcount = createHeadcount({ monotonic: () => now }, 100)
    const [first, second] = [{}, {}]
    headcount.add(first)
    now = 60
    headcount.add(second)
    headcount.add({})
    headcount.delete(second)
    expect(headcount.size).toBe(2)
    now = 100
    expect(headcount.size).toBe(2)
    now = 101
    expect(headcount.size).toBe(1)
    headcount.delete(first) // it is late, and counted no more
    expect(headcount.size).toBe(1)
    now = 161
    expect(headcount.size).toBe(0)
  })

  it('holds nobody who has gone, though nobody asks how many there are', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    let now = 0
    const headcount = createHeadcount({ monotonic: () => now }, 100)
    const come = (): WeakRef<object> => {
      const who = {}
      headcount.add(who)
      return new WeakRef(who)
    }
    const early = come()
    now += 50
    const late = come()
    now += 51
    headcount.add({})
    await new Promise((resolve) => setImmediate(resolve)) // what was looked at in a turn stays for the rest of it
    collectGarbage()
    expect([early.deref(), late.deref()]).toEqual([undefined, {}])
  })
})
