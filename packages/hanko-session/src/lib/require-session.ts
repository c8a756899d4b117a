import { assertValidator } from './assert-validator.ts'
import type { SessionValidator } from './create-session-validator.ts'
import { NO_STORE, toRefusal } from './refusal.ts'
import type { Session } from './session.ts'

/**
 * Guards a fetch-style handler (Workers, Deno, Bun, Next route handlers, Hono's `c.req.raw`, ...): it runs only with a live
 * session; every other request is answered with `application/problem+json` and the status of its reason.
 * Further arguments (`env`, `ctx`, route parameters) are passed on. Every answer is marked `private, no-store`.
 *
 * @example
 * ```ts
 * import { createSessionValidator, requireSession } from 'hanko-session'
 *
 * const hanko = createSessionValidator()
 *
 * export default {
 *   fetch: requireSession(hanko, (request, session) => Response.json({ id: session.userId })),
 * }
 * ```
 *
 * @throws {TypeError} when it gets no validator or no handler
 */
export function requireSession<Claims, Rest extends unknown[]>(
  hanko: SessionValidator<Claims>,
  handler: (request: Request, session: Session<Claims>, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  assertValidator(hanko, 'requireSession')
  if (typeof handler !== 'function') throw new TypeError('requireSession needs a handler, a function')
  return async (request, ...rest) => {
    const state = await hanko.authenticate(request)
    if (state.status === 'authenticated') return withNoStore(await handler(request, state.session, ...rest))
    const { status, headers, body } = toRefusal(state)
    return new Response(request.method === 'HEAD' ? null : body, { status, headers })
  }
}

function withNoStore(response: Response): Response {
  try {
    response.headers.set('cache-control', NO_STORE)
    return response
  } catch {
    // Headers of a fetched or redirecting response cannot be changed. (A 101 has nothing to be stored.)
    if (response.status === 101) return response
    const copy = new Response(response.body, response)
    copy.headers.set('cache-control', NO_STORE)
    return copy
  }
}
