/**
 * `npx -y pnpm@12 demo`: both demos, and a Hanko for them. With `HANKO_API_URL` set it is that one.
 * `npx -y pnpm@12 demo --fleet`: three servers that share what they know in a Redis, with a Hanko of their own.
 */
import { demoRole } from '../apps/demo-kit/src/demo-role.ts'
import { createHankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'
import { readEnv as readTrpcEnv } from '../apps/trpc-demo/src/env.ts'
import { startDemo as startTrpcDemo } from '../apps/trpc-demo/src/server.ts'
import { readEnv as readYogaEnv } from '../apps/yoga-demo/src/env.ts'
import { startDemo as startYogaDemo } from '../apps/yoga-demo/src/server.ts'
import { startFleet } from './support/start-fleet.ts'

interface Closable {
  close(): Promise<void>
}

const ORIGINS = ['http://localhost:3001', 'http://localhost:3002']
const running: Closable[] = []

async function startEmulator(): Promise<{ apiUrl: string; adminUrl: string }> {
  console.log('Starting a Hanko emulator (it makes an RSA-4096 key first) ...')
  const served = await serveHankoEmulator(
    await createHankoEmulator({
      corsOrigins: ORIGINS,
      jwtTemplate: ({ emails }) => ({ role: demoRole(emails[0]?.address) }),
    }),
  ).catch((error: unknown) => {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number }
    if (code !== 'EADDRINUSE') throw error
    throw new Error(
      `Port ${port} is in use: the Hanko emulator cannot start. Stop what runs there, or set HANKO_API_URL to use a Hanko of your own.`,
    )
  })
  running.push(served)
  return served
}

async function start(): Promise<void> {
  const ownHanko = process.env['HANKO_API_URL']
  const emulator = ownHanko ? undefined : await startEmulator()
  // Each demo gets its settings as a deployment would give them; PORT is not for both of them.
  const env = {
    ...process.env,
    PORT: undefined,
    ...(emulator === undefined
      ? {}
      : { HANKO_API_URL: emulator.apiUrl, HANKO_ADMIN_URL: emulator.adminUrl, HANKO_PUBLIC_URL: undefined }),
  }
  const trpcEnv = readTrpcEnv(env)
  const trpc = await startTrpcDemo(trpcEnv)
  running.push(trpc)
  const yoga = await startYogaDemo(readYogaEnv(env))
  running.push(yoga)

  const hanko =
    emulator === undefined
      ? `${trpcEnv.hankoApiUrl}  (from HANKO_API_URL)`
      : `${emulator.apiUrl}  (emulator; its admin API: ${emulator.adminUrl})`
  console.log(`
  tRPC demo      ${trpc.url}
  GraphQL demo   ${yoga.url}   (GraphiQL: ${yoga.url}/graphql)
  Hanko          ${hanko}
  Memory         ${describeBound(trpcEnv.maxStaleness)}
`)
  console.log(emulator === undefined ? toHankoSettings(trpcEnv.hankoPublicUrl) : toInstructions(emulator.adminUrl))
  console.log('\n  Ctrl-C stops everything.')
}

function describeBound(bound: string | number): string {
  if (bound === 0) return 'none: Hanko is asked for every request  (HANKO_MAX_STALENESS)'
  return `a session is served from memory for ${bound}  (HANKO_MAX_STALENESS, 0 for never)`
}

function toInstructions(adminUrl: string): string {
  return `  To sign in, open a demo, choose "Create account" and take any e-mail address that does not end in a digit,
  and any password of 8 or more characters. No mail is sent. You are then signed in at both demos.
  Whose address begins with "ada" is an admin. Accounts are kept in memory, until you stop this. To see an outage of Hanko, make one at ${adminUrl}/_emulator/`
}

function toHankoSettings(publicUrl: string): string {
  const origins = ORIGINS.map((origin) => `'${origin}'`).join(', ')
  return `  The browser uses Hanko at ${publicUrl} (HANKO_PUBLIC_URL). That Hanko must know the demos:

    cors:
      allow_origins: [${origins}]
    webauthn:
      relying_party:
        id: localhost
        origins: [${origins}]
${isLocal(publicUrl) ? LOCAL_SESSION : REMOTE_SESSION}`
}

const LOCAL_SESSION = `    session:
      cookie: { same_site: lax, secure: false }

  Use the host name localhost everywhere: the session cookie belongs to it.`

const REMOTE_SESSION = `    session:
      enable_auth_token_header: true

  A cookie of that host does not reach localhost. With this setting the login element gets the token in a header,
  and sets the cookie on the page's own host.`

const isLocal = (url: string): boolean => new URL(url).hostname === 'localhost'

async function stop(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close()))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void stop().then(() => {
      console.log('\nStopped.')
      process.exit(0)
    })
  })
}

await (process.argv.includes('--fleet') ? startFleet(running) : start()).catch(async (error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  await stop()
  process.exit(1)
})
