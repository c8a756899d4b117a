import { describe, expect, it } from 'vitest'
import { isOlderId, readMessage, readMessages } from './bus-messages.ts'

const entry = ['5-1', ['n', '7', 'm', 'text']]
const message = { id: '5-1', number: 7, text: 'text' }

describe('messages of the bus', () => {
  it.each([
    ['pairs', [['bus', [entry]]]],
    ['a flat list', ['bus', [entry]]],
    ['an object', { bus: [entry] }],
    ['a map', new Map([['bus', [entry]]])],
  ])('are read from %s', (_, reply) => expect(readMessages(reply)).toEqual([message]))

  it.each([[null], [undefined], [[]], [{}], ['OK'], [7]])('are none in %j', (reply) => {
    expect(readMessages(reply)).toEqual([])
  })

  it.each([[['5-1', []]], [['5-1', ['n', '-7', 'm', 5]]], [['5-1', null]], [[]], [null]])(
    'have no number and say nothing when nobody of ours wrote them: %j',
    (odd) => expect(readMessage(odd)).toMatchObject({ number: Number.NaN, text: '' }),
  )

  it('stand in the order of their ids, by numbers and not by letters', () => {
    expect(isOlderId('9-0', '10-0')).toBe(true)
    expect(isOlderId('10-2', '10-10')).toBe(true)
    expect(isOlderId('10-2', '10-2')).toBe(false)
    expect(isOlderId('11-0', '10-9')).toBe(false)
  })
})
