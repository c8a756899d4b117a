import type { AddressInfo } from 'node:net'
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import type { SessionValidator } from 'hanko-session'
import { WebSocket, WebSocketServer } from 'ws'
import { hankoAuth } from '../src/index.ts'
import type { TestApp, TestRouter } from './test-app.ts'

export interface ServedSockets {
  /** How many contexts were made: one per socket. */
  readonly contexts: number
  connect(options?: { headers?: Record<string, string>; connectionParams?: Record<string, string> }): {
    client: TRPCClient<TestRouter>
    close: () => Promise<void>
  }
  close(): Promise<void>
}

/** An app behind tRPC's WebSocket adapter on a real port, and tRPC's own client for it. */
export async function serveWebSockets(
  { handler: { router, onError } }: TestApp,
  hanko: SessionValidator,
): Promise<ServedSockets> {
  let contexts = 0
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  applyWSSHandler({
    wss: server,
    router,
    onError,
    createContext(options) {
      contexts++
      return Object.freeze({ auth: hankoAuth(hanko, options) })
    },
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo

  return {
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
      const socket = createWSClient({
        url: `ws://127.0.0.1:${port}`,
        WebSocket: BrowserLike as unknown as typeof globalThis.WebSocket,
        ...(connectionParams === undefined ? {} : { connectionParams }),
      })
      return { client: createTRPCClient({ links: [wsLink({ client: socket })] }), close: () => socket.close() }
    },
    async close() {
      for (const socket of server.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
