import { describe, expect, it } from 'vitest'
import { toSignatureKey } from '../cache/memory.ts'
import { createByText } from './by-text.ts'

const signature = 'abcdefghijklmnopqrstuvwxyz'.repeat(4)
const [one, other] = [`h.one.${signature}`, `h.other.${signature}`]

describe('createByText', () => {
  it('finds what was put there for the same text, until it is deleted', () => {
    const things = createByText<number>()
    things.set(one, 1)
    expect(things.get(`${one.slice(0, 20)}${one.slice(20)}`)).toBe(1)
    things.delete(one)
    expect(things.get(one)).toBeUndefined()
  })

  it('never finds what belongs to another text of the same signature, nor displaces it', () => {
    expect(toSignatureKey(one)).toBe(toSignatureKey(other))
    const things = createByText<number>()
    things.set(one, 1)
    expect(things.get(other)).toBeUndefined()
    things.set(other, 2)
    expect([things.get(one), things.get(other)]).toEqual([1, undefined])
    things.delete(other)
    expect(things.get(one)).toBe(1)
  })
})
