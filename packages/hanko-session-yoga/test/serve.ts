import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Served {
  readonly url: string
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>
  close(): Promise<void>
}

/** Yoga is a listener of node:http as well as a fetch. */
export interface Servable {
  (...request: Parameters<RequestListener>): unknown
  fetch(url: string, init?: RequestInit): Promise<Response> | Response
}

/** The ways in: the same behaviour is expected of each. */
export const WAYS = {
  'yoga.fetch': async (yoga: Servable): Promise<Served> => ({
    url: 'http://localhost/graphql',
    fetch: async (url, init) => yoga.fetch(url, init),
    close: async () => {},
  }),
  'node:http': async (yoga: Servable): Promise<Served> => {
    const server = createServer((request, response) => void yoga(request, response))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
      fetch: async (url, init) => fetch(url, init),
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    }
  },
}

export const GRAPHQL_RESPONSE = 'application/graphql-response+json'

export interface Answer {
  status: number
  headers: Headers
  data?: unknown
  errors?: { message: string; extensions?: Record<string, unknown>; locations?: unknown; path?: unknown }[]
}

/** Posts one operation as a client of GraphQL over HTTP does. */
export async function post(
  served: Served,
  query: string,
  init: { headers?: Record<string, string>; variables?: unknown; operationName?: string } = {},
): Promise<Answer> {
  const { headers, ...params } = init
  const response = await served.fetch(served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: GRAPHQL_RESPONSE, ...headers },
    body: JSON.stringify({ query, ...params }),
  })
  return { status: response.status, headers: response.headers, ...((await response.json()) as object) }
}
