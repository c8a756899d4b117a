import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:http2'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A server for a handler of `Request`, as frameworks make one of Node's. */
export function createFetchServer(answer: (request: Request) => Promise<Response>): Server {
  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const gone = new AbortController()
    res.on('close', () => gone.abort())
    const { status, headers, body } = await answer(toRequest(req, gone.signal))
    res.writeHead(status, Object.fromEntries(headers))
    if (body === null) res.end()
    // Its client may go first.
    else await pipeline(Readable.fromWeb(body as never), res).catch(() => {})
  }
  return createServer((req, res) => void serve(req, res))
}

function toRequest(req: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/', headers } = req
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(`http://${headers.host}${url}`, {
    method,
    headers: headers as Record<string, string>,
    signal,
    ...(hasBody ? { body: Readable.toWeb(req), duplex: 'half' } : {}),
  } as RequestInit)
}

/** `fetch` over HTTP/2, which Node's own does not speak without TLS. */
export function createHttp2Fetch(origin: string): { fetch: typeof fetch; close(): void } {
  const session = connect(origin)
  return {
    fetch: (input, { method = 'GET', headers, body, signal } = {}) =>
      new Promise((resolve, reject) => {
        const { pathname, search } = new URL(input instanceof Request ? input.url : input)
        const stream = session.request({
          ...Object.fromEntries(new Headers(headers)),
          ':method': method,
          ':path': pathname + search,
        })
        signal?.addEventListener('abort', () => stream.close())
        stream.on('error', reject).on('response', (received) => {
          const { ':status': status, ...others } = received
          const names = Object.entries(others).filter(([name]) => !name.startsWith(':')) as [string, string][]
          resolve(new Response(Readable.toWeb(stream) as ReadableStream, { status: status ?? 0, headers: names }))
        })
        stream.end(body as string | undefined)
      }),
    close: () => session.destroy(),
  }
}
