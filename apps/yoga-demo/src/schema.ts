import { MAX_NOTE_LENGTH, type Notes } from 'demo-kit'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import { createSchema } from 'graphql-yoga'
import { authTypeDefs, type HankoContext, withAuth } from 'hanko-session-yoga'

interface Context extends HankoContext {
  readonly notes: Notes
}

const typeDefs = /* GraphQL */ `
  type User {
    id: ID!
    email: String
  }

  type Note {
    id: ID!
    text: String!
  }

  type Query {
    hello: String!
    me: User! @auth
    notes: [Note!]! @auth
  }

  type Mutation {
    addNote(text: String!): Note! @auth
  }
`

export const schema: GraphQLSchema = withAuth(
  createSchema<Context>({
    typeDefs: [authTypeDefs, typeDefs],
    resolvers: {
      Query: {
        hello: () => 'Hello from GraphQL. No session was needed for this.',
        me: async (_root, _args, { auth }) => {
          const { userId, email } = await auth.requireSession()
          return { id: userId, email: email?.address ?? null }
        },
        notes: async (_root, _args, { auth, notes }) => notes.list((await auth.requireSession()).userId),
      },
      Mutation: {
        addNote: async (_root, args: { text: string }, { auth, notes }) =>
          notes.add((await auth.requireSession()).userId, toNoteText(args.text)),
      },
    },
  }),
)

function toNoteText(input: string): string {
  const text = input.trim()
  if (text !== '' && text.length <= MAX_NOTE_LENGTH) return text
  throw new GraphQLError(`A note has 1 to ${MAX_NOTE_LENGTH} characters.`, { extensions: { code: 'BAD_USER_INPUT' } })
}
