import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { HankoEmulator } from 'hanko-session/testing'

/** A server on loopback that publishes the emulator's keys, and does to every validate request what the test says. */
export interface Upstream {
  readonly apiUrl: string
  /** Requests to validate. */
  readonly count: () => number
  /** The most of them at once. */
  readonly most: () => number
  readonly connections: () => number
  /** From here on; every socket is the test's to write to and to end. */
  answer(fault: (socket: Socket, tokenAsked: string) => void): void
  close(): Promise<void>
}

/** A whole response; the connection ends with it. */
export function respond(body: string | Buffer, { status = '200 OK', headers = '' } = {}): (socket: Socket) => void {
  const length = Buffer.byteLength(body)
  return (socket) => {
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${length}\r\n${headers}\r\n`)
    socket.end(body)
  }
}

/** Exactly these bytes; the connection stays open. */
export function write(...parts: (string | Buffer)[]): (socket: Socket) => void {
  return (socket) => parts.forEach((part) => socket.write(part))
}

export async function startUpstream(emulator: HankoEmulator): Promise<Upstream> {
  const keys = await (await emulator.fetch(`${emulator.apiUrl}/.well-known/jwks.json`, {})).text()
  const sockets = new Set<Socket>()
  let fault: (socket: Socket, tokenAsked: string) => void = () => {}
  let count = 0
  let inFlight = 0
  let most = 0
  let connections = 0

  function onRequest(socket: Socket, head: string, body: string): void {
    if (head.startsWith('GET /.well-known/jwks.json')) return respond(keys)(socket)
    count++
    most = Math.max(most, ++inFlight)
    socket.once('close', () => inFlight--)
    const { session_token } = JSON.parse(body) as { session_token: string }
    fault(socket, session_token)
  }

  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {}) // the client goes away in the middle: that is what is tested
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? 0)
      if (received.length < end + 4 + length) return
      const [head, body] = [received.slice(0, end), received.slice(end + 4, end + 4 + length)]
      received = received.slice(end + 4 + length)
      onRequest(socket, head, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    most: () => most,
    connections: () => connections,
    answer: (given) => void (fault = given),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
