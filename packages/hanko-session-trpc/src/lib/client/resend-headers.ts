import { RESEND_HEADER, type Resend, writeResends } from '../resend-header.ts'

/** What goes with a call through the links, in its context. */
export interface Carrier {
  /** Of its refusal, when it is sent again. */
  marker: string | undefined
  /** The link that sends it looked here: so a marker would be sent. */
  isCarried: boolean
}

const KEY = 'hankoResend'

interface Call {
  readonly path: string
  readonly context: Record<string, unknown>
}

export function withCarrier<Op extends Call>(op: Op, carrier: Carrier): Op {
  return { ...op, context: { ...op.context, [KEY]: carrier } }
}

/**
 * The `headers` of the link that sends, so that `authLink` can send a call again: the server learns from them whose
 * call it was, and refuses it if another user has signed in meanwhile. They are empty but for such a call. Without
 * them nothing is sent again.
 *
 * @example
 * ```ts
 * import { httpBatchLink } from '@trpc/client'
 * import { resendHeaders } from 'hanko-session-trpc/client'
 *
 * export const plain = httpBatchLink({ url: '/trpc', headers: resendHeaders })
 * export const withMine = httpBatchLink({
 *   url: '/trpc',
 *   headers: (options) => ({ ...resendHeaders(options), 'x-app-version': '7' }),
 * })
 * ```
 */
export function resendHeaders(
  options: { readonly op: Call } | { readonly opList: readonly Call[] },
): Record<string, string> {
  const resends: Resend[] = []
  for (const { path, context } of 'opList' in options ? options.opList : [options.op]) {
    const carrier = context[KEY] as Carrier | undefined
    if (carrier === undefined) continue
    carrier.isCarried = true
    if (carrier.marker !== undefined) resends.push({ path, marker: carrier.marker })
  }
  return resends.length === 0 ? {} : { [RESEND_HEADER]: writeResends(resends) }
}
