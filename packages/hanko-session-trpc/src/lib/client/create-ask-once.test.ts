import { describe, expect, it } from 'vitest'
import { withResolvers } from '../../../test/with-resolvers.ts'
import { createAskOnce } from './create-ask-once.ts'

describe('createAskOnce', () => {
  it('asks at once, and once for all that were sent before the answer, however late they come', async () => {
    const askOnce = createAskOnce()
    const asked: string[] = []
    const answer = withResolvers<boolean>()
    const question = (): Promise<boolean> => (asked.push('asked'), answer.promise)
    const before = askOnce.now()
    const first = askOnce.ask('a', question, before)
    expect(asked).toEqual(['asked'])
    const second = askOnce.ask('a', question, before)
    answer.resolve(true)
    expect([await first, await second]).toEqual([true, true])
    expect(await askOnce.ask('a', question, before)).toBe(true)
    expect(asked).toHaveLength(1)

    const after = askOnce.now()
    await askOnce.ask('a', question, after)
    expect(asked).toHaveLength(2)
  })

  it('shares an answer that comes without a promise as well', async () => {
    const askOnce = createAskOnce()
    let asked = 0
    const before = askOnce.now()
    for (let call = 0; call < 3; call++) await askOnce.ask('a', () => (asked++, false), before)
    expect(asked).toBe(1)
  })

  it('asks for each key by itself', async () => {
    const askOnce = createAskOnce()
    const answers = [askOnce.ask('a', () => true, 0), askOnce.ask('b', () => false, 0)]
    expect(await Promise.all(answers)).toEqual([true, false])
  })

  it('makes an answer of what is thrown, for all who share it, and asks the next', async () => {
    const askOnce = createAskOnce()
    const before = askOnce.now()
    const fail = (): never => {
      throw new Error('the dialog broke')
    }
    for (let call = 0; call < 2; call++)
      await expect(askOnce.ask('a', fail, before)).rejects.toThrow('the dialog broke')
    expect(await askOnce.ask('a', () => true, askOnce.now())).toBe(true)
  })
})
