// Does the core do the same on Workers (workerd), Bun and Deno? One app on each, guarded, with an emulated Hanko on a port.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'
import { Log, LogLevel, Miniflare } from 'miniflare'
import { inTempFolder } from '../../scripts/support/in-temp-folder.ts'
import { report } from '../../scripts/support/verdict.ts'
import { findFreePort } from '../support/find-free-port.ts'

/** An app that is being served. */
interface Served {
  readonly url: string
  /** What its runtime had to say. */
  readonly complaints: () => string
  close(): Promise<void>
}

const APP = join(import.meta.dirname, 'app.ts')
const BIN = join(import.meta.dirname, 'node_modules/.bin')
/** From before workerd began to mend promises that cross requests; and the newest that this one knows. */
const [OLD, TODAY] = ['2024-09-23', '2026-07-30']
const NO_WAIT_UNTIL = 'const waitUntil = undefined'
const WAIT_UNTIL = "import { waitUntil } from 'cloudflare:workers'"
/** What the others wait for, so that they meet. */
const KEYS_TAKE = 150

async function bundle(apiUrl: string, waitUntil: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [APP],
    bundle: true,
    format: 'esm',
    target: 'es2023',
    conditions: ['@hanko-session/source'],
    banner: { js: waitUntil },
    define: { API_URL: JSON.stringify(apiUrl) },
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

async function serveOnWorkers(script: string, compatibilityDate: string): Promise<Served> {
  let said = ''
  class Listening extends Log {
    override logWithLevel(level: LogLevel, message: string): void {
      if (level <= LogLevel.WARN) said += `${message}\n`
    }
  }
  const worker = new Miniflare({ modules: true, script, compatibilityDate, cf: false, log: new Listening() })
  const url = (await worker.ready).href
  return { url, complaints: () => said, close: () => worker.dispose() }
}

async function serveOn(command: string, args: readonly string[], port: number): Promise<Served> {
  const env = { ...process.env, PORT: String(port), NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', DO_NOT_TRACK: '1' }
  // A group of its own: what npm installs as `deno` is a script that starts the real one.
  const child = spawn(join(BIN, command), args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const ended = once(child, 'close')
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const url = `http://127.0.0.1:${port}`
  // Any answer will do: without a token it is 401, and nobody is asked.
  while (isRunning() && !(await fetch(url).then(Boolean, () => false))) await new Promise((go) => setTimeout(go, 25))
  return {
    url,
    complaints: () => (isRunning() ? '' : said),
    async close() {
      if (isRunning() && child.pid !== undefined) process.kill(-child.pid)
      await ended
    },
  }
}

async function tryOut(name: string, serve: (apiUrl: string) => Promise<Served>): Promise<string[]> {
  const problems: string[] = []
  const emulator: HankoEmulator = await createHankoEmulator()
  const hanko = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
  const app = await serve(hanko.apiUrl)
  const users = await Promise.all(Array.from({ length: 8 }, () => emulator.signIn()))
  const [ada] = users

  const ask = async (path: string, authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization }
    const signal = AbortSignal.timeout(10_000)
    return fetch(new URL(path, app.url), { headers, signal }).then(
      ({ status }) => status,
      () => 0, // no answer at all
    )
  }
  const expectAll = async (what: string, answers: Promise<number>[], expected: number): Promise<void> => {
    const found = await Promise.all(answers)
    if (found.some((status) => status !== expected))
      problems.push(`${name}: ${what}: ${found.join(' ')}, not ${expected}`)
  }

  const openStream = (authorization: string, gone: AbortSignal): Promise<Response> =>
    fetch(new URL('/stream', app.url), {
      headers: { authorization },
      signal: AbortSignal.any([AbortSignal.timeout(10_000), gone]),
    })

  try {
    // Keys cold: the first request begins to fetch them and is over; another with the same token comes meanwhile.
    emulator.faults.set('jwks', { kind: 'latency', by: KEYS_TAKE })
    const early = ask('/early', ada?.header)
    await expectAll('a request that meets one that is over', [ask('/', ada?.header)], 200)
    await expectAll('a request that does not wait', [early], 200)
    emulator.faults.clear()

    await expectAll('no token', [ask('/')], 401)
    await expectAll('a token of nobody', [ask('/', 'Bearer a.b.c')], 401)
    emulator.faults.set('validate', { kind: 'latency', by: 20 })
    const crowd = users.map(({ header }) => ask('/', header))
    await expectAll('eight users at once, with two calls to Hanko at a time', crowd, 200)
    emulator.faults.clear()

    // Two streams of a session that another request ends: the client of one has gone.
    const streamer = await emulator.signIn()
    const gone = new AbortController()
    const [left, stream] = [
      await openStream(streamer.header, gone.signal),
      await openStream(streamer.header, new AbortController().signal),
    ]
    gone.abort()
    await left.text().catch(() => {})
    await expectAll('a revocation', [ask(`/revoke?${streamer.sessionId}`)], 200)
    const said = await stream.text().catch(() => 'no end')
    if (said !== 'open revoked') problems.push(`${name}: a stream whose session was revoked: ${said}`)

    for (const { sessionId } of users) await emulator.endSession(sessionId)
    const leaving = users.map(({ header }) => ask('/', header))
    await expectAll('eight sessions that ended, with one probe a second', leaving, 401)

    const { header } = await emulator.signIn()
    await hanko.close()
    await expectAll('Hanko is gone', [ask('/', header)], 503)
    if (app.complaints() !== '') problems.push(`${name} says: ${app.complaints()}`)
  } finally {
    await app.close()
  }
  return problems
}

const problems = await inTempFolder('runtimes', async (folder) => {
  const write = async (file: string, apiUrl: string): Promise<string> => {
    const path = join(folder, file)
    writeFileSync(path, await bundle(apiUrl, NO_WAIT_UNTIL))
    return path
  }
  const found = [
    await tryOut('Workers', async (apiUrl) => serveOnWorkers(await bundle(apiUrl, NO_WAIT_UNTIL), OLD)),
    await tryOut('Workers today', async (apiUrl) => serveOnWorkers(await bundle(apiUrl, WAIT_UNTIL), TODAY)),
    await tryOut('Bun', async (apiUrl) => serveOn('bun', [await write('bun.mjs', apiUrl)], await findFreePort())),
    await tryOut('Deno', async (apiUrl) => {
      const port = await findFreePort()
      const args = ['serve', '--no-config', '--allow-net', '--allow-env', '--host=127.0.0.1', `--port=${port}`]
      return serveOn('deno', [...args, await write('deno.mjs', apiUrl)], port)
    }),
  ]
  return found.flat()
})

report('Workers, Bun and Deno answer 200, 401 and 503 as Node does', problems)
