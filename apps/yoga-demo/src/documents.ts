/** The operations that the page offers, as its client sends them. */
export const documents: Readonly<Record<string, string>> = {
  hello: '{ hello }',
  me: '{ me { id email } }',
  notes: '{ notes { id text } }',
  addNote: 'mutation ($text: String!) { addNote(text: $text) { id text } }',
  feed: 'subscription { feed { notes } }',
  deleteAllNotes: 'mutation { deleteAllNotes }',
  allNotes: '{ allNotes { userId notes { text } } }',
}
