import { createServer, type Server } from 'node:http'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import {
  createDecisionBoard,
  createDemoPage,
  createNotes,
  type DemoEnv,
  endSessionElsewhere,
  listen,
  type Listening,
} from 'demo-kit'
import { authResponseMeta, hankoAuth } from 'hanko-session-trpc'
import { createNodeGuard } from 'hanko-session/node'
import { bundleClient } from './bundle-client.ts'
import { createHanko } from './hanko.ts'
import { operations } from './operations.ts'
import { createRouter } from './router.ts'

export async function startDemo(env: DemoEnv): Promise<Listening> {
  return listen(createDemoServer(env, await bundleClient()), env.port, 'the tRPC demo')
}

function createDemoServer(env: DemoEnv, client: Uint8Array): Server {
  const board = createDecisionBoard(env.maxStaleness)
  const hanko = createHanko(env, board)
  const notes = createNotes()

  const trpc = createHTTPHandler({
    basePath: '/trpc/',
    router: createRouter(hanko),
    createContext: ({ req }) => ({ auth: hankoAuth(hanko, { req }), notes }),
    responseMeta: authResponseMeta(),
  })

  const whoAmI = createNodeGuard(hanko).listener((_request, response, session) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: session.userId, email: session.email?.address ?? null }))
  })

  const { hankoAdminUrl } = env
  const endSession =
    hankoAdminUrl === undefined
      ? undefined
      : createNodeGuard(hanko).listener((_request, response, session) => {
          void endSessionElsewhere(hankoAdminUrl, session, response)
        })

  const page = createDemoPage({
    title: 'tRPC',
    lead: 'Sign in with Hanko, then call a tRPC API whose protected procedures need your session.',
    hankoPublicUrl: env.hankoPublicUrl,
    demos: [
      { title: 'tRPC', url: '/' },
      { title: 'GraphQL', url: env.otherDemoUrl },
    ],
    client,
    endsSessions: endSession !== undefined,
    operations,
  })

  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (path.startsWith('/trpc/')) trpc(request, response)
    else if (path === '/api/me' && request.method === 'GET') whoAmI(request, response)
    else if (path === '/api/end-session' && request.method === 'POST' && endSession) endSession(request, response)
    else if (path === '/api/decisions' && request.method === 'GET') board.answer(response, hanko.stats())
    else page.handle(request, response)
  })
}
