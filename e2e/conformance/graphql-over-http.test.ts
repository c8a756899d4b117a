import { auditServer } from 'graphql-http'
import { createSchema, createYoga, type Plugin } from 'graphql-yoga'
import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Callers, createCallers } from './create-callers.ts'

const OPEN = 'type Query { hello: String, secret: String @auth } type Mutation { ping: Boolean, touch: Boolean @auth }'
const CLOSED = 'type Query @auth { hello: String } type Mutation @auth { ping: Boolean }'

let callers: Callers
beforeAll(async () => {
  callers = await createCallers(inject('signingKeys').slice(0, 1))
})
afterAll(() => callers.close())

/** Each audit of GraphQL over HTTP, and how it ended. */
async function audit(typeDefs: string, plugins: Plugin[], headers: Record<string, string> = {}): Promise<string[]> {
  const schema = createSchema({ typeDefs: [authTypeDefs, typeDefs] })
  const yoga = createYoga({ schema: plugins.length === 0 ? schema : withAuth(schema), plugins, logging: false })
  const fetchFn = async (url: string, init: RequestInit = {}): Promise<Response> =>
    yoga.fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } })
  const results = await auditServer({ url: 'http://localhost/graphql', fetchFn })
  return results.map(({ id, name, status }) => `${id} ${name}: ${status}`)
}

describe('the audit of GraphQL over HTTP', () => {
  it('passes as fully with the plugin as without', async () => {
    const without = await audit(OPEN, [])
    expect(without.length).toBeGreaterThan(50)
    expect(without.filter((result) => result.endsWith('error'))).toEqual([])
    expect(await audit(OPEN, [useHankoSession(callers.hanko)])).toEqual(without)
    expect(await audit(OPEN, [useHankoSession(callers.hanko, { partial: true })])).toEqual(without)
  })

  it('passes as fully for somebody who is signed in, where everything is protected', async () => {
    const signedIn = await callers.headersOf('ada')
    const result = await audit(CLOSED, [useHankoSession(callers.hanko)], signedIn)
    expect(result).toEqual(await audit(CLOSED, []))
  })
})
