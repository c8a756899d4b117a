/** Headers as servers hand them over: a `Headers`, or a plain record with one value or several per name. */
export type HeadersInput = Headers | { readonly [name: string]: string | readonly string[] | undefined }

/** A WebSocket: the headers of its handshake, and what the client sent as connection params. */
export interface WebSocketRequest {
  readonly headers: HeadersInput
  /** Of tRPC or graphql-ws. Only `authorization` is read. Never pass those of SSE: they travel in the URL. */
  readonly connectionParams: unknown
}

/** A request of Node's http modules, Express, Connect or Fastify (`request.raw`). */
export interface NodeRequest {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly headersDistinct?: { readonly [name: string]: readonly string[] | undefined }
  readonly method?: string | undefined
}

/** An event of AWS Lambda, payload format 2.0: its cookies stand beside the headers. */
export interface LambdaEvent {
  readonly version: string
  readonly headers: { readonly [name: string]: string | undefined }
  readonly cookies?: readonly string[] | undefined
  readonly requestContext: { readonly http: { readonly method: string } }
}

/** Whatever brings the headers of a request. */
export type RequestInput = Request | HeadersInput | NodeRequest | LambdaEvent | WebSocketRequest
