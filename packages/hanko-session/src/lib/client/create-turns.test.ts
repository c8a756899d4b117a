import { describe, expect, it } from 'vitest'
import { withResolvers } from '../../../test/with-resolvers.ts'
import { createTurns } from './create-turns.ts'

describe('createTurns', () => {
  it('asks at once, then one at a time and in order, whatever the answers', async () => {
    const inTurn = createTurns()
    const asked: string[] = []
    const answers = [withResolvers<boolean>(), withResolvers<boolean>()] as const
    const first = inTurn(async () => {
      asked.push('first')
      await answers[0].promise
      throw new Error('closed')
    })
    expect(asked).toEqual(['first'])
    const second = inTurn(() => (asked.push('second'), answers[1].promise))
    const third = inTurn(() => (asked.push('third'), true))
    answers[0].resolve(true)
    await expect(first).rejects.toThrow('closed')
    await Promise.resolve()
    expect(asked).toEqual(['first', 'second'])
    answers[1].resolve(false)
    expect([await second, await third]).toEqual([false, true])
    expect(asked).toEqual(['first', 'second', 'third'])
  })

  it('asks at once again when nobody waits, and gives what a question throws as its answer', async () => {
    const inTurn = createTurns()
    const throwing = (): boolean => {
      throw new Error('no')
    }
    await expect(inTurn(throwing)).rejects.toThrow('no')
    const asked: string[] = []
    await inTurn(() => asked.push('first'))
    void inTurn(() => asked.push('second'))
    expect(asked).toEqual(['first', 'second'])
  })
})
