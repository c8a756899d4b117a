import { describe, expect, it } from 'vitest'
import { readAnswer, readRevocation, readUserTimes, writeAnswer, writeRevocation } from './records.ts'

describe('what is written', () => {
  it.each([
    { at: 1_795_435_200_123 },
    { at: 5, touchedAt: 0 },
    { at: 5, idleExpiresAt: 7 },
    { at: 5, touchedAt: 4, idleExpiresAt: 1_900_000_000_000 },
  ])('is read as it was: the answer %j', (answer) => {
    expect(readAnswer(writeAnswer(answer))).toEqual(answer)
  })

  it.each([
    { scope: 's', sessionId: 'a|b{}:é' },
    { scope: 's', sessionId: '__proto__', expiresAt: 1_900_000_000 },
    { scope: 's', userId: 'a', refuseBefore: 0, askUntil: 5 },
  ])('is read as it was: the revocation %j', (revocation) => {
    expect(readRevocation(writeRevocation(revocation))).toEqual(revocation)
  })

  it('never ends before what it is about, nor before 1970', () => {
    expect(readRevocation(writeRevocation({ scope: 's', sessionId: 'a', expiresAt: 7.1 }))).toMatchObject({
      expiresAt: 8,
    })
    const early = { scope: 's', userId: 'a', refuseBefore: -5, askUntil: 5 }
    expect(readRevocation(writeRevocation(early))).toMatchObject({ refuseBefore: 0, askUntil: 5 })
  })
})

describe('what others have written', () => {
  it.each([
    '',
    '|',
    '1',
    '1|-',
    '1|-|-|-',
    '-|-|-',
    'NaN|-|-',
    '1e3|-|-',
    '01|-|-',
    '-1|-|-',
    '1|x|-',
    '1|-|',
    ' 1|-|-',
  ])('is no answer: %j', (text) => expect(readAnswer(text)).toBeUndefined())

  it.each(['', 's', 's||a|-', 's|s||-', 's|s|a', 's|s|a|x', 's|s|a|-|-', 's|s|%|-', 'u|s|a|1', 'u|s|a|-|1', 'x|s|a|-'])(
    'is no revocation: %j',
    (text) => expect(readRevocation(text)).toBeUndefined(),
  )

  it.each(['', '1', '1|', '1|2|3', '-|-'])('is no time of a user: %j', (text) => {
    expect(readUserTimes(text)).toBeUndefined()
  })
})
