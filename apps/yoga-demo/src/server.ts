import { createServer, type Server } from 'node:http'
import { createDecisionBoard, createDemoPage, createNotes, type DemoEnv, listen, type Listening } from 'demo-kit'
import { createYoga } from 'graphql-yoga'
import { useHankoSession } from 'hanko-session-yoga'
import { createNodeGuard } from 'hanko-session/node'
import { createHanko } from './hanko.ts'
import { operations } from './operations.ts'
import { schema } from './schema.ts'

export function startDemo(env: DemoEnv): Promise<Listening> {
  return listen(createDemoServer(env), env.port, 'the GraphQL demo')
}

function createDemoServer(env: DemoEnv): Server {
  const board = createDecisionBoard(env.maxStaleness)
  const hanko = createHanko(env, board)
  const notes = createNotes()

  const yoga = createYoga({
    graphqlEndpoint: '/graphql',
    schema,
    context: { notes },
    plugins: [useHankoSession(hanko)],
    cors: false, // only this server's own page calls it
    graphiql: false,
    landingPage: false,
  })

  const whoAmI = createNodeGuard(hanko).listener((_request, response, session) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: session.userId, email: session.email?.address ?? null }))
  })

  const page = createDemoPage({
    title: 'GraphQL',
    lead: 'Sign in with Hanko, then call a GraphQL API whose @auth fields need your session.',
    hankoPublicUrl: env.hankoPublicUrl,
    demos: [
      { title: 'tRPC', url: env.otherDemoUrl },
      { title: 'GraphQL', url: '/' },
    ],
    operations,
  })

  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (path === '/graphql') void yoga(request, response)
    else if (path === '/api/me' && request.method === 'GET') whoAmI(request, response)
    else if (path === '/api/decisions' && request.method === 'GET') board.answer(response, hanko.stats())
    else page.handle(request, response)
  })
}
