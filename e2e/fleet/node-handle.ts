import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import type { NodeOrder, NodeReport, NodeSettings } from './node-settings.ts'

/** A node of the fleet as its operator has it: a process, and its ways to Hanko and to Redis. */
export interface NodeHandle {
  readonly name: string
  readonly hanko: FaultProxy
  readonly redis: FaultProxy
  readonly isUp: boolean
  /** Sends a request; rejects when there is nobody who answers. */
  send(path: string, headers?: Record<string, string>, body?: string): Promise<{ status: number; text: string }>
  stepClock(by: number): void
  start(): Promise<void>
  crash(): Promise<void>
  close(): Promise<void>
}

export interface NodeHandleOptions {
  readonly settings: Omit<NodeSettings, 'hankoPort' | 'redisPort'>
  readonly hankoPort: () => number
  /** Absent: the node shares nothing. */
  readonly redisPort?: number
  readonly onStall: (milliseconds: number) => void
}

export async function createNodeHandle(options: NodeHandleOptions): Promise<NodeHandle> {
  const { settings, hankoPort, redisPort, onStall } = options
  const hanko = await startFaultProxy(hankoPort)
  const redis = await startFaultProxy(() => redisPort ?? 0)
  let child: ChildProcess | undefined
  let port = 0
  let agent = new Agent({ keepAlive: true, maxSockets: 256 })

  async function start(): Promise<void> {
    const full: NodeSettings = {
      ...settings,
      hankoPort: hanko.port,
      ...(redisPort === undefined ? {} : { redisPort: redis.port }),
    }
    const started = fork(new URL('fleet-node.ts', import.meta.url), {
      execArgv: ['--conditions=@hanko-session/source', '--expose-gc'],
      env: { ...process.env, FLEET_NODE: JSON.stringify(full), HANKO_API_URL: undefined },
    })
    await new Promise<void>((resolve, reject) => {
      started.on('message', (report: NodeReport) => {
        if ('stalledFor' in report) return onStall(report.stalledFor)
        port = report.port
        resolve()
      })
      started.once('exit', (code) => reject(new Error(`${settings.name} ended with ${code}`)))
    })
    child = started
    started.once('exit', () => {
      if (child === started) child = undefined
    })
  }

  async function crash(): Promise<void> {
    const gone = child
    child = undefined
    agent.destroy()
    agent = new Agent({ keepAlive: true, maxSockets: 256 })
    if (gone === undefined || gone.exitCode !== null) return
    const ended = once(gone, 'exit')
    gone.kill('SIGKILL')
    await ended
  }

  return {
    name: settings.name,
    hanko,
    redis,
    get isUp() {
      return child !== undefined
    },
    start,
    crash,
    stepClock: (by) => void child?.send({ stepClock: by } satisfies NodeOrder),
    send: (path, headers = {}, body) =>
      new Promise((resolve, reject) => {
        if (child === undefined) return reject(new Error('down'))
        const method = body === undefined ? 'GET' : 'POST'
        const outgoing = request({ port, host: '127.0.0.1', path, method, agent, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
          response.on('error', reject)
        })
        outgoing.on('error', reject)
        outgoing.end(body)
      }),
    async close() {
      await crash()
      agent.destroy()
      await Promise.all([hanko.close(), redis.close()])
    },
  }
}
