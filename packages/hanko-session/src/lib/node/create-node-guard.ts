import type { IncomingMessage, ServerResponse } from 'node:http'
import onHeaders from 'on-headers'
import { assertValidator } from '../assert-validator.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { NO_STORE, type Refusal, toRefusal } from '../refusal.ts'
import type { Session } from '../session.ts'

/** The parts of a Fastify request and reply that are used. */
interface FastifyRequestLike {
  readonly raw: IncomingMessage
}

interface FastifyReplyLike {
  readonly raw: ServerResponse
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: Buffer): unknown
}

/** Guards for the servers of Node, and the session of a request they let through. */
export interface NodeGuard<Claims> {
  /** For `node:http` and `node:https`: the listener runs only with a live session. */
  listener(
    handle: (request: IncomingMessage, response: ServerResponse, session: Session<Claims>) => void | Promise<void>,
  ): (request: IncomingMessage, response: ServerResponse) => void
  /** Middleware for Express, Connect and what follows their form. */
  middleware(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
  /** An `onRequest` hook for Fastify: it runs before the body is read. */
  onRequest(request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown>
  /**
   * The session of a request (Node's own, Express's or Fastify's) that a guard of this object has let through.
   * @throws {TypeError} when none has: the route is not guarded
   */
  session(request: IncomingMessage | FastifyRequestLike): Session<Claims>
}

/**
 * Creates guards for node:http, Express, Connect and Fastify. Requests without a live session are answered with
 * `application/problem+json`; every answer is marked `private, no-store`, whatever the handler sets.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createSessionValidator } from 'hanko-session'
 * import { createNodeGuard } from 'hanko-session/node'
 *
 * const guard = createNodeGuard(createSessionValidator())
 *
 * // node:http
 * createServer(guard.listener((_request, response, session) => void response.end(session.userId)))
 * // Express: app.get('/api/me', guard.middleware, (req, res) => res.json(guard.session(req)))
 * // Fastify: app.get('/api/me', { onRequest: guard.onRequest }, (req) => guard.session(req))
 * ```
 *
 * @throws {TypeError} when it gets no validator
 */
export function createNodeGuard<Claims>(hanko: SessionValidator<Claims>): NodeGuard<Claims> {
  assertValidator(hanko, 'createNodeGuard')
  // Beside the request, not on it: nobody else can put a session there.
  const sessions = new WeakMap<IncomingMessage, Session<Claims>>()

  async function admit(
    request: IncomingMessage,
    response: ServerResponse,
    refuse: (refusal: Refusal) => void,
  ): Promise<Session<Claims> | undefined> {
    const state = await hanko.authenticate(request)
    if (state.status !== 'authenticated') {
      refuse(toRefusal(state))
      return undefined
    }
    onHeaders(response, () => void response.setHeader('cache-control', NO_STORE))
    sessions.set(request, state.session)
    return state.session
  }

  const refuseWith =
    (response: ServerResponse) =>
    ({ status, headers, body }: Refusal): void => {
      if (response.headersSent) return // somebody else (a timeout) answered while Hanko was asked
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
    }

  return Object.freeze({
    listener(handle) {
      const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const session = await admit(request, response, refuseWith(response))
        if (session !== undefined) await handle(request, response, session)
      }
      // What the handler throws is the process's unhandled rejection, as with any listener of Node.
      return (request, response) => void serve(request, response)
    },
    middleware(request, response, next) {
      admit(request, response, refuseWith(response)).then((session) => {
        if (session !== undefined) next()
      }, next)
    },
    async onRequest(request, reply) {
      // Through Fastify's reply, so that headers of other plugins (CORS) go with it.
      const session = await admit(request.raw, reply.raw, ({ status, headers, body }) => {
        reply.code(status)
        reply.headers(headers)
        reply.send(Buffer.from(body)) // to a string it would add a charset, which JSON has not
      })
      // Fastify goes on to the handler unless it gets the reply, which then resolves once the refusal is sent:
      // with an `onSend` hook of somebody else's that may be much later.
      return session === undefined ? reply : undefined
    },
    session(request) {
      const session = sessions.get('raw' in request ? request.raw : request)
      if (session === undefined)
        throw new TypeError(
          'This route has no guard: put guard.middleware, guard.onRequest or guard.listener before it',
        )
      return session
    },
  } satisfies NodeGuard<Claims>)
}
