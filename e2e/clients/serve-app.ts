import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GraphQLError } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import type { SessionValidator } from 'hanko-session'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from 'hanko-session-yoga'

const typeDefs = /* GraphQL */ `
  type Query {
    me: ID @auth
    secrets: ID @auth(amr: "passkey")
    secret: Secret
    missing: ID
  }
  interface Secret {
    id: ID
  }
  type Strong implements Secret @auth(amr: "passkey") {
    id: ID
  }
  type Plain implements Secret {
    id: ID
  }
  type Mutation {
    add: ID @auth
    clear: ID @auth(amr: "passkey")
    "Its effect comes before the refusal."
    careless: Secret
    broken: ID
  }
  type Subscription {
    feed: ID @auth
  }
`

/** A user's app on a real port, with all that a client can meet. It notes what ran, and for whom. */
export async function serveApp(hanko: SessionValidator) {
  const ran: string[] = []
  let requests = 0
  const run = async (name: string, { auth }: HankoContext): Promise<string> => {
    const { userId } = await auth.requireSession()
    ran.push(`${name} ${userId}`)
    return userId
  }
  const schema = createSchema<HankoContext>({
    typeDefs: [authTypeDefs, typeDefs],
    resolvers: {
      Secret: { __resolveType: () => 'Strong' },
      Query: {
        me: (_, _args, context) => run('me', context),
        secrets: (_, _args, context) => run('secrets', context),
        secret: () => ({ id: 'strong' }),
        missing: () => {
          throw new GraphQLError('There is none.', { extensions: { code: 'NOT_FOUND' } })
        },
      },
      Mutation: {
        add: (_, _args, context) => run('add', context),
        clear: (_, _args, context) => run('clear', context),
        careless: async (_, _args, context) => ({ id: await run('careless', context) }),
        broken: () => {
          ran.push('broken')
          throw new GraphQLError('Another outage.', { extensions: { code: 'SERVICE_UNAVAILABLE' } })
        },
      },
      Subscription: {
        feed: {
          subscribe: async function* (_, _args, { auth }) {
            yield { feed: (await auth.requireSession()).userId }
          },
        },
      },
    },
  })
  const yoga = createYoga({ schema: withAuth(schema), plugins: [useHankoSession(hanko)], logging: false })
  const server = createServer((request, response) => {
    requests++
    void yoga(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ran,
    requests: () => requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
