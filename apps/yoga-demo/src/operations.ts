import { MAX_NOTE_LENGTH, type Operation } from 'demo-kit'

/** With this type an answer has the HTTP status of what happened; for `application/json` GraphQL says 200 to all. */
const accept = 'application/graphql-response+json'

const graphql = (query: string, variables?: object): Operation['request'] => ({
  method: 'POST',
  path: '/graphql',
  detail: query,
  accept,
  body: { query, ...(variables === undefined ? {} : { variables }) },
})

/** What the page offers to call. */
export const operations: readonly Operation[] = [
  {
    name: 'hello',
    summary: 'Answers everybody, and never asks Hanko.',
    access: 'public',
    request: graphql('{ hello }'),
  },
  {
    name: 'me',
    summary: 'Who you are, from the token that Hanko signed.',
    access: 'protected',
    request: graphql('{ me { id email } }'),
  },
  {
    name: 'notes',
    summary: 'Your notes. Nobody else gets them.',
    access: 'protected',
    request: graphql('{ notes { id text } }'),
  },
  {
    name: 'addNote',
    summary: 'A mutation: it also needs a request from this very page.',
    access: 'protected',
    request: graphql('mutation ($text: String!) { addNote(text: $text) { id text } }', { text: '$input' }),
    input: { label: 'Text of the note', maxLength: MAX_NOTE_LENGTH },
  },
  {
    name: '/api/me',
    summary: 'The same by plain HTTP, without GraphQL.',
    access: 'protected',
    request: { method: 'GET', path: '/api/me' },
  },
]
