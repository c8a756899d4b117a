import { describe, expect, it } from 'vitest'
import { createBackOff } from './create-back-off.ts'

function start(random = 0.5) {
  const slept: number[] = []
  const wakers: (() => void)[] = []
  const backOff = createBackOff({
    sleep: (milliseconds) => (slept.push(milliseconds), new Promise((wake) => wakers.push(wake))),
    random: () => random,
  })
  return { backOff, slept, wake: () => wakers.splice(0).forEach((wake) => wake()) }
}

describe('createBackOff', () => {
  it('waits anywhere in a window that doubles, to ten seconds', () => {
    const { backOff, slept } = start()
    for (let retries = 0; retries < 7; retries++) void backOff(retries)
    expect(slept).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
    const early = start(0)
    void early.backOff(6)
    expect(early.slept).toEqual([0])
  })

  it('waits on top of what the server asks for, and not at all when that is too much', () => {
    const { backOff, slept } = start()
    void backOff(0, 2_000)
    void backOff(0, 30_000)
    expect(slept).toEqual([2_250, 30_250])
    expect(backOff(0, 30_001)).toBeUndefined()
  })

  it('lets calls that fail together wait together, and later ones by themselves', async () => {
    const { backOff, slept, wake } = start()
    const waits = [backOff(0), backOff(0), backOff(0, 1_000), backOff(1)]
    expect(slept).toHaveLength(3)
    wake()
    for (const wait of waits) await wait
    void backOff(0)
    expect(slept).toHaveLength(4)
  })
})
