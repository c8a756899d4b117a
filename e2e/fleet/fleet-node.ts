// One server of the fleet, in a process of its own: what an app would write, and clocks that can be wrong.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessionValidator } from 'hanko-session'
import { createRedisStore, type RedisStoreOptions } from 'hanko-session-redis'
import { toNodeWebhook } from 'hanko-session/node'
import { createWebhookReceiver } from 'hanko-session/webhooks'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { NodeOrder, NodeReport, NodeSettings } from './node-settings.ts'
import { watchStalls } from './watch-stalls.ts'

const settings = JSON.parse(process.env['FLEET_NODE'] ?? '') as NodeSettings
const tell = (report: NodeReport): void => void process.send?.(report)

/** What the wall clock is off by. The monotonic clock is right, as it is on real machines. */
let clockOffset = settings.clockOffset

/** One name for all of them, as in a data centre; the way there is each node's own. */
const API_URL = 'http://hanko.internal:8000'
const hankoUrl = `http://127.0.0.1:${settings.hankoPort}`

const validator = createSessionValidator({
  apiUrl: API_URL,
  allowPlainHttp: true,
  fetch: (url, init) => fetch(url.replace(API_URL, hankoUrl), init),
  audience: 'localhost',
  maxStaleness: settings.maxStaleness,
  clock: { now: () => Date.now() + clockOffset, monotonic: () => performance.now() },
  // An outage is over soon after it is over, so that the judge has little to excuse.
  limits: { maxOpenFor: 2_000, ...settings.limits },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  ...(settings.redisPort === undefined
    ? {}
    : { store: createRedisStore({ client: toClient(settings.redisPort), secret: settings.secret }) }),
})
const receiver = createWebhookReceiver(validator, { endSessionsOn: ['user.update.password'] })
const webhook = toNodeWebhook(receiver)

function toClient(port: number): RedisStoreOptions['client'] {
  if (settings.client === 'ioredis') {
    const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 100 })
    client.on('error', () => {}) // the store says so
    return client
  }
  const client = createClient({ socket: { port, host: '127.0.0.1', reconnectStrategy: () => 100 } })
  client.on('error', () => {})
  // Not awaited: an app starts though its Redis is away.
  void client.connect().catch(() => {})
  return client
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const send = (body: object): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  async function answer(): Promise<void> {
    switch (request.url) {
      case '/hooks':
        if (settings.isDeaf) return void response.writeHead(200).end()
        return void (await webhook(request, response))
      case '/sign-out': {
        const state = await validator.authenticate(request)
        if (state.status === 'authenticated') validator.revoke({ sessionId: state.session.sessionId })
        return send({ status: state.status })
      }
      case '/stats':
        globalThis.gc?.()
        return send({ ...validator.stats(), webhooks: receiver.stats(), heap: process.memoryUsage().heapUsed })
      default: {
        const state = await validator.authenticate(request, { fresh: request.url === '/check?fresh' })
        const storeErrors = validator.stats().store?.errors ?? 0
        if (state.status !== 'authenticated') return send({ status: state.status, reason: state.reason, storeErrors })
        const { sessionId, userId } = state.session
        return send({ status: state.status, accepted: { sessionId, userId }, storeErrors })
      }
    }
  }
  answer().catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', 4_096, () => tell({ port: (server.address() as AddressInfo).port }))

process.on('message', (order: NodeOrder) => void (clockOffset += order.stepClock))
process.on('disconnect', () => process.exit(0))

watchStalls((stalledFor) => tell({ stalledFor }))
