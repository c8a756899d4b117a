import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { EmulatorApi } from './answer-request.ts'
import type { HankoEmulator } from './create-hanko-emulator.ts'

/** Options of `serveHankoEmulator`. */
export interface ServeOptions {
  /** `0` takes a free one. @default 8000 */
  publicPort?: number
  /** `0` takes a free one. @default 8001 */
  adminPort?: number
  /**
   * The host in the URLs. `localhost` listens on 127.0.0.1 alone, as the admin API has no authentication.
   * @default 'localhost'
   */
  host?: string
}

/** A served emulator. */
export interface ServedEmulator {
  apiUrl: string
  adminUrl: string
  /** Ends both servers, open connections and hanging answers included. Can be called again. */
  close(): Promise<void>
}

/**
 * Serves an emulator on two ports, as Hanko does. The emulator's own `apiUrl`, `adminUrl` and `fetch` follow.
 * Rejects with the system's error when a port is taken.
 *
 * @example
 * ```ts
 * import { createHankoEmulator } from 'hanko-session/testing'
 * import { serveHankoEmulator } from 'hanko-session/testing-node'
 *
 * const hanko = await createHankoEmulator()
 * const server = await serveHankoEmulator(hanko, { publicPort: 0, adminPort: 0 })
 * console.log(server.apiUrl, server.adminUrl)
 * await server.close()
 * ```
 */
export async function serveHankoEmulator(emulator: HankoEmulator, options: ServeOptions = {}): Promise<ServedEmulator> {
  const { publicPort = 8000, adminPort = 8001, host = 'localhost' } = options
  const publicServer = serve(emulator, 'public')
  const adminServer = serve(emulator, 'admin')
  const close = async (): Promise<void> => {
    await Promise.all([stop(publicServer), stop(adminServer)])
  }
  try {
    const urls = {
      apiUrl: await listen(publicServer, publicPort, host),
      adminUrl: await listen(adminServer, adminPort, host),
    }
    emulator.servedAt(urls)
    return { ...urls, close }
  } catch (error) {
    await close()
    throw error
  }
}

function serve(emulator: HankoEmulator, api: EmulatorApi): Server {
  return createServer((incoming, outgoing) => {
    const gone = new AbortController()
    // Also after a complete answer, when nothing listens any more.
    outgoing.once('close', () => gone.abort())
    respond(emulator, api, incoming, outgoing, gone.signal).catch(() => {
      // A fault broke the connection, or the caller did.
      outgoing.destroy()
    })
  })
}

async function respond(
  emulator: HankoEmulator,
  api: EmulatorApi,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  // The one method that a Request cannot have; Hanko has no route for it either.
  if (incoming.method === 'TRACE') return void outgoing.writeHead(404).end()
  const response = await emulator.answer(api, toRequest(incoming, signal))
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') outgoing.setHeader(name, value)
  }
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('Set-Cookie', cookies)
  // Each piece is on its way before the next is made: an endless body needs no memory, and one that breaks half-way
  // has shown its first half. (Readable.fromWeb reads ahead, and forgets what it read when the body breaks.)
  const reader = response.body?.getReader()
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
    await write(outgoing, next.value)
  outgoing.end()
}

function write(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each)
  }
  const init = { method, headers, signal }
  // Not resolved against the host: a path that begins with two slashes would become one.
  const url = new URL(`http://localhost${incoming.url?.startsWith('/') === true ? incoming.url : '/*'}`)
  if (method === 'GET' || method === 'HEAD') return new Request(url, init)
  const body = Readable.toWeb(incoming) as unknown as ReadableStream
  // `duplex` is required for a streamed body and missing in the types of the DOM.
  return new Request(url, { ...init, body, duplex: 'half' } as RequestInit)
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host === 'localhost' ? '127.0.0.1' : host, () => {
      server.off('error', reject)
      resolve(`http://${host}:${(server.address() as AddressInfo).port}`)
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Resolves also when the server never listened or was closed before.
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
