import { type Operation, TRPCClientError, type TRPCLink } from '@trpc/client'
import type { AnyRouter } from '@trpc/server'
import { observable, type Unsubscribable } from '@trpc/server/observable'
import { type AuthLinkOptions, settleAuthLinkOptions } from './auth-link-options.ts'
import { type Call, createJudge } from './create-judge.ts'
import { withCarrier } from './resend-headers.ts'

/**
 * A link that knows what a refusal of `hanko-session-trpc` means: it waits out a short outage of the sign-in service,
 * tells the app once that the user is signed out, and asks it once for a new sign-in where one is needed, after which
 * the same user's calls are sent again. Put it before the link that sends, and give that one `resendHeaders`.
 *
 * Queries and mutations; of a subscription it tells the app why it ended, and leaves connecting again to tRPC. Calls over a
 * WebSocket are not sent again after a new sign-in, because the socket still has the old session.
 *
 * @throws {TypeError} that names the option
 * @example
 * ```ts
 * import { createTRPCClient, httpBatchLink } from '@trpc/client'
 * import { authLink, resendHeaders } from 'hanko-session-trpc/client'
 *
 * export const client = createTRPCClient({
 *   links: [
 *     authLink({
 *       onSignedOut: () => location.assign('/sign-in'),
 *       onStepUp: async () => confirm('This needs a new sign-in. Have you signed in again in the other tab?'),
 *     }),
 *     httpBatchLink({ url: '/trpc', headers: resendHeaders }),
 *   ],
 * })
 * ```
 */
export function authLink<Router extends AnyRouter = AnyRouter>(options: AuthLinkOptions = {}): TRPCLink<Router> {
  const settings = settleAuthLinkOptions(options)
  return () => {
    const judge = createJudge(settings)
    return ({ op, next }) =>
      observable((observer) => {
        const call: Call = { type: op.type, marker: undefined, isCarried: false, retries: 0 }
        let current: Unsubscribable | undefined
        let isOver = false

        function end(error: TRPCClientError<Router>): void {
          if (isOver) return
          isOver = true
          observer.error(error)
        }

        function send(): void {
          const sentAt = judge.now()
          current = next(withCarrier(op, call)).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error(error) {
              const again = op.signal?.aborted ? undefined : judge.judge(call, error, sentAt)
              if (again === undefined) end(error)
              else void wait(again, error)
            },
          })
        }

        async function wait(again: Promise<boolean>, error: TRPCClientError<Router>): Promise<void> {
          const abort = (): void => end(TRPCClientError.from(toAbortError(op.signal)))
          op.signal?.addEventListener('abort', abort)
          if (op.signal?.aborted) abort() // by the app, while it was asked
          const isAgain = await again.catch((thrown: unknown) => {
            end(TRPCClientError.from(thrown instanceof Error ? thrown : new Error(String(thrown))))
          })
          op.signal?.removeEventListener('abort', abort)
          if (isOver) return
          if (!isAgain) return end(error)
          send()
        }

        send()
        return () => {
          isOver = true
          current?.unsubscribe()
        }
      })
  }
}

/** As `fetch` would reject. */
function toAbortError(signal: Operation['signal']): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException('This operation was aborted.', 'AbortError')
}
