import type { Server } from 'node:http'
import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import {
  bundleClient,
  createDecisionBoard,
  createDemoServer,
  createNotes,
  type DemoEnv,
  listen,
  type Listening,
} from 'demo-kit'
import { createYoga } from 'graphql-yoga'
import { useHankoSession } from 'hanko-session-yoga'
import { createHanko } from './hanko.ts'
import { operations } from './operations.ts'
import { schema } from './schema.ts'

export async function startDemo(env: DemoEnv): Promise<Listening> {
  const client = await bundleClient(new URL('create-api-client.ts', import.meta.url))
  return listen(createYogaDemo(env, client), env.port, 'the GraphQL demo')
}

function createYogaDemo(env: DemoEnv, client: Uint8Array): Server {
  const board = createDecisionBoard(env.maxStaleness)
  const hanko = createHanko(env, board)
  const notes = createNotes()

  const yoga = createYoga({
    graphqlEndpoint: '/graphql',
    schema,
    context: { notes },
    plugins: [useHankoSession(hanko)],
    cors: false, // only this server's own page calls it
    // On the origin of the page, so the browser sends it the same cookie.
    graphiql: { title: 'GraphiQL · hanko-session', defaultQuery: '{ me { id email } }' },
    renderGraphiQL,
    landingPage: false,
  })

  return createDemoServer({
    env,
    board,
    hanko,
    api: (request, response) => void yoga(request, response),
    isApi: (path) => path === '/graphql',
    title: 'GraphQL',
    lead: 'Sign in with Hanko, then call a GraphQL API whose @auth fields need your session.',
    tool: { title: 'GraphiQL', url: '/graphql', summary: 'has the same session: its cookie belongs to this origin.' },
    demos: [
      { title: 'tRPC', url: env.otherDemoUrl },
      { title: 'GraphQL', url: '/' },
    ],
    client,
    operations,
  })
}
