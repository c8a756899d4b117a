import { PassThrough, Readable } from 'node:stream'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import { withResolvers } from './with-resolvers.ts'

/** As API Gateway makes it: cookies stand beside the headers. */
export async function toEvent(request: Request): Promise<APIGatewayProxyEventV2> {
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

/** Of the older format: everything stands in the headers. */
export async function toEventV1(request: Request): Promise<APIGatewayProxyEvent> {
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

/** What a handler that answers as a whole returns. */
export function toResponse({
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

interface Metadata {
  readonly statusCode: number
  readonly headers: Record<string, string>
}

/** What Lambda hands to a handler that streams. */
class ResponseStream extends PassThrough {
  readonly begun = withResolvers<Metadata>()
}

/** A global of Lambda's: how such a handler says status and headers. */
Object.assign(globalThis, {
  awslambda: {
    HttpResponseStream: {
      from: (stream: ResponseStream, metadata: Metadata) => (stream.begun.resolve(metadata), stream),
    },
  },
})

/** The answer of such a handler, as soon as its headers are there. */
export async function toStreamedResponse(answer: (stream: never) => Promise<void>): Promise<Response> {
  const stream = new ResponseStream()
  answer(stream as never).catch((error: unknown) => stream.destroy(error as Error))
  const { statusCode: status, headers } = await stream.begun.promise
  return new Response(Readable.toWeb(stream) as ReadableStream, { status, headers })
}
