import { MAX_NOTE_LENGTH, type Operation } from 'demo-kit'

/** What the page offers to call. */
export const operations: readonly Operation[] = [
  {
    name: 'hello',
    call: 'query',
    summary: 'Answers everybody, and never asks Hanko.',
    access: 'public',
    request: { method: 'GET', path: '/trpc/hello' },
  },
  {
    name: 'me',
    call: 'query',
    summary: 'Who you are, from the token that Hanko signed.',
    access: 'protected',
    request: { method: 'GET', path: '/trpc/me' },
  },
  {
    name: 'notes',
    call: 'query',
    summary: 'Your notes. Nobody else gets them.',
    access: 'protected',
    request: { method: 'GET', path: '/trpc/notes' },
  },
  {
    name: 'addNote',
    call: 'mutation',
    summary: 'A mutation: it also needs a request from this very page.',
    access: 'protected',
    request: { method: 'POST', path: '/trpc/addNote', body: { text: '$input' } },
    input: { label: 'Text of the note', maxLength: MAX_NOTE_LENGTH },
  },
  {
    name: 'feed',
    call: 'subscription',
    verb: 'Open',
    summary: 'A beat each second, until your session ends, wherever that is done.',
    access: 'protected',
    request: { method: 'GET', path: '/trpc/feed' },
  },
  {
    name: 'deleteAllNotes',
    call: 'mutation',
    verb: 'Delete all',
    summary:
      'Needs a sign-in of the last 30 seconds. If yours is older you are asked for a new one, and then it goes on.',
    access: 'recent sign-in',
    request: { method: 'POST', path: '/trpc/deleteAllNotes' },
  },
  {
    name: 'allNotes',
    call: 'query',
    summary: 'Everybody’s notes. With the emulator that is whose address begins with “ada”.',
    access: 'admin',
    request: { method: 'GET', path: '/trpc/allNotes' },
  },
  {
    name: '/api/me',
    summary: 'The same by plain HTTP, without tRPC.',
    access: 'protected',
    request: { method: 'GET', path: '/api/me' },
  },
]
