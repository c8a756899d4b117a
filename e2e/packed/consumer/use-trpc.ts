// A user's own file against the packed tRPC adapter: the router of the README, called over HTTP's fetch form.
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createSessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { hankoAuth, requireSession, withAuthError } from 'hanko-session-trpc'

const emulator = await createHankoEmulator()
const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, maxStaleness: 0 })
const createContext = (options: { req: Request }) => ({ auth: hankoAuth(hanko, options) })
const t = initTRPC.context<typeof createContext>().create({ errorFormatter: withAuthError() })
const protectedProcedure = t.procedure.use(requireSession())
const router = t.router({ me: protectedProcedure.query(({ ctx }): string => ctx.session.userId) })

async function call(headers: Record<string, string>): Promise<number> {
  const req = new Request('https://app.example/trpc/me', { headers })
  return (await fetchRequestHandler({ endpoint: '/trpc', req, router, createContext })).status
}

const { header } = await emulator.signIn({ email: 'ada@example.com' })
const statuses = [await call({}), await call({ authorization: header })]
if (statuses.join() !== '401,200') throw new Error(`the procedure answers ${statuses.join()}, not 401,200`)
