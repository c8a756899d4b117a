import { createServer, type Server } from 'node:http'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { createDecisionBoard, createDemoPage, createNotes, type DemoEnv, listen, type Listening } from 'demo-kit'
import { authResponseMeta, hankoAuth } from 'hanko-session-trpc'
import { createNodeGuard } from 'hanko-session/node'
import { createHanko } from './hanko.ts'
import { operations } from './operations.ts'
import { router } from './router.ts'

export function startDemo(env: DemoEnv): Promise<Listening> {
  return listen(createDemoServer(env), env.port, 'the tRPC demo')
}

function createDemoServer(env: DemoEnv): Server {
  const board = createDecisionBoard(env.maxStaleness)
  const hanko = createHanko(env, board)
  const notes = createNotes()

  const trpc = createHTTPHandler({
    basePath: '/trpc/',
    router,
    createContext: ({ req }) => ({ auth: hankoAuth(hanko, { req }), notes }),
    responseMeta: authResponseMeta(),
  })

  const whoAmI = createNodeGuard(hanko).listener((_request, response, session) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: session.userId, email: session.email?.address ?? null }))
  })

  const page = createDemoPage({
    title: 'tRPC',
    lead: 'Sign in with Hanko, then call a tRPC API whose protected procedures need your session.',
    hankoPublicUrl: env.hankoPublicUrl,
    demos: [
      { title: 'tRPC', url: '/' },
      { title: 'GraphQL', url: env.otherDemoUrl },
    ],
    operations,
  })

  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (path.startsWith('/trpc/')) trpc(request, response)
    else if (path === '/api/me' && request.method === 'GET') whoAmI(request, response)
    else if (path === '/api/decisions' && request.method === 'GET') board.answer(response, hanko.stats())
    else page.handle(request, response)
  })
}
