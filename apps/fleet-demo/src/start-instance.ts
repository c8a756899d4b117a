import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'

/** One server of the fleet, as the page's server sees it. */
export interface Instance {
  readonly name: string
  readonly url: string
  /** Rejects when nobody answers. */
  send(method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string): Promise<number>
  close(): Promise<void>
}

export async function startInstance(name: string, env: Record<string, string>): Promise<Instance> {
  const child: ChildProcess = fork(new URL('instance.ts', import.meta.url), {
    execArgv: ['--conditions=@hanko-session/source'],
    env: { ...process.env, PORT: undefined, ...env },
  })
  const [url] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start`))),
  ])) as [string]
  const agent = new Agent({ keepAlive: true })
  return {
    name,
    url,
    send: (method, path, headers, body = '') =>
      new Promise((resolve, reject) => {
        // The loopback address: `localhost` would be looked up for every request.
        const target = `${url.replace('localhost', '127.0.0.1')}${path}`
        const outgoing = request(target, { method, headers, agent }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode ?? 0))
        })
        outgoing.once('error', reject)
        outgoing.end(body)
      }),
    async close() {
      agent.destroy()
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
