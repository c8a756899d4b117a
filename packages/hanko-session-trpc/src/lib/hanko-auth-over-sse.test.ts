import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { RequestAuth } from 'hanko-session'
import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { hankoAuth } from './hanko-auth.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

const t = initTRPC.context<{ auth: RequestAuth }>().create()
const router = t.router({
  status: t.procedure.query(async ({ ctx }) => (await ctx.auth.state()).status),
  feed: t.procedure.subscription(async function* ({ ctx }) {
    yield (await ctx.auth.state()).status
  }),
})

async function textOf(path: string, headers: Record<string, string>, method = 'GET'): Promise<string> {
  const req = new Request(`http://app.example/trpc/${path}`, { method, headers })
  const response = await fetchRequestHandler({
    req,
    router,
    endpoint: '/trpc',
    allowMethodOverride: true,
    createContext: (options) => ({ auth: hankoAuth(test.hanko, options) }),
  })
  return response.text()
}

describe('an optional session', () => {
  it('over SSE needs a trusted origin, though its request is a GET', async () => {
    const own = { cookie: test.ada.cookie, accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' }
    expect(await textOf('feed', own)).toContain('data: "authenticated"')
    expect(await textOf('feed', { ...own, 'sec-fetch-site': 'cross-site' })).toContain('data: "unauthenticated"')
  })

  it('of a query is a read, though its request is a POST', async () => {
    const headers = { cookie: test.ada.cookie, 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }
    expect(await textOf('status', headers, 'POST')).toContain('"authenticated"')
  })
})
