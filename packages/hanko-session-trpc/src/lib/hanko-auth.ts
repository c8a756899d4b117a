import type { RequestAuth, RequestInput, SessionValidator } from 'hanko-session'
import { type AuthOptions, type FoundRequest, toRequestInput } from './to-request-input.ts'

/**
 * Finds out who is behind a request: lazily, and once per HTTP request, so once for a batch. A public procedure that
 * does not look costs no call to Hanko. Over a WebSocket every call is checked again, because tRPC makes the
 * context once per socket. Never throws: tRPC would then fail every call, the public ones too.
 *
 * @param options what `createContext` gets from the adapter, or anything with the headers of the request
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import { createSessionValidator } from 'hanko-session'
 * import { hankoAuth } from 'hanko-session-trpc'
 *
 * const hanko = createSessionValidator()
 * export const createContext = (options: { req: Request }) => ({ auth: hankoAuth(hanko, options) })
 *
 * const t = initTRPC.context<typeof createContext>().create()
 * // An optional session. An outage is a state of its own, not "signed out".
 * export const greeting = t.procedure.query(async ({ ctx }) => {
 *   const state = await ctx.auth.state({ changesState: false })
 *   return state.status === 'authenticated' ? `Hello ${state.session.email?.address}` : 'Hello stranger'
 * })
 * ```
 */
export function hankoAuth<Claims>(hanko: SessionValidator<Claims>, options: AuthOptions): RequestAuth<Claims> {
  const { input, isWebSocket } = readSafely(options)
  const auth = hanko.forRequest(input)
  // Inherited from, not copied: a copy would freeze `consulted`.
  return isWebSocket
    ? Object.freeze(Object.create(auth, { [OVER_SOCKET]: { value: true } }) as RequestAuth<Claims>)
    : auth
}

/** Registered, so that two copies of this package agree. To carry it is only ever stricter. */
const OVER_SOCKET = Symbol.for('hanko-session-trpc.over-socket')

/**
 * Whether a `RequestAuth` is that of a WebSocket. There the cookie came with the handshake, which any site can
 * cause and whose answers it can read: a query needs a trusted origin too.
 */
export function isOverSocket(auth: object): boolean {
  return OVER_SOCKET in auth
}

function readSafely(options: AuthOptions): FoundRequest {
  try {
    return toRequestInput(options)
  } catch {
    return { input: options as RequestInput, isWebSocket: false } // a getter threw: for the validator it is unreadable, too
  }
}
