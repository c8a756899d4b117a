import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DocumentNode, ExecutionArgs, GraphQLError, GraphQLSchema } from 'graphql'
import type { YogaServerInstance } from 'graphql-yoga'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocket, WebSocketServer } from 'ws'

interface Bound extends ExecutionArgs {
  readonly rootValue: { execute(args: ExecutionArgs): unknown; subscribe(args: ExecutionArgs): unknown }
}

/** Yoga behind graphql-ws, as the documentation of Yoga has it. */
export async function serveWebSocket(yoga: YogaServerInstance<object, object>, options: { initTimeout?: number } = {}) {
  const server = createServer()
  const sockets = new WebSocketServer({ server, path: '/graphql' })
  useServer(
    {
      ...(options.initTimeout === undefined ? {} : { connectionInitWaitTimeout: options.initTimeout }),
      execute: (args) => (args as Bound).rootValue.execute(args) as never,
      subscribe: (args) => (args as Bound).rootValue.subscribe(args) as never,
      async onSubscribe(ctx, _id, params) {
        const enveloped = yoga.getEnveloped({
          ...ctx,
          req: ctx.extra.request,
          socket: ctx.extra.socket,
          params,
        })
        const args: ExecutionArgs = {
          schema: enveloped.schema as GraphQLSchema,
          operationName: params.operationName,
          document: enveloped.parse(params.query) as DocumentNode,
          variableValues: params.variables,
          contextValue: await enveloped.contextFactory(),
          rootValue: enveloped,
        }
        const errors = enveloped.validate(args.schema, args.document) as GraphQLError[]
        return errors.length > 0 ? errors : args
      },
    },
    sockets,
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async close() {
      for (const client of sockets.clients) client.terminate()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

interface Message {
  readonly type: string
  readonly id?: string
  readonly payload?: unknown
}

/** A client that says what it is told to say, and keeps what it hears. */
export async function openSocket(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers })
  const heard: Message[] = []
  let wake = (): void => {}
  socket.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString()) as Message)
    wake()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const send = (message: Message): void => socket.send(JSON.stringify(message))
  const read = async (): Promise<Message> => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return heard.shift() as Message
  }
  return {
    socket,
    closed,
    send,
    read,
    async init(payload?: Record<string, unknown>) {
      send({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) })
      return read()
    },
    /** Runs an operation that is no stream. */
    async ask(id: string, query: string): Promise<unknown> {
      send({ type: 'subscribe', id, payload: { query } })
      const { type, payload } = await read()
      if (type === 'next') await read() // complete
      return payload
    },
  }
}
