import { createHankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'
import { startFleetDemo } from '../../apps/fleet-demo/src/server.ts'
import { startRedisServer } from '../../e2e/fleet/redis-server.ts'

export interface StartFleetOptions {
  /** 0 takes a free one. @default 3000 */
  readonly port?: number
  /** `maxStaleness` of the servers, in milliseconds. @default 10_000 */
  readonly bound?: number
  /** Hanko's own. @default a new one */
  readonly keys?: readonly JsonWebKey[]
}

/**
 * The demo of a fleet: three servers and their page, with a Redis and a Hanko of their own.
 *
 * @param running what is to be closed at the end, in the order in which it was started
 * @throws {Error} that says what to install, where there is no redis-server
 */
export async function startFleet(
  running: { close(): Promise<void> }[],
  { port = 3_000, bound = 10_000, keys }: StartFleetOptions = {},
): Promise<{ readonly url: string }> {
  const redis = await startRedisServer()
  running.push(redis)
  const emulator = await createHankoEmulator(keys === undefined ? {} : { keys })
  const served = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
  running.push(served)
  const demo = await startFleetDemo({ port, hanko: emulator, redis, bound })
  running.push(demo)
  console.log(`
  Fleet demo     ${demo.url}
  Hanko          ${served.apiUrl}  (emulator; its admin API: ${served.adminUrl})
  Redis          localhost:${redis.port}  (keeps nothing on disk)
  Memory         a session is served from memory for ${bound / 1_000} s

  Sign in, then sign out at one server: the page shows after how many milliseconds the other two refuse.
  Then stop Redis and do it again.

  Ctrl-C stops everything.`)
  return demo
}
