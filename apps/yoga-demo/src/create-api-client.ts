// Runs in the browser: what an app's own client would look like, for a page that calls operations by their names.
import { Client, type CombinedError, fetchExchange, type OperationResult } from '@urql/core'
import type { ApiAnswer, CreateApiClient } from 'demo-kit'
import { authExchange } from './auth-exchange.ts'
import { documents } from './documents.ts'

/** Longer than the server waits for Hanko. */
const PATIENCE = 15_000
/** A feed that lost its connection comes back. */
const PAUSE = 1_000

const createApiClient: CreateApiClient = ({ onSignedOut, signInAgain }) => {
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchSubscriptions: true, // over SSE, from the same endpoint
    exchanges: [
      authExchange({ retries: 2, onSignedOut, onStepUp: ({ stepUp }) => signInAgain(stepUp) }),
      fetchExchange,
    ],
  })
  const inTime: typeof fetch = (url, init) =>
    fetch(url, {
      ...init,
      signal: AbortSignal.any([...(init?.signal ? [init.signal] : []), AbortSignal.timeout(PATIENCE)]),
    })

  return {
    call: async (kind, name, input) =>
      toAnswer(await client[kind](documents[name] ?? '', { ...input }, { fetch: inTime }).toPromise()),
    open(name, { onEvent, onReconnect, onEnd }) {
      let timer: ReturnType<typeof setTimeout> | undefined
      let close: (() => void) | undefined
      function connect(): void {
        let isOver = false
        const { unsubscribe } = client.subscription(documents[name] ?? '', {}).subscribe((result) => {
          if (isOver) return
          if (result.error === undefined) return onEvent((result.data as Record<string, unknown>)[name])
          isOver = true
          close = undefined // an error is the last that comes
          if (result.error.networkError === undefined)
            return onEnd({ ...toAnswer(result), body: { message: result.error.graphQLErrors[0]?.message } })
          onReconnect()
          timer = setTimeout(connect, PAUSE)
        })
        close = unsubscribe
      }
      connect()
      return () => {
        clearTimeout(timer)
        close?.()
      }
    },
  }
}

// oxlint-disable-next-line import/no-default-export -- the page loads it as the one thing this script is
export default createApiClient

/** In a stream an error has no HTTP status of its own. */
const STATUSES: Readonly<Record<string, number>> = {
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
}

function toAnswer({ data, error }: OperationResult): ApiAnswer {
  if (error === undefined) return { status: 200, word: 'OK', body: { data: data as unknown } }
  if (error.networkError)
    return { status: 0, word: 'no answer', body: { message: 'This demo’s server did not answer.' } }
  const code = codeOf(error)
  const errors = error.graphQLErrors.map(({ message, extensions }) => ({ message, extensions }))
  return { status: STATUSES[code] ?? 500, word: code, body: { errors } }
}

function codeOf({ graphQLErrors: [first] }: CombinedError): string {
  const code = first?.extensions['code']
  return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR'
}
