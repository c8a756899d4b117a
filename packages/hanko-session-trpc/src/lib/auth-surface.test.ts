import { lazy } from '@trpc/server'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startRoles, type TestRoles } from '../../test/start-roles.ts'
import { authSurface } from './auth-surface.ts'
import { optionalSession } from './optional-session.ts'
import { requireByMeta } from './require-by-meta.ts'
import { requires } from './requires.ts'
import { requireSession } from './require-session.ts'

let test: TestRoles
beforeAll(async () => {
  test = await startRoles()
})

describe('authSurface', () => {
  it('lists every procedure with what it asks for, by path', async () => {
    const { t, hanko } = test
    const secured = t.procedure.use(requireSession())
    const ownsNote = ({ input }: { input: unknown }) => input === 1
    const router = t.router({
      zebra: t.procedure.query(() => 1),
      me: secured.query(() => 1),
      greeting: t.procedure.use(optionalSession()).query(() => 1),
      admin: {
        ban: secured.use(requires(hanko, { claims: { role: ['admin', 'owner'], vip: true } })).mutation(() => 1),
        wipe: t.procedure
          .use(requires(hanko, { maxAge: '15m', amr: ['passkey', 'totp'], fresh: true }))
          .mutation(() => 1),
      },
      notes: t.router({
        feed: secured.subscription(async function* () {}),
        edit: secured
          .input(z.number())
          .use(requires(hanko, { check: ownsNote }))
          .mutation(() => 1),
        late: t.procedure
          .input(z.number())
          .use(optionalSession())
          .use(requireSession())
          .mutation(() => 1),
        custom: secured.use(requires(hanko, { check: () => true })).query(() => 1),
      }),
    })
    expect(await authSurface(router)).toMatchInlineSnapshot(`
      {
        "admin.ban": "mutation: session, role "admin" | "owner", vip true",
        "admin.wipe": "mutation: session, amr passkey | totp, maxAge 900 s, fresh",
        "greeting": "query: optional",
        "me": "query: session",
        "notes.custom": "query: session, check",
        "notes.edit": "mutation: session, check ownsNote",
        "notes.feed": "subscription: session",
        "notes.late": "mutation: session, AFTER ITS INPUT IS READ",
        "zebra": "query: public",
      }
    `)
  })

  it('tells the effective requirement of rules in the meta', async () => {
    const { t, hanko } = test
    const procedure = t.procedure.use(requireByMeta())
    const router = t.router({
      nothing: procedure.query(() => 1),
      open: procedure.meta({ auth: 'public' }).query(() => 1),
      admins: procedure.meta({ auth: requires(hanko, { claims: { role: 'admin' } }) }).query(() => 1),
      both: procedure
        .meta({ auth: 'public' })
        .use(requireSession())
        .query(() => 1),
      unread: t.procedure.meta({ auth: requireSession() }).query(() => 1), // no middleware looks
    })
    expect(await authSurface(router)).toMatchInlineSnapshot(`
      {
        "admins": "query: session, role "admin"",
        "both": "query: session",
        "nothing": "query: session",
        "open": "query: public",
        "unread": "query: public",
      }
    `)
  })

  it('shows that sessions made by the admin API are let through, too', async () => {
    const { t, hanko } = test
    const rule = requires(hanko, { maxAge: '15m', allowAdminSessions: true })
    const usual = requires(hanko, { maxAge: '15m', allowAdminSessions: false })
    const router = t.router({ do: t.procedure.use(rule).query(() => 1), usual: t.procedure.use(usual).query(() => 1) })
    expect(await authSurface(router)).toEqual({
      do: 'query: session, maxAge 900 s, admin sessions too',
      usual: 'query: session, maxAge 900 s',
    })
  })

  it('looks at what the meta says where it tells whether the input is read first', async () => {
    const { t } = test
    const input = z.number()
    const lenient = t.procedure.use(requireByMeta(optionalSession()))
    const router = t.router({
      late: t.procedure
        .input(input)
        .use(requireByMeta(optionalSession()))
        .meta({ auth: requireSession() })
        .query(() => 1),
      lateAfterOptional: lenient
        .input(input)
        .use(requireSession())
        .query(() => 1),
      lateAfterPublic: t.procedure
        .use(requireByMeta())
        .meta({ auth: 'public' })
        .input(input)
        .use(requireSession())
        .query(() => 1),
      first: lenient
        .meta({ auth: requireSession() })
        .input(input)
        .query(() => 1),
    })
    expect(await authSurface(router)).toEqual({
      first: 'query: session',
      late: 'query: session, AFTER ITS INPUT IS READ',
      lateAfterOptional: 'query: session, AFTER ITS INPUT IS READ',
      lateAfterPublic: 'query: session, AFTER ITS INPUT IS READ',
    })
  })

  it('names the procedure whose meta is no rule', async () => {
    const { t } = test
    const odd = t.procedure.use(requireByMeta()).meta({ auth: 'publik' as 'public' })
    await expect(authSurface(t.router({ a: { odd: odd.query(() => 1) } }))).rejects.toThrow(/^a\.odd: auth must be/)
  })

  it('loads lazy routers, also those inside of others, and finds what is merged and concatenated', async () => {
    const { t } = test
    const leaf = t.router({ me: t.procedure.use(requireSession()).query(() => 1) })
    const branch = t.router({ leaf: lazy(async () => leaf), open: t.procedure.query(() => 1) })
    const plugin = t.procedure.use(requireSession())
    const router = t.mergeRouters(
      t.router({ branch: lazy(async () => ({ branch })) }),
      t.router({ concat: t.procedure.concat(plugin).query(() => 1) }),
    )
    const surface = await authSurface(router)
    expect(surface).toEqual({
      'branch.leaf.me': 'query: session',
      'branch.open': 'query: public',
      concat: 'query: session',
    })
    expect(Object.keys(surface)).toEqual(['branch.leaf.me', 'branch.open', 'concat'])
    expect(await authSurface(router)).toEqual(surface)
  })

  it('takes a wrapper for nothing of ours, though it copied what stands on the middleware', async () => {
    const { t } = test
    type Middleware = ReturnType<typeof requireSession>
    const open: Middleware = Object.assign((call: { next: () => never }) => call.next(), requireSession())
    const router = t.router({ wrapped: t.procedure.use(open).query(() => 1) })
    expect(await authSurface(router)).toEqual({ wrapped: 'query: public' })
    expect(() => requireByMeta(open)).toThrow(TypeError)
  })
})
