import { expect, it } from 'vitest'
import { createNotes, MAX_NOTE_LENGTH } from './create-notes.ts'

it('keeps the latest 50 notes of a user, and cuts long ones', () => {
  const notes = createNotes()
  for (let at = 1; at <= 51; at++) notes.add('ada', `note ${at}`)
  expect(notes.list('ada')).toHaveLength(50)
  expect(notes.list('ada')[0]?.text).toBe('note 2')
  expect(notes.add('ada', 'x'.repeat(500)).text).toHaveLength(MAX_NOTE_LENGTH)
  expect(notes.list('bob')).toEqual([])
})

it('clears the notes of one user, and lists everybody’s', () => {
  const notes = createNotes()
  for (const user of ['ada', 'ada', 'bob']) notes.add(user, 'hello')
  expect(notes.listAll().map(({ userId, notes: { length } }) => [userId, length])).toEqual([
    ['ada', 2],
    ['bob', 1],
  ])
  expect([notes.clear('ada'), notes.clear('ada')]).toEqual([2, 0])
  expect([notes.list('ada').length, notes.list('bob').length]).toEqual([0, 1])
})

it('lets the users who wrote longest ago make room for new ones', () => {
  const notes = createNotes()
  for (let at = 1; at <= 1_000; at++) notes.add(`user ${at}`, 'hello')
  notes.add('user 1', 'again')
  notes.add('user 1001', 'hello')
  expect(notes.list('user 2')).toEqual([])
  expect(notes.list('user 1')).toHaveLength(2)
})
