import { createSchema, createYoga } from 'graphql-yoga'
import { createSessionValidator, type Session } from 'hanko-session'
import { expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from '../index.ts'

const claims = z.object({ role: z.enum(['editor', 'reader']) })
type Claims = z.infer<typeof claims>

it('gives resolvers a session with the claims of the schema', () => {
  const hanko = createSessionValidator({ claims })
  const schema = createSchema<HankoContext<Claims>>({
    typeDefs: [authTypeDefs, `type Query { role: String @auth }`],
    resolvers: {
      Query: {
        role: async (_, _args, context) => {
          const session = await context.auth.requireSession()
          expectTypeOf(session).toEqualTypeOf<Session<Claims>>()
          // @ts-expect-error there is no such claim
          void session.claims.roles
          return session.claims.role
        },
      },
    },
  })
  createYoga({ schema: withAuth(schema), plugins: [useHankoSession(hanko)] })
})

it('keeps what else the type of a schema says', () => {
  const schema = createSchema<HankoContext>({ typeDefs: authTypeDefs })
  expectTypeOf(withAuth(schema)).toEqualTypeOf(schema)
})

it('takes nothing but a validator', () => {
  // @ts-expect-error options belong to createSessionValidator
  useHankoSession({ apiUrl: 'http://localhost:8000' })
})
