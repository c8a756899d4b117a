import type { AddressInfo } from 'node:net'
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client'
import type { AnyTRPCRouter } from '@trpc/server'
import { applyWSSHandler, type WSSHandlerOptions } from '@trpc/server/adapters/ws'
import type { SessionValidator } from 'hanko-session'
import { WebSocket, WebSocketServer } from 'ws'
import { hankoAuth } from '../src/index.ts'
import type { TestRouter } from './test-app.ts'

export interface ServedSockets<Router extends AnyTRPCRouter = TestRouter> {
  /** How many contexts were made: one per socket. */
  readonly contexts: number
  readonly url: string
  connect(options?: { headers?: Record<string, string>; connectionParams?: Record<string, string> }): {
    client: TRPCClient<Router>
    /** The codes its sockets were closed with. */
    closed: number[]
    close: () => Promise<void>
  }
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
    connect({ headers = {}, connectionParams } = {}) {
      /** A browser sends cookies and Origin by itself; its WebSocket has no way to say them. */
      class BrowserLike extends WebSocket {
        constructor(url: string | URL) {
          super(url, { headers })
        }
      }
      const closed: number[] = []
      const socket = createWSClient({
        onClose: (cause) => void closed.push(cause?.code ?? 0),
        url: `ws://127.0.0.1:${port}`,
        WebSocket: BrowserLike as unknown as typeof globalThis.WebSocket,
        ...(connectionParams === undefined ? {} : { connectionParams }),
      })
      const client = createTRPCClient<Router>({ links: [wsLink({ client: socket } as never)] })
      return { client, closed, close: () => socket.close() }
    },
    async close() {
      for (const socket of server.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
