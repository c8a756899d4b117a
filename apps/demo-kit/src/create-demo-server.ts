import { createServer, type RequestListener, type Server } from 'node:http'
import type { SessionValidator } from 'hanko-session'
import { createNodeGuard } from 'hanko-session/node'
import type { DecisionBoard } from './create-decision-board.ts'
import { createDemoPage, type DemoPageOptions } from './create-demo-page.ts'
import { endSessionElsewhere } from './end-session-elsewhere.ts'
import type { DemoEnv } from './read-demo-env.ts'

export interface DemoServerOptions extends Omit<DemoPageOptions, 'hankoPublicUrl' | 'endsSessions'> {
  readonly env: DemoEnv
  readonly board: DecisionBoard
  readonly hanko: SessionValidator<unknown>
  /** What the demo is about. */
  readonly api: RequestListener
  /** What of the API is at this path. */
  isApi(path: string): boolean
}

/** The API of a demo, the page, and what is plain HTTP: the same for both demos. */
export function createDemoServer({ env, board, hanko, api, isApi, ...page }: DemoServerOptions): Server {
  const { hankoAdminUrl, hankoPublicUrl } = env
  const guard = createNodeGuard(hanko)

  const whoAmI = guard.listener((_request, response, session) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: session.userId, email: session.email?.address ?? null }))
  })

  const endSession =
    hankoAdminUrl === undefined
      ? undefined
      : guard.listener((_request, response, session) => {
          void endSessionElsewhere(hankoAdminUrl, session, response)
        })

  const { handle } = createDemoPage({ ...page, hankoPublicUrl, endsSessions: endSession !== undefined })

  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (isApi(path)) api(request, response)
    else if (path === '/api/me' && request.method === 'GET') whoAmI(request, response)
    else if (path === '/api/end-session' && request.method === 'POST' && endSession) endSession(request, response)
    else if (path === '/api/decisions' && request.method === 'GET') board.answer(response, hanko.stats())
    else handle(request, response)
  })
}
