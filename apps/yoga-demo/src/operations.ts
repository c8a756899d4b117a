import { MAX_NOTE_LENGTH, type Operation } from 'demo-kit'
import { documents } from './documents.ts'

/** The client takes the document by its name; `body` is what the page adds to it. */
const graphql = (name: string, body?: object): Pick<Operation, 'name' | 'request'> => ({
  name,
  request: {
    method: 'POST',
    path: '/graphql',
    detail: documents[name] ?? '',
    ...(body === undefined ? {} : { body }),
  },
})

/** What the page offers to call. */
export const operations: readonly Operation[] = [
  {
    ...graphql('hello'),
    call: 'query',
    summary: 'Answers everybody, and never asks Hanko.',
    access: 'public',
  },
  {
    ...graphql('me'),
    call: 'query',
    summary: 'Who you are, from the token that Hanko signed.',
    access: 'protected',
  },
  {
    ...graphql('notes'),
    call: 'query',
    summary: 'Your notes. Nobody else gets them.',
    access: 'protected',
  },
  {
    ...graphql('addNote', { text: '$input' }),
    call: 'mutation',
    summary: 'A mutation: it also needs a request from this very page.',
    access: 'protected',
    input: { label: 'Text of the note', maxLength: MAX_NOTE_LENGTH },
  },
  {
    ...graphql('feed'),
    call: 'subscription',
    verb: 'Open',
    summary: 'A beat each second, until your session ends, wherever that is done.',
    access: 'protected',
  },
  {
    ...graphql('deleteAllNotes'),
    call: 'mutation',
    verb: 'Delete all',
    summary:
      'Needs a sign-in of the last 30 seconds. If yours is older you are asked for a new one, and then it goes on.',
    access: 'recent sign-in',
  },
  {
    ...graphql('allNotes'),
    call: 'query',
    summary: 'Everybody’s notes. With the emulator that is whose address begins with “ada”.',
    access: 'admin',
  },
  {
    name: '/api/me',
    summary: 'The same by plain HTTP, without GraphQL.',
    access: 'protected',
    request: { method: 'GET', path: '/api/me' },
  },
]
