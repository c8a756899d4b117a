import { initTRPC, TRPCError } from '@trpc/server'
import type { RequestAuth } from 'hanko-session'
import { z } from 'zod'
import { authResponseMeta, requireSession, withAuthError } from '../src/index.ts'

export interface TestContext {
  auth: RequestAuth
}

export const SECRET = 'only for whom it may concern'

/** A user's app. It notes which handlers and input parsers ran, and what onError was given. */
export function createTestApp() {
  const t = initTRPC.context<TestContext>().create({ errorFormatter: withAuthError() })
  const ran: string[] = []
  const errors: TRPCError[] = []
  const protectedProcedure = t.procedure.use(requireSession())
  const schema = z.object({ name: z.string() })
  const input = (raw: unknown): z.output<typeof schema> => {
    ran.push('parser')
    return schema.parse(raw)
  }

  const router = t.router({
    hello: t.procedure.query(() => 'hello'),
    /** An optional session: public, but it looks. */
    whoami: t.procedure.query(async ({ ctx }) => (await ctx.auth.state({ changesState: false })).status),
    fails: t.procedure.query(() => {
      throw new TRPCError({ code: 'NOT_FOUND', message: 'No such thing' })
    }),
    me: protectedProcedure.query(({ ctx }) => {
      ran.push('me')
      return { id: ctx.session.userId, secret: SECRET }
    }),
    rename: protectedProcedure.input(input).mutation(({ ctx, input: { name } }) => {
      ran.push('rename')
      return { id: ctx.session.userId, name }
    }),
    touch: protectedProcedure.mutation(({ ctx }) => {
      ran.push('touch')
      return ctx.session.userId
    }),
    feed: protectedProcedure.subscription(async function* ({ ctx }) {
      ran.push('feed')
      yield ctx.session.userId
    }),
  })
  return {
    t,
    router,
    ran,
    errors,
    /** What every adapter takes besides `createContext`. */
    handler: {
      router,
      responseMeta: authResponseMeta(),
      onError: ({ error }: { error: TRPCError }) => void errors.push(error),
    },
  }
}

export type TestApp = ReturnType<typeof createTestApp>
export type TestRouter = TestApp['router']
