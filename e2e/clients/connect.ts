import { ApolloClient, ApolloLink, gql as toDocument, HttpLink, InMemoryCache } from '@apollo/client'
import { Client, fetchExchange } from '@urql/core'
import type { RetryOptions } from 'hanko-session-yoga/client'
import { authExchange } from '../../apps/yoga-demo/src/auth-exchange.ts'
import { createAuthLink } from './auth-link.ts'

/** Who a client is: another token is another sign-in. */
export interface Visitor {
  header: string | undefined
}

/** What both libraries are for here: an operation, and its data or what the library throws. */
export interface GraphQLClient {
  /** @param signal for a component that goes */
  query(text: string, signal?: AbortSignal): Promise<unknown>
  mutate(text: string): Promise<unknown>
}

export type Connect = (url: string, visitor: Visitor, options: RetryOptions) => GraphQLClient

function onAbort(signal: AbortSignal, subscription: { unsubscribe(): void }, reject: (reason: unknown) => void): void {
  signal.addEventListener('abort', () => {
    subscription.unsubscribe()
    reject(signal.reason)
  })
}

const fetchAs =
  (visitor: Visitor): typeof fetch =>
  (url, init) => {
    const headers = new Headers(init?.headers)
    if (visitor.header !== undefined) headers.set('authorization', visitor.header)
    return fetch(url, { ...init, headers })
  }

const urql: Connect = (url, visitor, options) => {
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [authExchange(options), fetchExchange],
    fetch: fetchAs(visitor),
  })
  const toData = ({ data, error }: { data?: unknown; error?: Error | undefined }): unknown => {
    if (error) throw error
    return data
  }
  return {
    query(text, signal) {
      const asked = client.query(text, {})
      return new Promise((resolve, reject) => {
        const subscription = asked.subscribe((result) => {
          try {
            resolve(toData(result))
          } catch (error) {
            reject(error as Error)
          }
        })
        if (signal !== undefined) onAbort(signal, subscription, reject)
      })
    },
    mutate: async (text) => toData(await client.mutation(text, {})),
  }
}

const apollo: Connect = (url, visitor, options) => {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: 'no-cache' }, mutate: { fetchPolicy: 'no-cache' } },
    queryDeduplication: false,
    // As an app may have it that saves bytes: the link sends the marker nevertheless.
    link: ApolloLink.from([
      createAuthLink(options),
      new HttpLink({ uri: url, fetch: fetchAs(visitor), includeExtensions: false }),
    ]),
  })
  return {
    async query(text, signal) {
      const query = toDocument(text)
      if (signal === undefined) return (await client.query({ query })).data
      return new Promise((_resolve, reject) => {
        const subscription = client.watchQuery({ query, fetchPolicy: 'no-cache' }).subscribe(() => {})
        onAbort(signal, subscription, reject)
      })
    },
    mutate: async (text) => (await client.mutate({ mutation: toDocument(text) })).data,
  }
}

export const CLIENTS: Readonly<Record<string, Connect>> = { urql: urql, 'Apollo Client': apollo }
