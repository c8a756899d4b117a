import {
  createServer,
  type IncomingMessage,
  request as startRequest,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server, type Http2ServerRequest } from 'node:http2'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import express from 'express'
import Fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage } from '../../../test/stage.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { createWebhookReceiver } from '../webhooks/create-webhook-receiver.ts'
import { type NodeWebhook, toNodeWebhook } from './to-node-webhook.ts'

let stage: Stage
let hanko: SessionValidator
let webhook: NodeWebhook
const closing: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  stage = await createStage()
  hanko = await stage.warm()
  webhook = toNodeWebhook(createWebhookReceiver(hanko))
  // The receiver's time is never up, however slow the machine.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function listen(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

async function listenFastify(): Promise<string> {
  const app = Fastify()
  app.all('/hook', webhook)
  await app.listen({ port: 0, host: '127.0.0.1' })
  closing.push(() => app.close())
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/hook`
}

function listenExpress(...parsers: express.RequestHandler[]): Promise<string> {
  const app = express()
  app.all('/hook', ...parsers, webhook)
  return listen(app)
}

const servers: [string, () => Promise<string>][] = [
  ['node:http', () => listen((request, response) => void webhook(request, response))],
  ['Connect', () => listen(connect().use('/hook', (request, response) => void webhook(request, response)))],
  ['Express', () => listenExpress()],
  ['Express, the body parsed as JSON', () => listenExpress(express.json())],
  ['Express, the body read as bytes', () => listenExpress(express.raw({ type: '*/*' }))],
  ['Express, the body read as text', () => listenExpress(express.text({ type: '*/*' }))],
  ['Fastify', listenFastify],
]

const post = (url: string, body: string, type = 'application/json') =>
  fetch(url, { method: 'POST', headers: { 'content-type': type }, body })

describe.each(servers)('toNodeWebhook behind %s', (_, serve) => {
  it('ends the session of a webhook, and refuses all else', async () => {
    const url = await serve()
    const { token, sessionId } = await stage.emulator.signIn()
    const text = await stage.emulator.webhooks.token('session.delete.admin.revoke', { id: sessionId })
    expect((await post(url, JSON.stringify({ token }))).status).toBe(401)
    expect((await hanko.validate(token)).status).toBe('authenticated')
    expect((await fetch(url)).status).toBe(405)
    expect((await post(url, JSON.stringify({ token: text }), 'text/plain')).status).toBe(415)
    expect((await post(url, '{"token":')).status).toBe(400)
    expect((await post(url, JSON.stringify({ token: 'x'.repeat(70_000) }))).status).toBe(413)
    const answer = await post(url, JSON.stringify({ token: text, event: 'x' }))
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await hanko.validate(token)).toMatchObject({ reason: 'revoked' })
  })
})

describe('toNodeWebhook', () => {
  it('answers a sender that never ends, and lets go of the connection', async () => {
    const url = await listen((request, response) => void webhook(request, response))
    const sending = startRequest(url, { method: 'POST', headers: { 'content-type': 'application/json' } })
    sending.write('{"token":"')
    const endless = setInterval(() => sending.write('x'.repeat(20_000)), 1)
    const closed = new Promise<void>((resolve) => sending.on('close', resolve))
    const answer = await new Promise<IncomingMessage>((resolve) =>
      sending.on('response', (response) => resolve(response.resume())).on('error', () => {}),
    )
    await closed
    clearInterval(endless)
    expect([answer.statusCode, answer.headers.connection]).toEqual([413, 'close'])
  })

  it('takes nothing of a body that it refuses unread, over HTTP/2 too, where nobody closes the connection', async () => {
    const seen: Http2ServerRequest[] = []
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const server = createHttp2Server((request, response) => {
      seen.push(request)
      void webhook(request as unknown as IncomingMessage, response as unknown as ServerResponse)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    closing.push(async () => (client.destroy(), server.close()))
    const ask = async (type: string) => {
      const stream = client.request({ ':method': 'POST', ':path': '/', 'content-type': type })
      stream.on('error', () => {}).write(Buffer.alloc(200_000, 'x'))
      const status = await new Promise<unknown>((resolve) =>
        stream.on('response', (headers) => resolve(headers[':status'])).resume(),
      )
      return [status, seen.at(-1)?.listenerCount('data')]
    }
    expect(await ask('text/plain')).toEqual([415, 0])
    expect(seen[0]?.readableFlowing).not.toBe(true)
    expect(await ask('application/json')).toEqual([413, 0])
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })

  it('refuses a body that something else has read, and says what to do', async () => {
    const url = await listen((request, response) => {
      request.resume().on('end', () => void webhook(request, response))
    })
    expect((await post(url, '{"token":"x"}')).status).toBe(400)
    expect(stage.lines).toEqual([[{}, expect.stringContaining('pass the request on as it came') as string]])
  })

  it('refuses a body of which some parser has made what is no JSON', async () => {
    const url = await listen((request, response) => {
      request.resume().on('end', () => void webhook(Object.assign(request, { body: { token: 'x', id: 1n } }), response))
    })
    expect((await post(url, '{"token":"x","id":1}')).status).toBe(400)
    expect(stage.lines).toEqual([])
  })

  it('leaves an answer alone that somebody else has begun', async () => {
    const url = await listen((request, response) => {
      response.end('mine')
      void webhook(request, response)
    })
    expect(await (await post(url, '{"token":"x"}')).text()).toBe('mine')
  })
})
