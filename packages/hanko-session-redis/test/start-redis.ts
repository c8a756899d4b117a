import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A redis-server of a test's own, on a port of its own; it keeps nothing on disk. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** It stops, at once and for good: what it knew is lost. */
  kill(): Promise<void>
  /** Another one at the same port, which knows nothing. */
  restart(): Promise<void>
  /** It answers nobody, and keeps all connections. */
  pause(): void
  resume(): void
}

export async function startRedis(...options: string[]): Promise<RedisServer> {
  const port = await findPort()
  let server = await spawnRedis(port, options)
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill()
      server = await spawnRedis(port, options)
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
  }
}

/** A cluster of one: it has all slots, and refuses what would not fit into one of many. */
export async function startRedisCluster(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-cluster-'))
  const server = await startRedis(
    '--cluster-announce-ip',
    '127.0.0.1',
    '--cluster-enabled',
    'yes',
    '--dir',
    folder,
    '--cluster-port',
    String(await findPort()),
  )
  const client = new Redis(server.port, '127.0.0.1')
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'))
    await new Promise((resolve) => setTimeout(resolve, 20))
  client.disconnect()
  return {
    ...server,
    async kill() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function spawnRedis(port: number, options: readonly string[]): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...options],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let said = ''
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`redis-server ended: ${said}`)))
    server.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      if (said.includes('Ready to accept connections')) resolve()
    })
  })
  return server
}

/** Free a moment ago, which is as much as can be known. */
async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
