import { createSchema, createYoga, type YogaServerOptions } from 'graphql-yoga'
import type { SessionValidator } from 'hanko-session'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from '../src/index.ts'

const typeDefs = /* GraphQL */ `
  type Query {
    hello: String!
    "An optional session: public, but it looks."
    whoami: String!
    "Public for the schema; its resolver asks for a session."
    insists: String
    me: User
    users: [User!]!
    account: Account!
    nodes: [Node!]!
    maybe: Maybe
    count(upTo: Int): Int! @auth
  }
  type User @auth {
    id: ID!
    name: String!
  }
  type Account {
    label: String!
    secret: String @auth
    owner: User!
    self: Account!
  }
  interface Node {
    secret: String
  }
  type Doc implements Node {
    secret: String @auth
  }
  type Memo implements Node {
    secret: String
  }
  union Maybe = Doc | Account
  type Late {
    id: ID!
  }
  type Mutation {
    rename(name: String!): User
    touch: Boolean @auth
    ping: Boolean
    upload(file: File!): String @auth
  }
  type Subscription {
    feed: Int @auth
    ticks: Int
    breaks: Int
  }
  scalar File
  extend type Query {
    late: Late
    extra: String @auth
  }
  extend type Late @auth {
    name: String
  }
`

/** A user's app. It notes which resolvers and subscribe functions ran. */
export function createTestApp(hanko: SessionValidator, options: Partial<YogaServerOptions<object, object>> = {}) {
  const ran: string[] = []
  const run = <T>(name: string, value: T): T => {
    ran.push(name)
    return value
  }
  const account = { label: 'main' }
  const schema = createSchema<HankoContext>({
    typeDefs: [authTypeDefs, typeDefs],
    resolvers: {
      Query: {
        hello: () => 'hello',
        whoami: async (_, _args, { auth }) => (await auth.state()).status,
        insists: async (_, _args, { auth }) => (await auth.requireSession()).userId,
        me: async (_, _args, { auth }) => run('me', { id: (await auth.requireSession()).userId, name: 'Ada' }),
        users: () => run('users', [{ id: '1', name: 'Ada' }]),
        account: () => account,
        nodes: () => [{}],
        maybe: () => account,
        count: (_, { upTo }: { upTo?: number }) => run('count', upTo ?? 0),
        late: () => run('late', { id: '1' }),
        extra: () => run('extra', 'extra'),
      },
      User: { name: ({ name }: { name: string }) => run('User.name', name) },
      Account: {
        secret: () => run('Account.secret', 'secret'),
        owner: () => run('Account.owner', { id: '1', name: 'Ada' }),
        self: () => account,
      },
      Doc: { secret: () => run('Doc.secret', 'secret') },
      Node: { __resolveType: () => 'Doc' },
      Maybe: { __resolveType: () => 'Account' },
      Mutation: {
        rename: (_, { name }: { name: string }) => run('rename', { id: '1', name }),
        touch: () => run('touch', true),
        ping: () => run('ping', true),
        upload: async (_, { file }: { file: File }) => run('upload', await file.text()),
      },
      Subscription: {
        feed: {
          subscribe: () => run('feed', count('feed')),
          resolve: ({ feed }: { feed: number }) => run('feed event', feed),
        },
        ticks: { subscribe: () => run('ticks', count('ticks')) },
        breaks: {
          subscribe: async function* (_, _args, { auth }) {
            yield { breaks: 1 }
            await auth.requireSession()
          },
        },
      },
    },
  })
  const plugins = [useHankoSession(hanko), ...(options.plugins ?? [])]
  const yoga = createYoga({ batching: { limit: 2_000 }, logging: false, ...options, schema: withAuth(schema), plugins })
  return { yoga, schema, ran }
}

async function* count(name: string): AsyncGenerator<Record<string, number>> {
  yield { [name]: 1 }
  yield { [name]: 2 }
}
