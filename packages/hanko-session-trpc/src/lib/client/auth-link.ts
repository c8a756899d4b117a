import { type Operation, TRPCClientError, type TRPCLink } from '@trpc/client'
import type { AnyRouter } from '@trpc/server'
import { observable, type Unsubscribable } from '@trpc/server/observable'
import { type Call, createJudge, type Failure } from 'hanko-session/client'
import { authErrorOf, authOf } from './auth-error-of.ts'
import type { AuthLinkOptions } from './auth-link-options.ts'
import { type Carrier, withCarrier } from './resend-headers.ts'

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
  const { retryMutations = false, ...others } = options
  if (typeof retryMutations !== 'boolean') throw new TypeError('retryMutations must be true or false')
  createJudge(others) // what is wrong with the options shows here
  return () => {
    const judge = createJudge(others)
    return ({ op, next }) =>
      observable((observer) => {
        const call: Call & Carrier = { marker: undefined, isCarried: false, retries: 0 }
        let current: Unsubscribable | undefined
        /** Since the teardown, which tRPC does for a call that has failed as well. Who has gone hears nothing more. */
        let isOver = false

        function fail(error: TRPCClientError<Router>): void {
          if (!isOver) observer.error(error)
        }

        function send(): void {
          const sentAt = judge.now()
          current = next(withCarrier(op, call)).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error(error) {
              const again = op.signal?.aborted
                ? undefined
                : judge.judge(call, toFailure(op, call, error, retryMutations), sentAt)
              if (again === undefined) observer.error(error)
              else void wait(again, error)
            },
          })
        }

        async function wait(again: Promise<boolean>, error: TRPCClientError<Router>): Promise<void> {
          const abort = (): void => fail(TRPCClientError.from(toAbortError(op.signal)))
          op.signal?.addEventListener('abort', abort)
          if (op.signal?.aborted) abort() // by the app, while it was asked
          const isAgain = await again.catch((thrown: unknown) => {
            fail(TRPCClientError.from(thrown instanceof Error ? thrown : new Error(String(thrown))))
          })
          op.signal?.removeEventListener('abort', abort)
          if (isOver) return
          if (!isAgain) return observer.error(error)
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

function toFailure({ type }: Operation, { isCarried }: Carrier, error: unknown, retryMutations: boolean): Failure {
  const auth = authOf(error)
  return {
    problem: authErrorOf(error),
    // A mutation of which a handler of the app says so may have had its effect; what has `auth` is a refusal of ours.
    mayRetry: type === 'query' || (type === 'mutation' && retryMutations && auth !== undefined),
    mayResend: type !== 'subscription' && isCarried,
    resend: auth?.resend,
  }
}

/** As `fetch` would reject. */
function toAbortError(signal: Operation['signal']): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException('This operation was aborted.', 'AbortError')
}
