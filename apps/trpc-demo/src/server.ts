import type { Server } from 'node:http'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import {
  bundleClient,
  createDecisionBoard,
  createDemoServer,
  createNotes,
  type DemoEnv,
  listen,
  type Listening,
} from 'demo-kit'
import { authResponseMeta, hankoAuth } from 'hanko-session-trpc'
import { createHanko } from './hanko.ts'
import { operations } from './operations.ts'
import { createRouter } from './router.ts'

export async function startDemo(env: DemoEnv): Promise<Listening> {
  const client = await bundleClient(new URL('create-api-client.ts', import.meta.url))
  return listen(createTrpcDemo(env, client), env.port, 'the tRPC demo')
}

function createTrpcDemo(env: DemoEnv, client: Uint8Array): Server {
  const board = createDecisionBoard(env.maxStaleness)
  const hanko = createHanko(env, board)
  const notes = createNotes()

  const trpc = createHTTPHandler({
    basePath: '/trpc/',
    router: createRouter(hanko),
    createContext: (options) => ({ auth: hankoAuth(hanko, options), notes }),
    responseMeta: authResponseMeta(),
  })

  return createDemoServer({
    env,
    board,
    hanko,
    api: trpc,
    isApi: (path) => path.startsWith('/trpc/'),
    title: 'tRPC',
    lead: 'Sign in with Hanko, then call a tRPC API whose protected procedures need your session.',
    demos: [
      { title: 'tRPC', url: '/' },
      { title: 'GraphQL', url: env.otherDemoUrl },
    ],
    client,
    operations,
  })
}
