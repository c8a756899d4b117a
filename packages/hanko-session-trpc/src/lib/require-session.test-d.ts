import { initTRPC } from '@trpc/server'
import { createSessionValidator, type RequestAuth, type Session } from 'hanko-session'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { hankoAuth } from './hanko-auth.ts'
import { requireSession, type WithAuth } from './require-session.ts'

const claims = z.object({ role: z.enum(['admin', 'editor']) })
const hanko = createSessionValidator({ apiUrl: 'http://localhost:8000', claims })
const plain = createSessionValidator({ apiUrl: 'http://localhost:8000' })

const createContext = (options: { headers: Headers }) => ({ db: { posts: 1 }, auth: hankoAuth(hanko, options) })
const t = initTRPC.context<typeof createContext>().meta<{ description: string }>().create()

describe('requireSession', () => {
  it("narrows ctx.session to a session with the validator's claims, never null", () => {
    t.procedure.use(requireSession()).query(({ ctx }) => {
      expectTypeOf(ctx.session).toEqualTypeOf<Session<{ role: 'admin' | 'editor' }>>()
      expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin' | 'editor'>()
      // @ts-expect-error - a misspelt claim
      void ctx.session.claims.rolle
      // @ts-expect-error - the token is not on the session
      void ctx.session.token
    })
  })

  it('leaves claims unknown without a schema', () => {
    const u = initTRPC.context<{ auth: RequestAuth }>().create()
    u.procedure.use(requireSession()).query(({ ctx }) => {
      expectTypeOf(ctx.session.claims).toEqualTypeOf<Readonly<Record<string, unknown>>>()
    })
    expectTypeOf(hankoAuth(plain, new Headers())).toEqualTypeOf<RequestAuth>()
  })

  it("keeps the user's context, meta and input", () => {
    t.procedure
      .meta({ description: 'x' })
      .use(({ next }) => next({ ctx: { before: 'b' as const } }))
      .use(requireSession())
      .use(({ next }) => next({ ctx: { after: 1 as const } }))
      .input(z.object({ id: z.number() }))
      .mutation(({ ctx, input }) => {
        expectTypeOf(ctx.db).toEqualTypeOf<{ posts: number }>()
        expectTypeOf(ctx.before).toEqualTypeOf<'b'>()
        expectTypeOf(ctx.after).toEqualTypeOf<1>()
        expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin' | 'editor'>()
        expectTypeOf(ctx.auth).toEqualTypeOf<RequestAuth<{ role: 'admin' | 'editor' }>>()
        expectTypeOf(input).toEqualTypeOf<{ id: number }>()
      })
    // @ts-expect-error - not the user's meta
    t.procedure.use(requireSession()).meta({ descripton: 'x' })
  })

  it('keeps the input of a parser before it', () => {
    t.procedure
      .input(z.object({ id: z.number() }))
      .use(requireSession())
      .query(({ ctx, input }) => {
        expectTypeOf(input).toEqualTypeOf<{ id: number }>()
        expectTypeOf(ctx.session.userId).toEqualTypeOf<string>()
      })
  })

  it('takes auth that an earlier middleware made', () => {
    const u = initTRPC.context<{ headers: Headers }>().create()
    u.procedure
      .use(({ ctx, next }) => next({ ctx: { auth: hankoAuth(hanko, ctx) } }))
      .use(requireSession<{ role: 'admin' | 'editor' }>())
      .query(({ ctx }) => expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin' | 'editor'>())
  })

  it('takes the place of a session that the context already had', () => {
    const u = initTRPC.context<{ session: { user: string } | null; auth: RequestAuth }>().create()
    u.procedure.use(requireSession()).query(({ ctx }) => expectTypeOf(ctx.session.userId).toEqualTypeOf<string>())
  })

  it('does not compile without auth on the context, or with something else there', () => {
    expectTypeOf<{ auth: Session }>().not.toExtend<WithAuth>()
    // @ts-expect-error - no auth
    initTRPC.context<{ db: number }>().create().procedure.use(requireSession())
    // @ts-expect-error - no context
    initTRPC.create().procedure.use(requireSession())
    // @ts-expect-error - a session is not a RequestAuth
    initTRPC.context<{ auth: Session }>().create().procedure.use(requireSession())
    // @ts-expect-error - perhaps no auth
    initTRPC.context<{ auth?: RequestAuth }>().create().procedure.use(requireSession())
  })

  it('does not compile when a public procedure looks for a session', () => {
    t.procedure.query(({ ctx }) => {
      expectTypeOf(ctx).not.toHaveProperty('session')
    })
  })

  it('lets no caller bring a session of its own', () => {
    const caller = t.createCallerFactory(t.router({ me: t.procedure.use(requireSession()).query(() => 1) }))
    expectTypeOf<{ session: Session }>().not.toExtend<ReturnType<typeof createContext>>()
    // @ts-expect-error - not the context
    caller({ session: { userId: 'x' } })
    // @ts-expect-error - a RequestAuth is made by a validator
    caller({ db: { posts: 1 }, auth: { session: { userId: 'x' } } })
  })
})
