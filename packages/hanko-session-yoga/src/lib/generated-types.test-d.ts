import { createSchema } from 'graphql-yoga'
import type { RequestAuth } from 'hanko-session'
import { expectTypeOf, it } from 'vitest'
import type { Resolvers } from '../../test/generated/resolvers.ts'
import { authTypeDefs, type HankoContext, withAuth } from '../index.ts'

it('have auth on the context of every resolver', () => {
  const resolvers: Resolvers = {
    Query: {
      hello: () => 'hello',
      me: async (_parent, _args, { auth }) => {
        expectTypeOf(auth).toEqualTypeOf<RequestAuth>()
        const session = await auth.requireSession()
        // @ts-expect-error there is no such member
        void session.user
        return { id: session.userId, email: session.email?.address ?? null }
      },
    },
  }
  withAuth(createSchema<HankoContext>({ typeDefs: authTypeDefs, resolvers }))
})
