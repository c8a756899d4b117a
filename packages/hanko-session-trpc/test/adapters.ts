import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { awsLambdaRequestHandler, awsLambdaStreamingRequestHandler } from '@trpc/server/adapters/aws-lambda'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import { type FetchCreateContextFnOptions, fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createNextApiHandler } from '@trpc/server/adapters/next'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import { createHTTP2Handler, createHTTPServer } from '@trpc/server/adapters/standalone'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda'
import express from 'express'
import fastify from 'fastify'
import type { SessionValidator } from 'hanko-session'
import { type AuthOptions, hankoAuth } from '../src/index.ts'
import { toEvent, toEventV1, toResponse, toStreamedResponse } from './lambda.ts'
import { createFetchServer, createHttp2Fetch } from './serve-fetch.ts'
import type { TestApp, TestContext, TestRouter } from './test-app.ts'

/** An app behind one adapter. */
export interface Served {
  readonly url: string
  readonly fetch: typeof fetch
  close(): Promise<void>
}

type Serve = (app: TestApp, hanko: SessionValidator) => Promise<Served>

async function listen(server: Server): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/trpc`,
    fetch,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An app behind tRPC's fetch adapter, on a real server. */
async function listenWithFetch(
  { handler }: TestApp,
  toAuth: (options: FetchCreateContextFnOptions) => TestContext['auth'],
  toRequest = (request: Request): Request => request,
): Promise<Served> {
  return listen(
    createFetchServer((request) =>
      fetchRequestHandler({
        ...handler,
        req: toRequest(request),
        endpoint: '/trpc',
        createContext: (options) => ({ auth: toAuth(options) }),
      }),
    ),
  )
}

/** Lambda has no server that could be started here: `answer` is what the platform calls. */
function inProcess(answer: (request: Request) => Promise<Response>): Served {
  const call: typeof fetch = (url, init) => answer(new Request(url, init))
  return { url: 'http://127.0.0.1/trpc', fetch: call, close: () => Promise.resolve() }
}

export const ADAPTERS: Record<string, Serve> = {
  standalone: async ({ handler }, hanko) =>
    listen(
      createHTTPServer({
        ...handler,
        basePath: '/trpc/',
        createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
      }),
    ),

  'standalone, HTTP/2': async ({ handler }, hanko) => {
    const server = createHttp2Server(
      createHTTP2Handler({
        ...handler,
        basePath: '/trpc/',
        createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = createHttp2Fetch(origin)
    return {
      url: `${origin}/trpc`,
      fetch: client.fetch,
      async close() {
        client.close()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  },

  'node-http': async ({ handler }, hanko) =>
    listen(
      createServer((req, res) => {
        const { pathname } = new URL(req.url ?? '/', 'http://localhost')
        const path = pathname.slice('/trpc/'.length)
        const createContext = (options: AuthOptions): TestContext => ({ auth: hankoAuth(hanko, options) })
        void nodeHTTPRequestHandler({ ...handler, req, res, path, createContext })
      }),
    ),

  'Next, pages': async ({ handler }, hanko) => {
    // Its own types are those of `next`, which is not installed.
    const answer = createNextApiHandler({
      ...handler,
      createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
    }) as (req: IncomingMessage, res: ServerResponse) => unknown
    return listen(createServer((req, res) => void answer(toNextRequest(req), res)))
  },

  'Next, app router': async (app, hanko) => {
    // A route handler gets a Request of Next's own class, and may have read `headers()` for its context.
    class NextRequest extends Request {}
    return listenWithFetch(
      app,
      (options) => hankoAuth(hanko, options),
      (request) => new NextRequest(request),
    )
  },

  express: async ({ handler }, hanko) => {
    const app = express()
    app.use(
      '/trpc',
      createExpressMiddleware({ ...handler, createContext: (options) => ({ auth: hankoAuth(hanko, options) }) }),
    )
    return listen(createServer(app))
  },

  fastify: async ({ handler }, hanko) => {
    const app = fastify()
    await app.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: { ...handler, createContext: (options) => ({ auth: hankoAuth(hanko, options) }) },
    } satisfies FastifyTRPCPluginOptions<TestRouter>)
    const address = await app.listen({ port: 0, host: '127.0.0.1' })
    return { url: `${address}/trpc`, fetch, close: () => app.close() }
  },

  fetch: async (app, hanko) => listenWithFetch(app, (options) => hankoAuth(hanko, options)),

  'fetch, T3 style': async (app, hanko) =>
    listenWithFetch(app, ({ req }) => hankoAuth(hanko, { headers: req.headers })),

  'Lambda, payload 2.0': async ({ handler }, hanko) => {
    const answer = awsLambdaRequestHandler<TestRouter, APIGatewayProxyEventV2>({
      ...handler,
      createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
    })
    return inProcess(async (request) => toResponse(await answer(await toEvent(request), {} as Context)))
  },

  'Lambda, payload 1.0': async ({ handler }, hanko) => {
    const answer = awsLambdaRequestHandler<TestRouter, APIGatewayProxyEvent>({
      ...handler,
      createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
    })
    return inProcess(async (request) => toResponse(await answer(await toEventV1(request), {} as Context)))
  },

  'Lambda, streaming': async ({ handler }, hanko) => {
    const answer = awsLambdaStreamingRequestHandler<TestRouter, APIGatewayProxyEventV2>({
      ...handler,
      createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
    })
    return inProcess(async (request) => {
      const event = await toEvent(request)
      return toStreamedResponse((stream) => answer(event, stream, {} as Context) as Promise<void>)
    })
  },
}

/** As Next makes it of the file `pages/trpc/[trpc].ts`: the path in `query`. */
function toNextRequest(req: IncomingMessage): IncomingMessage {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost')
  const query = { ...Object.fromEntries(searchParams), trpc: decodeURIComponent(pathname.slice('/trpc/'.length)) }
  return Object.assign(req, { query, cookies: {} })
}
