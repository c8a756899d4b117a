import { MAX_NOTE_LENGTH, type Operation } from 'demo-kit'

/** What the page offers to call. */
export const operations: readonly Operation[] = [
  {
    name: 'hello',
    summary: 'Answers everybody, and never asks Hanko.',
    access: 'public',
    request: { method: 'GET', path: '/trpc/hello' },
  },
  {
    name: 'me',
    summary: 'Who you are, from the token that Hanko signed.',
    access: 'protected',
    request: { method: 'GET', path: '/trpc/me' },
  },
  {
    name: 'notes',
    summary: 'Your notes. Nobody else gets them.',
    access: 'protected',
    request: { method: 'GET', path: '/trpc/notes' },
  },
  {
    name: 'addNote',
    summary: 'A mutation: it also needs a request from this very page.',
    access: 'protected',
    request: { method: 'POST', path: '/trpc/addNote', body: { text: '$input' } },
    input: { label: 'Text of the note', maxLength: MAX_NOTE_LENGTH },
  },
  {
    name: '/api/me',
    summary: 'The same by plain HTTP, without tRPC.',
    access: 'protected',
    request: { method: 'GET', path: '/api/me' },
  },
]
