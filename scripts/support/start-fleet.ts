import { createHankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'
import { startFleetDemo } from '../../apps/fleet-demo/src/server.ts'
import { startRedisServer } from '../../e2e/fleet/redis-server.ts'

const BOUND = 10_000
const PORT = 3_000

/**
 * The demo of a fleet: three servers and their page, with a Redis and a Hanko of their own.
 *
 * @param running what is to be closed at the end
 */
export async function startFleet(running: { close(): Promise<void> }[], port: number = PORT): Promise<void> {
  const redis = await startRedisServer()
  running.push(redis)
  const emulator = await createHankoEmulator({ corsOrigins: [`http://localhost:${port}`] })
  const served = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
  running.push(served)
  const demo = await startFleetDemo({ port, hanko: emulator, redis, bound: BOUND })
  running.push(demo)
  console.log(`
  Fleet demo     ${demo.url}
  Hanko          ${served.apiUrl}  (emulator; its admin API: ${served.adminUrl})
  Redis          localhost:${redis.port}  (keeps nothing on disk)
  Memory         a session is served from memory for ${BOUND / 1_000} s

  Sign in, then sign out at one server: the page shows after how many milliseconds the other two refuse.
  Then stop Redis and do it again.

  Ctrl-C stops everything.`)
}
