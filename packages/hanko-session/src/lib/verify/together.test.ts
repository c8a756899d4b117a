import { describe, expect, it } from 'vitest'
import { createTogether } from './together.ts'

/** Counts how often it was found out. */
function createCounter() {
  let count = 0
  return { find: () => Promise.resolve(++count), at: () => count }
}

const allOf = <T>(...found: (T | Promise<T>)[]) => Promise.all(found.map((one) => Promise.resolve(one)))

describe('createTogether', () => {
  it('finds out once for all that begin in one turn with nothing in between', async () => {
    const together = createTogether<number>()
    const { find, at } = createCounter()
    const found = await allOf(...[1, 2, 3].map((order) => together('a', order, find)))
    expect([found, at()]).toEqual([[1, 1, 1], 1])
  })

  it('finds out again after a call or a revocation, which draw a number too', async () => {
    const together = createTogether<number>()
    const { find } = createCounter()
    expect(await allOf(together('a', 1, find), together('a', 3, find))).toEqual([1, 2])
  })

  it('finds out again in the next turn, whose time is up later', async () => {
    const together = createTogether<number>()
    const { find } = createCounter()
    const first = together('a', 1, find)
    await Promise.resolve()
    expect(await allOf(first, together('a', 2, find))).toEqual([1, 2])
  })

  it('finds out for every text by itself, and for what is known at once every time', async () => {
    const together = createTogether<number>()
    const { find } = createCounter()
    expect(await allOf(together('a', 1, find), together('b', 2, find), together('b', 3, find))).toEqual([1, 2, 2])
    expect([together('c', 4, () => 7), together('c', 5, () => 8)]).toEqual([7, 8])
  })
})
