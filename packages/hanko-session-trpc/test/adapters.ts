import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createNextApiHandler } from '@trpc/server/adapters/next'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda'
import express from 'express'
import fastify from 'fastify'
import type { SessionValidator } from 'hanko-session'
import { type AuthOptions, hankoAuth } from '../src/index.ts'
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

/** Adapters without a server of their own: `answer` is what the platform calls. */
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

  'Next, app router': async ({ handler }, hanko) => {
    // A route handler gets a Request of Next's own class, and may have read `headers()` for its context.
    class NextRequest extends Request {}
    return inProcess((request) =>
      fetchRequestHandler({
        ...handler,
        req: new NextRequest(request),
        endpoint: '/trpc',
        createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
      }),
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

  fetch: async ({ handler }, hanko) =>
    inProcess((req) =>
      fetchRequestHandler({
        ...handler,
        req,
        endpoint: '/trpc',
        createContext: (options) => ({ auth: hankoAuth(hanko, options) }),
      }),
    ),

  'fetch, T3 style': async ({ handler }, hanko) =>
    inProcess((req) =>
      fetchRequestHandler({
        ...handler,
        req,
        endpoint: '/trpc',
        createContext: () => ({ auth: hankoAuth(hanko, { headers: req.headers }) }),
      }),
    ),

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
}

/** As Next makes it of the file `pages/trpc/[trpc].ts`: the path in `query`. */
function toNextRequest(req: IncomingMessage): IncomingMessage {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost')
  const query = { ...Object.fromEntries(searchParams), trpc: decodeURIComponent(pathname.slice('/trpc/'.length)) }
  return Object.assign(req, { query, cookies: {} })
}

/** As API Gateway makes it: cookies stand beside the headers. */
async function toEvent(request: Request): Promise<APIGatewayProxyEventV2> {
  const { pathname, search, host } = new URL(request.url)
  const { cookie, ...headers } = Object.fromEntries(request.headers)
  const body = await request.text()
  return {
    version: '2.0',
    routeKey: 'ANY /trpc/{path+}',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers: { host, ...headers },
    pathParameters: { path: pathname.slice('/trpc/'.length) },
    requestContext: {
      http: { method: request.method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      domainName: '127.0.0.1',
    } as APIGatewayProxyEventV2['requestContext'],
    ...(body === '' ? {} : { body }),
    isBase64Encoded: false,
  }
}

async function toEventV1(request: Request): Promise<APIGatewayProxyEvent> {
  const { pathname, searchParams, host } = new URL(request.url)
  const headers = { host, ...Object.fromEntries(request.headers) }
  const body = await request.text()
  return {
    httpMethod: request.method,
    path: pathname,
    resource: '/trpc/{path+}',
    pathParameters: { path: pathname.slice('/trpc/'.length) },
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: Object.fromEntries(searchParams),
    multiValueQueryStringParameters: null,
    stageVariables: null,
    requestContext: { domainName: '127.0.0.1' } as APIGatewayProxyEvent['requestContext'],
    body: body === '' ? null : body,
    isBase64Encoded: false,
  }
}

function toResponse({
  statusCode,
  body,
  headers,
}: {
  statusCode?: number | undefined
  body?: string | undefined
  headers?: object | undefined
}): Response {
  return new Response(body, { status: statusCode ?? 200, headers: headers as Record<string, string> })
}
