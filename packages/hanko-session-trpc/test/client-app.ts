import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  type TRPCLink,
  wsLink,
} from '@trpc/client'
import { initTRPC, TRPCError } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { EventSource } from 'eventsource'
import type { RequestAuth, SessionValidator } from 'hanko-session'
import { WebSocketServer } from 'ws'
import { authResponseMeta, hankoAuth, requireSession, requires, withAuthError } from '../src/index.ts'
import { authLink, type AuthLinkOptions, resendHeaders } from '../src/client.ts'

/** A user's app with all that a client can meet, and which handlers ran for whom. */
function createClientApp(hanko: SessionValidator) {
  const ran: string[] = []
  const t = initTRPC.context<{ auth: RequestAuth }>().create({ errorFormatter: withAuthError() })
  const protectedProcedure = t.procedure.use(requireSession())
  const steppedUp = t.procedure.use(requires(hanko, { amr: 'passkey' }))
  const untilLeft = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => signal?.addEventListener('abort', () => resolve(void ran.push('left'))))
  const router = t.router({
    me: protectedProcedure.query(({ ctx }) => (ran.push('me'), ctx.session.userId)),
    add: protectedProcedure.mutation(({ ctx }) => (ran.push('add'), ctx.session.userId)),
    clear: steppedUp.mutation(({ ctx }) => (ran.push(`clear ${ctx.session.userId}`), ctx.session.userId)),
    codes: t.procedure.use(requires(hanko, { amr: 'totp' })).query(() => 'codes'),
    secrets: steppedUp.query(({ ctx }) => (ran.push(`secrets ${ctx.session.userId}`), ctx.session.userId)),
    feed: protectedProcedure.subscription(async function* ({ ctx }) {
      yield ctx.session.userId
    }),
    /** These two wait for their caller to go away. */
    patient: protectedProcedure.query(({ signal }) => (ran.push('patient'), untilLeft(signal))),
    endless: protectedProcedure.subscription(async function* ({ signal }) {
      yield 'begun'
      await untilLeft(signal)
    }),
    missing: t.procedure.query(() => {
      throw new TRPCError({ code: 'NOT_FOUND' })
    }),
    /** An outage of something else of the app's. */
    broken: t.procedure.mutation(() => {
      ran.push('broken')
      throw new TRPCError({ code: 'SERVICE_UNAVAILABLE' })
    }),
  })
  return { ran, router }
}

export type ClientRouter = ReturnType<typeof createClientApp>['router']

/** Who a client is: another token is another sign-in. */
export interface Visitor {
  header: string | undefined
}

const headersOf = ({ header }: Visitor): Record<string, string> =>
  header === undefined ? {} : { authorization: header }

export const HTTP_LINKS = ['httpLink', 'httpBatchLink', 'httpBatchStreamLink'] as const

export interface ClientApp {
  /** Procedures that ran, and for whom where that matters. */
  readonly ran: string[]
  readonly url: string
  /** HTTP requests that came. */
  readonly requests: () => number
  connect(
    link: (typeof HTTP_LINKS)[number],
    visitor: Visitor,
    options: AuthLinkOptions,
    headers?: typeof resendHeaders,
  ): TRPCClient<ClientRouter>
  /** With a socket of its own. */
  connectSocket(visitor: Visitor, options: AuthLinkOptions): TRPCClient<ClientRouter>
  close(): Promise<void>
}

/** That app on a real port, over HTTP and WebSocket, for tRPC's own client with our link before each of its links. */
export async function serveClientApp(hanko: SessionValidator): Promise<ClientApp> {
  const { ran, router } = createClientApp(hanko)
  let requests = 0
  const answer = createHTTPHandler({
    router,
    createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
    responseMeta: authResponseMeta(),
  })
  const server = createServer((request, response) => {
    requests++
    answer(request, response)
  })
  const wss = new WebSocketServer({ server })
  applyWSSHandler({ wss, router, createContext: (options) => ({ auth: hankoAuth(hanko, options) }) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const sockets: { close(): Promise<void> }[] = []

  return {
    ran,
    url: `http://${address}`,
    requests: () => requests,
    connect(link, visitor, options, headers = resendHeaders) {
      const send = { httpLink, httpBatchLink, httpBatchStreamLink }[link] as typeof httpBatchLink
      const sending = send<ClientRouter>({
        url: `http://${address}`,
        headers: (given) => ({
          ...headers(given),
          ...headersOf(visitor),
        }),
      })
      return createTRPCClient<ClientRouter>({
        links: [authLink(options), withSubscriptions(address, visitor, sending)],
      })
    },
    connectSocket(visitor, options) {
      const socket = createWSClient({
        url: `ws://${address}`,
        connectionParams: () => headersOf(visitor),
      })
      sockets.push(socket)
      return createTRPCClient<ClientRouter>({ links: [authLink(options), wsLink({ client: socket })] })
    },
    async close() {
      await Promise.all(sockets.map((socket) => socket.close()))
      for (const socket of wss.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function withSubscriptions(address: string, visitor: Visitor, sending: TRPCLink<ClientRouter>): TRPCLink<ClientRouter> {
  return splitLink({
    condition: ({ type }) => type === 'subscription',
    true: httpSubscriptionLink({
      url: `http://${address}`,
      EventSource,
      eventSourceOptions: () => ({
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headersOf(visitor) } }),
      }),
    }),
    false: sending,
  })
}
