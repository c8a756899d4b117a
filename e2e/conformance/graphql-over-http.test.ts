import { auditServer } from 'graphql-http'
import { createSchema, createYoga } from 'graphql-yoga'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from 'hanko-session-yoga'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Callers, createCallers } from './create-callers.ts'

const OPEN = 'type Query { hello: String, secret: String @auth } type Mutation { ping: Boolean, touch: Boolean @auth }'
const CLOSED = 'type Query @auth { hello: String } type Mutation @auth { ping: Boolean }'

let callers: Callers
beforeAll(async () => {
  callers = await createCallers(inject('signingKeys').slice(0, 1))
})
afterAll(() => callers.close())

type Options = Parameters<typeof useHankoSession>[1]

/** Each audit of GraphQL over HTTP, and how it ended. */
async function audit(fetchYoga: (url: string, init?: RequestInit) => Response | Promise<Response>): Promise<string[]> {
  const results = await auditServer({ url: 'http://localhost/graphql', fetchFn: fetchYoga })
  return results.map(({ id, name, status }) => `${id} ${name}: ${status}`)
}

const toSchema = (typeDefs: string) => createSchema<HankoContext>({ typeDefs: [authTypeDefs, typeDefs] })

async function auditWithout(typeDefs: string): Promise<string[]> {
  const yoga = createYoga({ schema: createSchema({ typeDefs: [authTypeDefs, typeDefs] }), logging: false })
  return audit((url, init = {}) => yoga.fetch(url, init))
}

async function auditWith(typeDefs: string, options?: Options, headers: Record<string, string> = {}): Promise<string[]> {
  const plugins = [useHankoSession(callers.hanko, options)]
  const yoga = createYoga({ schema: withAuth(toSchema(typeDefs)), plugins, logging: false })
  return audit((url, init) =>
    yoga.fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string> | undefined), ...headers } }),
  )
}

describe('the audit of GraphQL over HTTP', () => {
  it('passes as fully with the plugin as without', async () => {
    const without = await auditWithout(OPEN)
    expect(without.length).toBeGreaterThan(50)
    expect(without.filter((result) => result.endsWith('error'))).toEqual([])
    expect(await auditWith(OPEN)).toEqual(without)
    expect(await auditWith(OPEN, { partial: true })).toEqual(without)
  })

  it('passes as fully for somebody who is signed in, where everything is protected', async () => {
    expect(await auditWith(CLOSED, {}, await callers.headersOf('ada'))).toEqual(await auditWithout(CLOSED))
  })
})
