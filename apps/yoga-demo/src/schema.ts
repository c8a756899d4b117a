import { setInterval } from 'node:timers/promises'
import { type DemoClaims, MAX_NOTE_LENGTH, type Notes } from 'demo-kit'
import { GraphQLError } from 'graphql'
import { createSchema } from 'graphql-yoga'
import { authTypeDefs, type HankoContext, withAuth } from 'hanko-session-yoga'

export interface Context extends HankoContext<DemoClaims> {
  readonly notes: Notes
}

const BEAT = 1_000

// A `maxAge` that a visitor sees pass. A real app would take 15 minutes.
const typeDefs = /* GraphQL */ `
  type User {
    id: ID!
    email: String
  }

  type Note {
    id: ID!
    text: String!
  }

  type NotesOfUser {
    userId: ID!
    notes: [Note!]!
  }

  type Feed {
    notes: Int!
  }

  type Query {
    hello: String!
    me: User! @auth
    notes: [Note!]! @auth
    allNotes: [NotesOfUser!]! @auth(roles: ["admin"])
  }

  type Mutation {
    addNote(text: String!): Note! @auth
    "How many there were."
    deleteAllNotes: Int! @auth(maxAge: "30s")
  }

  type Subscription {
    feed: Feed! @auth
  }
`

const schemaOfNotes = createSchema<Context>({
  typeDefs: [authTypeDefs, typeDefs],
  resolvers: {
    Query: {
      hello: () => 'Hello from GraphQL. No session was needed for this.',
      me: async (_root, _args, { auth }) => {
        const { userId, email } = await auth.requireSession()
        return { id: userId, email: email?.address ?? null }
      },
      notes: async (_root, _args, { auth, notes }) => notes.list((await auth.requireSession()).userId),
      allNotes: (_root, _args, { notes }) => notes.listAll(),
    },
    Mutation: {
      addNote: async (_root, args: { text: string }, { auth, notes }) =>
        notes.add((await auth.requireSession()).userId, toNoteText(args.text)),
      deleteAllNotes: async (_root, _args, { auth, notes }) => notes.clear((await auth.requireSession()).userId),
    },
    Subscription: {
      /** It need not look at the session again: it is ended with it. */
      feed: {
        subscribe: async function* (_root, _args, { auth, notes }) {
          const { userId } = await auth.requireSession()
          const look = () => ({ feed: { notes: notes.list(userId).length } })
          yield look()
          for await (const lookAgain of setInterval(BEAT, look)) yield lookAgain()
        },
      },
    },
  },
})

export const schema = withAuth(schemaOfNotes, { roles: ({ claims }) => [claims.role] })

function toNoteText(input: string): string {
  const text = input.trim()
  if (text !== '' && text.length <= MAX_NOTE_LENGTH) return text
  throw new GraphQLError(`A note has 1 to ${MAX_NOTE_LENGTH} characters.`, { extensions: { code: 'BAD_USER_INPUT' } })
}
