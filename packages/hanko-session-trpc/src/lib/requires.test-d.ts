import { initTRPC } from '@trpc/server'
import { createSessionValidator, type RequestAuth, type Session } from 'hanko-session'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { hankoAuth } from './hanko-auth.ts'
import { optionalSession } from './optional-session.ts'
import { type AuthMeta, requireByMeta } from './require-by-meta.ts'
import { requires } from './requires.ts'
import { requireSession } from './require-session.ts'

const apiUrl = 'http://localhost:8000'
const plain = createSessionValidator({ apiUrl })
const hanko = createSessionValidator({
  apiUrl,
  claims: z.object({
    role: z.enum(['admin', 'owner', 'editor']),
    plan: z.string().optional(),
    vip: z.boolean(),
    tags: z.array(z.string()),
  }),
})
const loose = createSessionValidator({ apiUrl, claims: z.looseObject({ role: z.enum(['admin', 'editor']) }) })

const createContext = (options: { headers: Headers }) => ({ db: { posts: 1 }, auth: hankoAuth(hanko, options) })
const t = initTRPC.context<typeof createContext>().meta<AuthMeta & { description?: string }>().create()

describe('requires', () => {
  it('narrows the claims it names, and only those', () => {
    t.procedure.use(requires(hanko, { claims: { role: 'admin', vip: true, plan: 'pro' } })).query(({ ctx }) => {
      expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin'>()
      expectTypeOf(ctx.session.claims.vip).toEqualTypeOf<true>()
      expectTypeOf(ctx.session.claims.plan).toEqualTypeOf<'pro'>()
      expectTypeOf(ctx.session.claims.tags).toEqualTypeOf<string[]>()
      expectTypeOf(ctx.session.userId).toEqualTypeOf<string>()
      expectTypeOf(ctx.db).toEqualTypeOf<{ posts: number }>()
    })
    t.procedure.use(requires(hanko, { claims: { role: ['admin', 'owner'] } })).query(({ ctx }) => {
      expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin' | 'owner'>()
    })
    t.procedure.use(requires(hanko, { maxAge: '15m', amr: ['passkey'] })).query(({ ctx }) => {
      expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin' | 'owner' | 'editor'>()
    })
  })

  it('can be made apart from its procedure, and of a schema that lets others through', () => {
    const admin = requires(hanko, { claims: { role: 'admin' } })
    t.procedure.use(admin).query(({ ctx }) => expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin'>())
    requires(loose, { claims: { role: 'editor' } })
    // @ts-expect-error - not in the schema, though sessions may have it
    requires(loose, { claims: { other: 'editor' } })
  })

  it('shows its check session, context and input as they are there', () => {
    t.procedure
      .use(({ next }) => next({ ctx: { before: 'b' as const } }))
      .use(requireSession())
      .input(z.object({ id: z.number() }))
      .use(
        requires(hanko, {
          claims: { role: ['admin', 'owner'] },
          check({ session, ctx, input }) {
            expectTypeOf(session.claims.role).toEqualTypeOf<'admin' | 'owner'>()
            expectTypeOf(ctx.db).toEqualTypeOf<{ posts: number }>()
            expectTypeOf(ctx.before).toEqualTypeOf<'b'>()
            expectTypeOf(input).toEqualTypeOf<{ id: number }>()
            return true
          },
        }),
      )
      .mutation(({ ctx, input }) => {
        expectTypeOf(ctx.before).toEqualTypeOf<'b'>()
        expectTypeOf(input).toEqualTypeOf<{ id: number }>()
        expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin' | 'owner'>()
      })
  })

  it('takes auth that an earlier middleware made', () => {
    const u = initTRPC.context<{ headers: Headers }>().create()
    u.procedure
      .use(({ ctx, next }) => next({ ctx: { auth: hankoAuth(hanko, ctx) } }))
      .use(requires(hanko, { claims: { role: 'admin' }, check: ({ ctx }) => ctx.headers.has('x') }))
      .query(({ ctx }) => expectTypeOf(ctx.session.claims.role).toEqualTypeOf<'admin'>())
  })

  it('does not compile with what is misspelt', () => {
    // @ts-expect-error - a claim
    requires(hanko, { claims: { rolle: 'admin' } })
    // @ts-expect-error - a claim, beside one that is not
    requires(hanko, { claims: { role: 'admin', rolle: 'admin' } })
    // @ts-expect-error - a value
    requires(hanko, { claims: { role: 'admn' } })
    // @ts-expect-error - a value of a list
    requires(hanko, { claims: { role: ['admin', 'admn'] } })
    // @ts-expect-error - a value of another type
    requires(hanko, { claims: { vip: 'true' } })
    // @ts-expect-error - a list cannot be compared
    requires(hanko, { claims: { tags: 'x' } })
    // @ts-expect-error - a member
    requires(hanko, { claimz: { role: 'admin' } })
    // @ts-expect-error - a duration
    requires(hanko, { maxAge: '15 minutes' })
    // @ts-expect-error - in place
    t.procedure.use(requires(hanko, { claims: { role: 'admn' } }))
    const admins = t.procedure.use(requires(hanko, { claims: { role: 'admin' } }))
    // @ts-expect-error - what the narrowing leaves out
    admins.query(({ ctx }) => ctx.session.claims.role satisfies 'editor')
    // @ts-expect-error - a claim in a check
    t.procedure.use(requires(hanko, { check: ({ session }) => session.claims.rolle === 'admin' }))
    // @ts-expect-error - the context in a check
    t.procedure.use(requires(hanko, { check: ({ ctx }) => ctx.dbb === undefined }))
    // @ts-expect-error - no input was parsed before it
    t.procedure.use(requires(hanko, { check: ({ input }) => input.id === 1 }))
    // @ts-expect-error - a check says true or false
    t.procedure.use(requires(hanko, { check: () => 'yes' }))
  })

  it('does not compile without a claims schema, or without auth on the context', () => {
    // @ts-expect-error - no schema
    requires(plain, { claims: { role: 'admin' } })
    // @ts-expect-error - no validator
    requires({ maxAge: '1m' })
    const bare = initTRPC.context<{ db: number }>().create().procedure
    // @ts-expect-error - no auth
    bare.use(requires(hanko, { maxAge: '1m' }))
    const others = initTRPC.context<{ auth: RequestAuth }>().create().procedure
    // @ts-expect-error - the auth of another validator
    others.use(requires(hanko, { claims: { role: 'admin' } }))
  })
})

describe('optionalSession', () => {
  it('may be null, and has to be asked', () => {
    t.procedure.use(optionalSession()).query(({ ctx }) => {
      expectTypeOf(ctx.session?.claims.role).toEqualTypeOf<'admin' | 'owner' | 'editor' | undefined>()
      expectTypeOf(ctx.authState.status).toEqualTypeOf<'authenticated' | 'unauthenticated' | 'unavailable'>()
      // @ts-expect-error - perhaps null
      void ctx.session.userId
    })
  })
})

describe('requireByMeta', () => {
  it('gives a session that may be null, which requireSession narrows', () => {
    const procedure = t.procedure.use(requireByMeta())
    procedure.query(({ ctx }) => {
      expectTypeOf(ctx.session?.claims.role).toEqualTypeOf<'admin' | 'owner' | 'editor' | undefined>()
      // @ts-expect-error - a public procedure has none
      void ctx.session.userId
    })
    procedure.use(requireSession()).query(({ ctx }) => {
      expectTypeOf(ctx.session).toEqualTypeOf<
        Session<{ role: 'admin' | 'owner' | 'editor'; plan?: string | undefined; vip: boolean; tags: string[] }>
      >()
    })
  })

  it('takes public and rules in the meta, and nothing else', () => {
    const procedure = t.procedure.use(requireByMeta(requires(hanko, { claims: { role: 'admin' } })))
    procedure.meta({ auth: 'public', description: 'x' })
    procedure.meta({ auth: requires(hanko, { claims: { role: 'admin' } }) })
    procedure.meta({ auth: optionalSession() })
    // @ts-expect-error - misspelt
    procedure.meta({ auth: 'publik' })
    // @ts-expect-error - a rule is made by requires
    procedure.meta({ auth: { role: 'admin' } })
    // @ts-expect-error - no default is public: that is what a procedure says itself
    requireByMeta('public')
  })
})
