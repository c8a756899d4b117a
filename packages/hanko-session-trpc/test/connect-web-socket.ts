import type { AddressInfo } from 'node:net'
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client'
import type { AnyTRPCRouter } from '@trpc/server'
import { applyWSSHandler, type WSSHandlerOptions } from '@trpc/server/adapters/ws'
import type { SessionValidator } from 'hanko-session'
import { WebSocket, WebSocketServer } from 'ws'
import { hankoAuth } from '../src/index.ts'
import type { TestRouter } from './test-app.ts'

interface Handshake {
  headers?: Record<string, string>
  connectionParams?: Record<string, string>
}

interface Connected<Router extends AnyTRPCRouter> {
  client: TRPCClient<Router>
  /** The codes its sockets were closed with. */
  closed: number[]
  close: () => Promise<void>
}

export interface ServedSockets<Router extends AnyTRPCRouter = TestRouter> {
  /** How many contexts were made: one per socket. */
  readonly contexts: number
  readonly url: string
  connect(options?: Handshake): Connected<Router>
  close(): Promise<void>
}

/** An app behind tRPC's WebSocket adapter on a real port, and tRPC's own client for it. */
export async function serveWebSockets<Router extends AnyTRPCRouter>(
  { handler }: { handler: Pick<WSSHandlerOptions<Router>, 'router' | 'onError'> },
  hanko: SessionValidator,
): Promise<ServedSockets<Router>> {
  let contexts = 0
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  applyWSSHandler<Router>({
    wss: server,
    router: handler.router,
    ...(handler.onError === undefined ? {} : { onError: handler.onError }),
    createContext(options) {
      contexts++
      return Object.freeze({ auth: hankoAuth(hanko, options) }) as never
    },
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `ws://127.0.0.1:${port}`,
    get contexts() {
      return contexts
    },
    connect: (options) => connectWebSocket<Router>(`ws://127.0.0.1:${port}`, options),
    async close() {
      for (const socket of server.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** tRPC's own client, with a socket of its own. */
export function connectWebSocket<Router extends AnyTRPCRouter>(
  url: string,
  { headers = {}, connectionParams }: Handshake = {},
): Connected<Router> {
  /** A browser sends cookies and Origin by itself; its WebSocket has no way to say them. */
  class BrowserLike extends WebSocket {
    constructor(given: string | URL) {
      super(given, { headers })
    }
  }
  const closed: number[] = []
  const socket = createWSClient({
    onClose: (cause) => void closed.push(cause?.code ?? 0),
    url,
    WebSocket: BrowserLike as unknown as typeof globalThis.WebSocket,
    ...(connectionParams === undefined ? {} : { connectionParams }),
  })
  const client = createTRPCClient<Router>({ links: [wsLink({ client: socket } as never)] })
  return { client, closed, close: () => socket.close() }
}
