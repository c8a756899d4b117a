import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Free a moment ago, which is as much as can be known: for who has to be told a port, or to come back at the same. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
