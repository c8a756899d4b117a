// A user's own file against the packed tRPC adapter and its client: signed out, and a call that is sent again.
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createSessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { hankoAuth, requireSession, requires, withAuthError } from 'hanko-session-trpc'
import { authErrorOf, authLink, resendHeaders } from 'hanko-session-trpc/client'

const emulator = await createHankoEmulator()
const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, maxStaleness: 0 })
const createContext = (options: { req: Request }) => ({ auth: hankoAuth(hanko, options) })
const t = initTRPC.context<typeof createContext>().create({ errorFormatter: withAuthError() })
const protectedProcedure = t.procedure.use(requireSession())
const router = t.router({
  me: protectedProcedure.query(({ ctx }): string => ctx.session.userId),
  clear: t.procedure.use(requires(hanko, { amr: 'passkey' })).mutation(({ ctx }): string => ctx.session.userId),
})

async function call(headers: Record<string, string>): Promise<number> {
  const req = new Request('https://app.example/trpc/me', { headers })
  return (await fetchRequestHandler({ endpoint: '/trpc', req, router, createContext })).status
}

const { header } = await emulator.signIn({ email: 'ada@example.com' })
const statuses = [await call({}), await call({ authorization: header })]
if (statuses.join() !== '401,200') throw new Error(`the procedure answers ${statuses.join()}, not 401,200`)

// Its client, in process: signed out, and then a call that is sent again after a new sign-in.
let authorization = ''
const told: string[] = []
const client = createTRPCClient<typeof router>({
  links: [
    authLink({
      onSignedOut: ({ kind }) => told.push(kind),
      async onStepUp({ stepUp }) {
        told.push(...(stepUp.amr ?? []))
        authorization = (await emulator.signIn({ email: 'ada@example.com', amr: ['passkey'] })).header
        return true
      },
    }),
    httpBatchLink({
      url: 'https://app.example/trpc',
      headers: (options) => ({ ...resendHeaders(options), authorization }),
      fetch: (url, init) =>
        fetchRequestHandler({ endpoint: '/trpc', req: new Request(url, init as RequestInit), router, createContext }),
    }),
  ],
})
const problem = await client.me.query().catch(authErrorOf)
authorization = header
if ((await client.me.query()) !== (await client.clear.mutate())) throw new Error('another user')
if (typeof problem !== 'object' || told.join() !== 'signed-out,passkey')
  throw new Error(`the client says ${told.join()}`)
