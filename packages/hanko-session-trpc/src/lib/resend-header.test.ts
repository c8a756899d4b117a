import { describe, expect, it } from 'vitest'
import { readResends, writeResends } from './resend-header.ts'

describe('the header of calls that are sent again', () => {
  it('has a marker for each path, once, and none for others', () => {
    const header = writeResends([
      { path: 'notes.clear', marker: 'aa' },
      { path: 'me', marker: 'aa' },
      { path: 'notes.clear', marker: 'aa' },
      { path: 'notes.clear', marker: 'bb' },
    ])
    expect(header).toBe('notes.clear=aa, me=aa, notes.clear=bb')
    expect(readResends(header, 'notes.clear')).toEqual(['aa', 'bb'])
    expect(readResends(header, 'me')).toEqual(['aa'])
    for (const other of ['notes', 'clear', 'notes.clea', 'e', '']) expect(readResends(header, other)).toEqual([])
  })

  it('keeps any path to itself', () => {
    for (const path of ['a,b', 'a=b', ' a', 'ä', 'a%2Cb', 'a\r\nb']) {
      const header = writeResends([{ path, marker: 'aa' }])
      expect(header).toMatch(/^[\x21-\x7e]+=aa$/)
      expect(readResends(header, path)).toEqual(['aa'])
      expect(readResends(header, 'a')).toEqual([])
    }
  })

  it('takes values that a proxy has joined in its own way', () => {
    expect(readResends('a=1,b=2 ,  a=3', 'a')).toEqual(['1', '3'])
  })
})
