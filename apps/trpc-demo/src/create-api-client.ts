// Runs in the browser: what an app's own client would look like, for a page that calls procedures by their names.
import { createTRPCUntypedClient, httpLink, httpSubscriptionLink, isTRPCClientError, splitLink } from '@trpc/client'
import type { ApiAnswer, CreateApiClient } from 'demo-kit'
import { authLink, resendHeaders } from 'hanko-session-trpc/client'
import type { AppRouter } from './router.ts'

const URL_OF_API = '/trpc'
/** Longer than the server waits for Hanko. */
const PATIENCE = 15_000

const createApiClient: CreateApiClient = ({ onSignedOut, signInAgain }) => {
  const client = createTRPCUntypedClient<AppRouter>({
    links: [
      authLink({ retries: 2, onSignedOut, onStepUp: ({ stepUp }) => signInAgain(stepUp) }),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url: URL_OF_API }),
        // One request for each call, because the page shows them one by one. `httpBatchLink` takes the same headers.
        false: httpLink({
          url: URL_OF_API,
          headers: resendHeaders,
          fetch: (url, init) => fetch(url, inTime(init as RequestInit)),
        }),
      }),
    ],
  })
  return {
    call: (kind, name, input) =>
      client[kind](name, input).then((body): ApiAnswer => ({ status: 200, word: 'OK', body }), toAnswer),
    open(name, { onEvent, onReconnect, onEnd }) {
      const subscription = client.subscription(name, undefined, {
        onData: onEvent,
        onError: (error) => onEnd(toAnswer(error)),
        onConnectionStateChange({ state, error }) {
          if (state === 'connecting' && error) onReconnect()
        },
      })
      return () => subscription.unsubscribe()
    },
  }
}

// oxlint-disable-next-line import/no-default-export -- the page loads it as the one thing this script is
export default createApiClient

function toAnswer(error: unknown): ApiAnswer {
  if (!isTRPCClientError<AppRouter>(error) || !error.data)
    return { status: 0, word: 'no answer', body: { message: 'This demo’s server did not answer.' } }
  return { status: error.data.httpStatus, word: error.data.code, body: error.shape }
}

const inTime = ({ signal, ...init }: RequestInit): RequestInit => ({
  ...init,
  signal: AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(PATIENCE)]),
})
