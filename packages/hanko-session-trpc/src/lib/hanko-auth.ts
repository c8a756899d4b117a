import type { RequestAuth, RequestInput, SessionValidator } from 'hanko-session'
import { listDemands, type ProcedureLike } from './demand.ts'
import { type AuthOptions, toRequestInput } from './to-request-input.ts'

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
  const auth = hanko.forRequest(readSafely(options))
  const defaults = readDefaults(options)
  return defaults === undefined ? auth : auth.forOperation(defaults)
}

/** What holds for all calls of the request, where the adapter says so. */
function readDefaults(options: AuthOptions): { changesState: boolean; fresh?: boolean } | undefined {
  try {
    const { type, calls } = (options as { info?: InfoLike }).info ?? {}
    if (type !== 'query' && type !== 'mutation' && type !== 'subscription') return undefined
    // A subscription over SSE is a GET, and a query of many inputs a POST: what counts is what the request does.
    const changesState = type !== 'query'
    return calls !== undefined && calls.length > 1 && calls.some(isFresh)
      ? { changesState, fresh: true }
      : { changesState }
  } catch {
    return undefined
  }
}

interface InfoLike {
  readonly type?: unknown
  readonly calls?: readonly { readonly procedure: ProcedureLike | null }[]
}

/** A batch is one decision, as fresh as the strictest of its calls needs it: else Hanko would be asked twice. */
function isFresh({ procedure }: { readonly procedure: ProcedureLike | null }): boolean {
  try {
    return procedure !== null && listDemands(procedure).some((demand) => demand.isFresh)
  } catch {
    return false // its meta is no rule: that call will fail, and what it needs is nobody's concern
  }
}

function readSafely(options: AuthOptions): RequestInput {
  try {
    return toRequestInput(options)
  } catch {
    return options as RequestInput // a getter threw: the validator cannot read it, either
  }
}
