import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen, type Listening, readPageFiles, toPageHeaders } from 'demo-kit'
import { measureLag } from './measure-lag.ts'
import { renderFleetPage } from './render-fleet-page.ts'
import { type Instance, startInstance } from './start-instance.ts'

/** What the demo can do with the Redis that the servers share. */
interface DemoRedis {
  readonly port: number
  start(): Promise<void>
  crash(): Promise<void>
}

/** What it needs of a Hanko. */
interface DemoHanko {
  readonly apiUrl: string
  signIn(options: { email: string }): Promise<{ token: string; sessionId: string }>
  endSession(sessionId: string): Promise<void>
}

export interface FleetDemoOptions {
  readonly port: number
  readonly hanko: DemoHanko
  readonly redis: DemoRedis
  /** Milliseconds. */
  readonly bound: number
}

const NAMES = ['Server A', 'Server B', 'Server C']
const COOKIE = /(?:^|;\s*)(hanko=([^;\s]+))/

/** Three servers, and a page in front of them. */
export async function startFleetDemo({ port, hanko, redis, bound }: FleetDemoOptions): Promise<Listening> {
  const env = {
    HANKO_API_URL: hanko.apiUrl,
    HANKO_MAX_STALENESS: `${bound}ms`,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  }
  const instances = await Promise.all(NAMES.map((name) => startInstance(name, env)))
  const files = readPageFiles()
  let isRedisUp = true
  let isChanging = false

  /** Who was told first, and when the others refused. */
  async function spread(cookie: string, told: Instance, since: number): Promise<object> {
    const lags = instances.map(async (instance) => ({
      name: instance.name,
      isFirst: instance === told,
      lag: await measureLag(instance, cookie, since, bound + 5_000),
    }))
    return { isRedisUp, lags: await Promise.all(lags) }
  }

  async function signOut(cookie: string, name: string | null): Promise<object> {
    const told = instances.find((instance) => instance.name === name)
    if (told === undefined) return {}
    const since = performance.now()
    await told.send('POST', '/sign-out', { cookie, 'content-length': '0' })
    // Hanko ends it as well, as its own sign-out does; of that nobody is told.
    const [result] = await Promise.all([spread(cookie, told, since), hanko.endSession(sessionOf(cookie))])
    return result
  }

  async function switchRedis(): Promise<object> {
    if (!isChanging) {
      isChanging = true
      await (isRedisUp ? redis.crash() : redis.start()).finally(() => (isChanging = false))
      isRedisUp = !isRedisUp
    }
    return { isRedisUp }
  }

  async function askAll(cookie: string): Promise<object> {
    const answers = instances.map(async (instance) => {
      const status = await instance.send('GET', '/me', { cookie }).catch(() => 0)
      return { name: instance.name, url: instance.url, status }
    })
    return { isRedisUp, bound, servers: await Promise.all(answers) }
  }

  async function answerApi(path: string, query: URLSearchParams, cookie: string): Promise<[object, string?]> {
    switch (path) {
      case '/api/servers':
        return [await askAll(cookie)]
      case '/api/sign-in': {
        const { token } = await hanko.signIn({ email: 'ada@example.com' })
        return [{}, `hanko=${token}; Path=/; HttpOnly; SameSite=Lax`]
      }
      case '/api/sign-out':
        return [await signOut(cookie, query.get('at'))]
      case '/api/redis':
        return [await switchRedis()]
      default:
        return [{}]
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname.startsWith('/api/')) {
      const isRead = pathname === '/api/servers'
      const site = request.headers['sec-fetch-site'] ?? 'same-origin'
      if (request.method !== (isRead ? 'GET' : 'POST')) return void response.writeHead(405).end()
      if (site !== 'same-origin' && site !== 'none') return void response.writeHead(403).end()
      const cookie = COOKIE.exec(request.headers.cookie ?? '')?.[1] ?? ''
      const [body, setCookie] = await answerApi(pathname, searchParams, cookie)
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'cache-control': 'private, no-store',
          ...(setCookie === undefined ? {} : { 'set-cookie': setCookie }),
        })
        .end(JSON.stringify(body))
      return
    }
    if (pathname === '/') {
      const nonce = crypto.randomUUID()
      response.writeHead(200, toPageHeaders(nonce, hanko.apiUrl)).end(renderFleetPage(NAMES, bound))
      return
    }
    const file = files.get(pathname)
    if (file === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-cache' }).end(file.content)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(502)
      response.end()
    })
  })
  const page = await listen(server, port, 'the fleet demo')

  return {
    url: page.url,
    async close() {
      await page.close()
      await Promise.all(instances.map((instance) => instance.close()))
    },
  }
}

function sessionOf(cookie: string): string {
  const [, payload = ''] = cookie.split('.')
  try {
    const { session_id: id } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { session_id?: string }
    return id ?? ''
  } catch {
    return ''
  }
}
