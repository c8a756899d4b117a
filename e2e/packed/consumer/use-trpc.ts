// A user's own file against the packed tRPC adapter: procedures that are exported, and called over HTTP's fetch form.
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createSessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import {
  type AuthMeta,
  authSurface,
  hankoAuth,
  optionalSession,
  requireByMeta,
  requires,
  requireSession,
  withAuthError,
} from 'hanko-session-trpc'
import { z } from 'zod'

const emulator = await createHankoEmulator()
export const hanko = createSessionValidator({
  apiUrl: emulator.apiUrl,
  fetch: emulator.fetch,
  maxStaleness: 0,
  claims: z.object({ role: z.enum(['admin', 'owner', 'editor']) }),
})
export const createContext = (options: { req: Request }) => ({ auth: hankoAuth(hanko, options), db: 'db' })
export const t = initTRPC.context<typeof createContext>().meta<AuthMeta>().create({ errorFormatter: withAuthError() })
export const protectedProcedure = t.procedure.use(requireSession())
export const optionalProcedure = t.procedure.use(optionalSession())
export const procedure = t.procedure.use(requireByMeta())
export const isAdmin = requires(hanko, { claims: { role: ['admin', 'owner'] } })
export const adminProcedure = t.procedure.use(isAdmin)
export const ownProcedure = protectedProcedure
  .input(z.object({ of: z.string() }))
  .use(requires(hanko, { check: ({ session, ctx, input }) => ctx.db === 'db' && input.of === session.userId }))

export const appRouter = t.router({
  me: protectedProcedure.query(({ ctx }): string => ctx.session.userId),
  role: adminProcedure.query(({ ctx }): 'admin' | 'owner' => ctx.session.claims.role),
  own: ownProcedure.query(({ input }): string => input.of),
  who: optionalProcedure.query(({ ctx }): string | undefined => ctx.session?.userId),
  open: procedure.meta({ auth: 'public' }).query(() => 'open'),
  now: t.procedure.use(requires(hanko, { fresh: true })).query(() => 'now'),
  feed: protectedProcedure.subscription(async function* ({ ctx }) {
    yield ctx.session.userId
    hanko.revoke({ sessionId: ctx.session.sessionId })
    yield 'never'
  }),
  // @ts-expect-error - a role that the schema does not have
  misspelt: t.procedure.use(requires(hanko, { claims: { role: 'admn' } })).query(() => 'never'),
})
export type AppRouter = typeof appRouter

async function call(path: string, headers: Record<string, string>): Promise<number> {
  const req = new Request(`https://app.example/trpc/${path}`, { headers })
  return (await fetchRequestHandler({ endpoint: '/trpc', req, router: appRouter, createContext })).status
}

const { header, userId } = await emulator.signIn({ email: 'ada@example.com', claims: { role: 'editor' } })
const own = `own?input=${encodeURIComponent(JSON.stringify({ of: userId }))}`
const statuses = [await call('me', {}), await call('open', {}), await call('who', {})]
for (const path of ['me', 'role', own, 'who']) statuses.push(await call(path, { authorization: header }))
if (statuses.join() !== '401,200,200,200,403,200,200') throw new Error(`the procedures answer ${statuses.join()}`)

emulator.requests.clear()
const batch = await call('me,now,me?batch=1&input={}', { authorization: header })
const asked = emulator.requests.count('validate')
if (batch !== 200 || asked !== 1) throw new Error(`a batch answers ${batch} and asks Hanko ${asked} times, not once`)

const req = new Request('https://app.example/trpc/feed', { headers: { authorization: header } })
const response = await fetchRequestHandler({ endpoint: '/trpc', req, router: appRouter, createContext })
const events = await response.text()
if (!events.includes('"revoked"') || events.includes('never')) throw new Error(`the stream says ${events}`)

const { role } = await authSurface(appRouter)
if (role !== 'query: session, role "admin" | "owner"') throw new Error(`the surface says: ${role}`)
