// Runs in the empty project: starts a README's server against the packed emulator and calls it, signed out and signed in.
// The token stays in this process; only statuses are said.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createHankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'

const [file = '', method = 'GET', path = '/', body] = process.argv.slice(2)

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const emulator = await createHankoEmulator()
const served = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
const { header, userId } = await emulator.signIn({ email: 'ada@example.com' })
const port = await findFreePort()

const child = spawn(process.execPath, [file], {
  env: { ...process.env, HANKO_API_URL: served.apiUrl, PORT: String(port) },
  stdio: ['ignore', 'inherit', 'inherit'],
})
const hasEnded = (): boolean => child.exitCode !== null

async function call(headers: Record<string, string>): Promise<Response> {
  const init = body === undefined ? { method } : { method, body }
  // GraphQL answers a refusal with its status to clients that say so.
  const own = { accept: 'application/graphql-response+json, application/json', 'content-type': 'application/json' }
  for (let attempt = 0; attempt < 100 && !hasEnded(); attempt++) {
    try {
      return await fetch(`http://localhost:${port}${path}`, {
        ...init,
        headers: { ...own, ...headers },
      })
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error(hasEnded() ? `${file} ended by itself` : `${file} does not listen on the port in PORT`)
}

try {
  const signedOut = await call({})
  if (signedOut.status !== 401) throw new Error(`${file} answers ${signedOut.status} to nobody, not 401`)
  const signedIn = await call({ authorization: header })
  const text = await signedIn.text()
  if (signedIn.status !== 200) throw new Error(`${file} answers ${signedIn.status} to somebody signed in, not 200`)
  if (!text.includes(userId) && !text.includes('ada@example.com'))
    throw new Error(`${file} does not say who is signed in`)
} finally {
  child.kill()
  await served.close()
}
