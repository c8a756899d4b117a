import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly url: string
  /** Ends open connections too. */
  close(): Promise<void>
}

/**
 * Listens on this machine alone. The URL says `localhost`, because the session cookie belongs to the host name that
 * the browser used for Hanko.
 *
 * @param port 0 takes a free one
 * @throws {Error} that names the port, when it is taken
 */
export async function listen(server: Server, port: number, name: string): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is in use: ${name} cannot start. Stop what runs there.`)
          : error,
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
