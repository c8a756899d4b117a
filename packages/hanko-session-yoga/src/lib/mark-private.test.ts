import { createSchema, createYoga, type Plugin } from 'graphql-yoga'
import { createSessionValidator } from 'hanko-session'
import { describe, expect, it } from 'vitest'
import { WAYS } from '../../test/serve.ts'
import { authTypeDefs } from './auth-directive.ts'
import { markPrivate } from './mark-private.ts'
import { useHankoSession } from './use-hanko-session.ts'
import { withAuth } from './with-auth.ts'

const PRIVATE = 'private, no-store'

describe('markPrivate', () => {
  it.each(Object.entries(WAYS))('wins over a plugin that lets caches keep answers, behind %s', async (_name, serve) => {
    const usePublicAnswers: Plugin = {
      onExecute: ({ setResultAndStopExecution, args }) => {
        const headers = { 'Cache-Control': 'public, max-age=60' }
        void (args.contextValue as { auth?: { state(): Promise<unknown> } }).auth?.state()
        setResultAndStopExecution({ data: {}, extensions: { http: { headers } } })
      },
    }
    const schema = withAuth(createSchema({ typeDefs: [authTypeDefs, 'type Query { hello: String }'] }))
    const hanko = createSessionValidator({ apiUrl: 'http://localhost:1' })
    const served = await serve(
      createYoga({ schema, plugins: [useHankoSession(hanko), usePublicAnswers], logging: false }),
    )
    const response = await served.fetch(`${served.url}?query={hello}`)
    await served.close()
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, PRIVATE])
  })

  it('replaces a response whose headers cannot be changed', () => {
    const response = Response.redirect('http://localhost/elsewhere')
    let replaced: Response | undefined
    markPrivate({ response, setResponse: (copy) => (replaced = copy) }, true)
    expect([replaced?.status, replaced?.headers.get('cache-control')]).toEqual([302, PRIVATE])
  })

  it('leaves an answer alone that no session was looked up for', () => {
    const response = new Response('{}', { headers: { 'cache-control': 'public' } })
    markPrivate({ response, setResponse: () => expect.fail('it was replaced') }, false)
    expect(response.headers.get('cache-control')).toBe('public')
  })
})
