import type { EmulatorApi } from './answer-request.ts'
import { ConnectionResetError } from './faults/faulty-answer.ts'

type Answer = (api: EmulatorApi, request: Request) => Promise<Response>

/** A `fetch` that asks the emulator in this process: aborts, redirects and broken connections as over a network. */
export function createInProcessFetch(urls: () => { apiUrl: string; adminUrl: string }, answer: Answer): typeof fetch {
  const find = (url: URL): EmulatorApi | undefined => {
    const { apiUrl, adminUrl } = urls()
    if (url.origin === new URL(apiUrl).origin) return 'public'
    return url.origin === new URL(adminUrl).origin ? 'admin' : undefined
  }

  async function send(request: Request, hops: number): Promise<Response> {
    request.signal.throwIfAborted()
    const url = new URL(request.url)
    const api = find(url)
    if (api === undefined) throw failed(`The emulator does not answer for ${url.origin}`, 'ECONNREFUSED')
    const body =
      request.redirect === 'follow' && request.body !== null ? await request.clone().arrayBuffer() : undefined
    const response = await beforeAbort(ask(api, request), request.signal)
    const location = response.headers.get('Location')
    if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return response
    if (request.redirect === 'manual') return response
    if (request.redirect === 'error' || hops === 0) throw failed('unexpected redirect', 'UND_ERR_REDIRECT')
    return send(redirected(request, response.status, new URL(location, url), body), hops - 1)
  }

  async function ask(api: EmulatorApi, request: Request): Promise<Response> {
    try {
      return await answer(api, request)
    } catch (error) {
      if (error instanceof ConnectionResetError) throw failed('other side closed', 'ECONNRESET')
      throw error
    }
  }

  return async (input, init) => send(new Request(input, init), 20)
}

/** As the global fetch fails: a TypeError whose cause has the network's code. */
function failed(message: string, code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) })
}

function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function redirected(request: Request, status: number, to: URL, body: ArrayBuffer | undefined): Request {
  const keepsBody = status === 307 || status === 308
  const { headers, signal, redirect } = request
  if (!keepsBody) return new Request(to, { headers, signal, redirect })
  return new Request(to, { method: request.method, headers, signal, redirect, ...(body === undefined ? {} : { body }) })
}
