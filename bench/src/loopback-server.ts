// A Hanko in a process of its own that answers every POST at once: what a call to it costs is the caller's part alone.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let jwks = '{"keys":[]}'

const server = createServer((request, response) => {
  const body = request.url?.includes('jwks') === true ? jwks : '{"is_valid":true}'
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  })
})
server.keepAliveTimeout = 60_000
process.on('message', (message: string) => {
  jwks = message
  server.listen(0, '127.0.0.1', 4_096, () => process.send?.((server.address() as AddressInfo).port))
})
process.on('disconnect', () => process.exit(0))
