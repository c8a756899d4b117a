import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Operation } from './operation.ts'
import { readPageFiles, SCRIPT } from './page-files.ts'
import { toPageHeaders } from './page-headers.ts'
import { renderPage } from './render-page.ts'

export interface DemoPageOptions {
  /** The kind of API: `tRPC`. */
  readonly title: string
  /** One sentence below the title. */
  readonly lead: string
  readonly hankoPublicUrl: string
  /** Both demos, for the links between them: the one of this title is this one. */
  readonly demos: readonly { readonly title: string; readonly url: string }[]
  /** The script of the API's own client: a module whose default export is a `CreateApiClient`. */
  readonly client?: Uint8Array
  /** Whether `POST /api/end-session` ends the session elsewhere. */
  readonly endsSessions?: boolean
  /** In the order of the page. */
  readonly operations: readonly Operation[]
}

export interface DemoPage {
  /** Answers whatever is left when the API had its say. */
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** The page of a demo: the same for both, apart from what it calls. */
export function createDemoPage(options: DemoPageOptions): DemoPage {
  const files = readPageFiles()
  const client = options.client && { type: SCRIPT, content: options.client }

  function sendPage(response: ServerResponse): void {
    const nonce = randomBytes(16).toString('base64')
    response.writeHead(200, toPageHeaders(nonce, options.hankoPublicUrl)).end(renderPage(options, nonce))
  }

  function sendFile(response: ServerResponse, path: string): void {
    const file = path === '/client.js' ? client : files.get(path)
    if (file === undefined) return sendText(response, 404, 'Not found')
    response
      .writeHead(200, { 'content-type': file.type, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
      .end(file.content)
  }

  return {
    handle(request, response) {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return sendText(response, 405, 'Method not allowed', { allow: 'GET, HEAD' })
      const { host = 'localhost' } = request.headers
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      if (pathname !== '/') return sendFile(response, pathname)
      const port = /^(?:127\.0\.0\.1|\[::1\])(:\d+)?$/.exec(host)?.[1]
      // The cookie of localhost is not one of 127.0.0.1: people would sign in and stay signed out.
      if (port !== undefined) return sendText(response, 302, '', { location: `http://localhost${port}/` })
      sendPage(response)
    },
  }
}

function sendText(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(text)
}
