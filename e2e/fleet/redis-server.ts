import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { findFreePort } from '../support/find-free-port.ts'

/** A Redis of our own that keeps nothing on disk. */
export interface RedisServer {
  readonly port: number
  /** A command of the operator's, past every fault. */
  command(name: string, ...args: string[]): Promise<unknown>
  /** Ends it as a crash does; what it knew is gone. */
  crash(): Promise<void>
  start(): Promise<void>
  /** Stops it in its tracks, and lets it go on: connections stay open meanwhile. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

/** @throws {Error} that says how to get one, where there is none */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await findFreePort() // it has to come back on the port that the others know
  let child: ChildProcess | undefined
  let operator: Redis | undefined

  async function start(): Promise<void> {
    const started = spawn(
      'redis-server',
      ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      {
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    )
    await once(started, 'spawn').catch(() => {
      throw new Error('There is no redis-server on PATH: apt-get install --no-install-recommends redis-server')
    })
    child = started
    operator = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 })
    operator.on('error', () => {}) // not there yet
    await operator.ping()
  }

  async function crash(): Promise<void> {
    const gone = child
    operator?.disconnect()
    child = undefined
    if (gone === undefined || gone.exitCode !== null) return
    const ended = once(gone, 'exit')
    gone.kill('SIGKILL')
    await ended
  }

  await start()
  return {
    port,
    start,
    crash,
    close: crash,
    async command(name, ...args) {
      return operator?.call(name, ...args)
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
}
