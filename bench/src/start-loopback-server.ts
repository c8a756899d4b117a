import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { SigningKey } from './session-tokens.ts'

export interface LoopbackServer {
  readonly url: string
  readonly close: () => void
}

export async function startLoopbackServer(keys: readonly SigningKey[]): Promise<LoopbackServer> {
  const child = fork(new URL('loopback-server.ts', import.meta.url), { execArgv: [] })
  child.send(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
  const [port] = (await once(child, 'message')) as [number]
  return { url: `http://127.0.0.1:${port}`, close: () => child.disconnect() }
}
