import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebhookReceiver } from '../webhooks/create-webhook-receiver.ts'

/** The parts of a Fastify request and reply that are used. */
interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly body: unknown
}

interface FastifyReplyLike {
  readonly raw: ServerResponse
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: Buffer): unknown
}

/** A listener for `node:http`, and a handler for Express, Connect and Fastify. It never rejects. */
export type NodeWebhook = (
  request: IncomingMessage | FastifyRequestLike,
  response: ServerResponse | FastifyReplyLike,
) => Promise<unknown>

/**
 * Puts a webhook receiver behind a route of node:http, Express, Connect or Fastify, whether a body parser was there
 * first or not.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createSessionValidator } from 'hanko-session'
 * import { toNodeWebhook } from 'hanko-session/node'
 * import { createWebhookReceiver } from 'hanko-session/webhooks'
 *
 * const webhook = toNodeWebhook(createWebhookReceiver(createSessionValidator()))
 *
 * // node:http
 * createServer((request, response) => {
 *   if (request.url === '/hooks/hanko') void webhook(request, response)
 *   else response.writeHead(404).end()
 * })
 * // Express: app.post('/hooks/hanko', webhook)
 * // Fastify: app.post('/hooks/hanko', webhook)
 * ```
 */
export function toNodeWebhook(receiver: Pick<WebhookReceiver, 'handle'>): NodeWebhook {
  return async (request, response) => {
    const message = 'raw' in request ? request.raw : request
    const answer = await receiver.handle(toRequest(message, (request as { body?: unknown }).body))
    const body = Buffer.from(await answer.arrayBuffer())
    const headers = {
      ...Object.fromEntries(answer.headers),
      // What is still on its way (a body that is too large, or too slow) must not keep the connection.
      ...(message.complete || message.httpVersionMajor > 1 ? {} : { connection: 'close' }),
    }
    if ('raw' in response) {
      // Through Fastify's reply, so that headers of other plugins go with it.
      response.code(answer.status)
      response.headers(headers)
      response.send(body)
    } else if (!response.headersSent)
      response.writeHead(answer.status, { ...headers, 'content-length': body.byteLength }).end(body)
    return response
  }
}

/** Of a request no more than the receiver looks at. */
function toRequest(message: IncomingMessage, parsed: unknown): Request {
  // A `Request` cannot have just any method.
  if (message.method !== 'POST') return new Request('http://webhook.invalid/')
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: { 'content-type': message.headers['content-type'] ?? '' },
    body: toBody(message, parsed),
    duplex: 'half',
  }
  const request = new Request('http://webhook.invalid/', init)
  // Somebody else has read the stream and left nothing: the receiver is to see that, not an empty body.
  if (parsed === undefined && message.readableEnded) void request.text()
  return request
}

function toBody(message: IncomingMessage, parsed: unknown): BodyInit {
  if (parsed === undefined || parsed === null) return toStream(message)
  if (typeof parsed === 'string') return parsed
  if (parsed instanceof Uint8Array) return parsed as Uint8Array<ArrayBuffer>
  try {
    return JSON.stringify(parsed)
  } catch {
    return '' // Some parsers make what JSON cannot say, such as a BigInt: refused as any body without a token.
  }
}

/**
 * Unlike `Readable.toWeb`, it leaves the connection alone when its reader has had enough: an answer is still due.
 * Nothing is taken that nobody reads: a body of a delivery that is refused for its headers would else pile up in memory
 * for as long as it comes, which over HTTP/2 is as long as its sender likes.
 */
function toStream(message: IncomingMessage): ReadableStream<Uint8Array> {
  const listening = new AbortController()
  let isListening = false

  function listen(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const on = (event: string, listener: (value: Uint8Array) => void): void => {
      message.on(event, listener)
      listening.signal.addEventListener('abort', () => message.off(event, listener))
    }
    const end = (): void => {
      if (!listening.signal.aborted) controller.close()
      listening.abort()
    }
    on('data', (chunk) => {
      message.pause()
      controller.enqueue(chunk)
    })
    on('end', end)
    // A sender that went away: what has come is all there is.
    on('error', end)
    on('close', end)
    if (message.readableEnded || message.destroyed) end()
  }

  return new ReadableStream(
    {
      pull(controller) {
        if (!isListening) listen(controller)
        isListening = true
        message.resume()
      },
      cancel() {
        listening.abort()
        message.resume() // what is still to come goes nowhere
      },
    },
    { highWaterMark: 0 },
  )
}
