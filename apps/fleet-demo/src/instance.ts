// One of the three servers, in a process of its own. What makes it one of a fleet is the line with `store`.
import { createServer } from 'node:http'
import { listen } from 'demo-kit'
import { createSessionValidator, type Duration } from 'hanko-session'
import { createRedisStore } from 'hanko-session-redis'
import { createNodeGuard } from 'hanko-session/node'
import { Redis } from 'ioredis'

const { REDIS_URL = 'redis://localhost:6379', HANKO_MAX_STALENESS: maxStaleness = '10s' } = process.env

const redis = new Redis(REDIS_URL, { retryStrategy: () => 200 })
redis.on('error', () => {}) // the validator goes on alone, and says so

const hanko = createSessionValidator({
  maxStaleness: maxStaleness as Duration,
  store: createRedisStore({ client: redis }),
})
const guard = createNodeGuard(hanko)

const whoAmI = guard.listener((_request, response, session) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: session.userId }))
})
/** As an app has it beside Hanko's own sign-out. */
const signOut = guard.listener((_request, response, { sessionId }) => {
  hanko.revoke({ sessionId })
  response.writeHead(204).end()
})

const server = createServer((request, response) => {
  if (request.url === '/sign-out' && request.method === 'POST') signOut(request, response)
  else if (request.url === '/me') whoAmI(request, response)
  else response.writeHead(404).end()
})

const { url } = await listen(server, Number(process.env['PORT'] ?? 0), 'an instance')
process.send?.(url)
process.on('disconnect', () => process.exit(0))
