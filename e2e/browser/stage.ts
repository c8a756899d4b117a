import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { type ServedEmulator, serveHankoEmulator } from 'hanko-session/testing-node'
import { demoRole } from '../../apps/demo-kit/src/demo-role.ts'
import { readEnv as readTrpcEnv } from '../../apps/trpc-demo/src/env.ts'
import { startDemo as startTrpcDemo } from '../../apps/trpc-demo/src/server.ts'
import { readEnv as readYogaEnv } from '../../apps/yoga-demo/src/env.ts'
import { startDemo as startYogaDemo } from '../../apps/yoga-demo/src/server.ts'
import { PASSWORD } from './visitor.ts'

/** A Hanko and both demos on ports of their own. */
export interface Stage {
  readonly hanko: HankoEmulator
  readonly adminUrl: string
  readonly trpcUrl: string
  readonly yogaUrl: string
  /** Ends the server of Hanko; what it knows is kept. */
  stopHanko(): Promise<void>
  startHanko(): Promise<void>
  close(): Promise<void>
}

/** @param maxStaleness of the demos; without it Hanko is asked for every call, so that each test sees what it says */
export async function setStage(keys: readonly JsonWebKey[], maxStaleness = '0'): Promise<Stage> {
  const [publicPort, adminPort, trpcPort, yogaPort] = (await freePorts(4)) as [number, number, number, number]
  const [trpcUrl, yogaUrl] = [`http://localhost:${trpcPort}`, `http://localhost:${yogaPort}`]
  const hanko = await createHankoEmulator({
    keys: keys.slice(0, 1),
    corsOrigins: [trpcUrl, yogaUrl],
    jwtTemplate: ({ emails }) => ({ role: demoRole(emails[0]?.address) }),
  })
  const serve = (): Promise<ServedEmulator> => serveHankoEmulator(hanko, { publicPort, adminPort })
  let served = await serve()
  const env = { HANKO_API_URL: served.apiUrl, HANKO_ADMIN_URL: served.adminUrl, HANKO_MAX_STALENESS: maxStaleness }
  const demos = await Promise.all([
    startTrpcDemo(readTrpcEnv({ ...env, PORT: String(trpcPort), OTHER_DEMO_URL: yogaUrl })),
    startYogaDemo(readYogaEnv({ ...env, PORT: String(yogaPort), OTHER_DEMO_URL: trpcUrl })),
  ])
  return {
    hanko,
    adminUrl: served.adminUrl,
    trpcUrl,
    yogaUrl,
    stopHanko: () => served.close(),
    async startHanko() {
      served = await serve()
    },
    async close() {
      await Promise.all([served, ...demos].map((server) => server.close()))
    },
  }
}

/** Through the admin API, as an operator would. */
export async function endSessions({ adminUrl }: Stage, userId: string): Promise<void> {
  const url = `${adminUrl}/users/${userId}/sessions`
  const sessions = (await (await fetch(url)).json()) as { id: string }[]
  for (const { id } of sessions) await fetch(`${url}/${id}`, { method: 'DELETE' })
}

/** An account with a password, as an operator would make it. */
export async function createAccount({ adminUrl }: Stage, email: string): Promise<void> {
  const body = { emails: [{ address: email, is_primary: true, is_verified: true }], password: { password: PASSWORD } }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${adminUrl}/users`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (response.status !== 200) throw new Error(`Hanko's admin API answered ${response.status}`)
}

/** Each has to know the others' ports before it starts: origins at Hanko, links between the demos. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
