import { TRPCError, type TRPCDefaultErrorShape, type TRPCErrorFormatter, type TRPCErrorShape } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { type HankoAuthError, type PublicReason, type StepUp, toPublicReason } from 'hanko-session'
import { toAuthCause, toCode } from './auth-error.ts'
import { readResendMarker } from './resend.ts'

/** Why a call was refused, as `error.data.auth` on the client. */
export interface AuthErrorData {
  /** `invalid_token` stands for every fault of a token. The `upstream_*` ones and `identity_mismatch` are outages. */
  readonly reason: PublicReason
  /** When Hanko asked to be tried again, in milliseconds from now. */
  readonly retryAfter?: number
  /** With `step_up_required`: how the user must sign in for this. */
  readonly stepUp?: StepUp
  /** With it: what `authLink` of `hanko-session-trpc/client` sends along when it sends the call again. Opaque. */
  readonly resend?: string
}

/** The shape of a formatter, with `data.auth`. */
export type WithAuthData<Shape extends TRPCErrorShape> = Omit<Shape, 'data'> & {
  data: Shape['data'] & { auth?: AuthErrorData }
}

/**
 * An `errorFormatter` that adds `data.auth` to the errors of `requireSession` and of `ctx.auth.requireSession()`, so that a client can tell
 * "signed out" from "cannot tell right now". Other errors stay as they are.
 *
 * @param formatter your own formatter, if you have one; `data.auth` is added to what it returns
 * @example
 * ```ts
 * import { initTRPC } from '@trpc/server'
 * import { withAuthError } from 'hanko-session-trpc'
 * import { z, ZodError } from 'zod'
 *
 * const t = initTRPC.create({
 *   errorFormatter: withAuthError(({ shape, error }) => ({
 *     ...shape,
 *     data: { ...shape.data, zod: error.cause instanceof ZodError ? z.flattenError(error.cause) : null },
 *   })),
 * })
 * ```
 */
export function withAuthError(): TRPCErrorFormatter<unknown, WithAuthData<TRPCDefaultErrorShape>>
export function withAuthError<Context, Shape extends TRPCErrorShape>(
  formatter: TRPCErrorFormatter<Context, Shape>,
): TRPCErrorFormatter<Context, WithAuthData<Shape>>
export function withAuthError(
  formatter: TRPCErrorFormatter<unknown, TRPCErrorShape> = ({ shape }) => shape,
): TRPCErrorFormatter<unknown, WithAuthData<TRPCErrorShape>> {
  return (options) => {
    const shape = formatter(options)
    const cause = toAuthCause(options.error)
    return cause === undefined ? shape : { ...shape, ...toStatus(options.error, cause, shape) }
  }
}

/**
 * What `ctx.auth.requireSession()` throws in a procedure is, for tRPC, an internal error: it gets the code and the
 * status that the middleware would have given it.
 */
function toStatus(error: TRPCError, cause: HankoAuthError, shape: TRPCErrorShape): WithAuthData<TRPCErrorShape> {
  const auth = toData(cause)
  const code = toCode(cause)
  if (error.code === code) return { ...shape, data: { ...shape.data, auth } }
  const httpStatus = getHTTPStatusCodeFromError(new TRPCError({ code }))
  return {
    ...shape,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: Object.assign({}, shape.data, { code, httpStatus, auth }),
  }
}

function toData(cause: HankoAuthError): AuthErrorData {
  const { code, retryAfter, stepUp } = cause
  const resend = readResendMarker(cause)
  return {
    reason: toPublicReason(code),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(stepUp === undefined ? {} : { stepUp }),
    ...(resend === undefined ? {} : { resend }),
  }
}
