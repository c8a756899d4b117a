import { describe, expect, it } from 'vitest'
import { createSeenTokens, digestToken } from './seen-tokens.ts'

describe('createSeenTokens', () => {
  it('keeps a token until it would be refused anyway, and forgets it with the next', () => {
    let now = 1_000
    const seen = createSeenTokens({ now: () => now })
    seen.add('a', 2_000)
    seen.add('b', 3_000)
    now = 1_999
    seen.add('c', 4_000)
    expect([seen.has('a'), seen.size]).toEqual([true, 3])
    now = 2_000
    seen.add('d', 5_000)
    expect([seen.has('a'), seen.has('b'), seen.size]).toEqual([false, true, 3])
  })

  it('forgets the oldest when full, instead of growing or refusing', () => {
    const seen = createSeenTokens({ now: () => 0 }, 2)
    for (const digest of ['a', 'b', 'c']) seen.add(digest, 1)
    expect([seen.has('a'), seen.has('b'), seen.has('c'), seen.size]).toEqual([false, true, true, 2])
  })
})

describe('digestToken', () => {
  it('is as long for any token, and another for each', async () => {
    const digests = await Promise.all(['a', 'b', 'a'.repeat(60_000)].map(digestToken))
    expect([digests.map((digest) => digest.length), new Set(digests).size]).toEqual([[32, 32, 32], 3])
  })
})
