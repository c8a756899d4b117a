import assert from 'node:assert/strict'
import { useGenericAuth } from '@envelop/generic-auth'
import { createRemoteJwksSigningKeyProvider, extractFromHeader, useJWT } from '@graphql-yoga/plugin-jwt'
import { GraphQLError } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import type { SessionValidator } from 'hanko-session'
import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
import { readPayload } from './session-tokens.ts'
import type { Peers } from './peers.ts'

/** A Yoga of its own, with the same two fields as all others. */
export interface Contestant {
  /** Answers one GraphQL request, all the way to the text. */
  ask(body: string, authorization?: string): Promise<string>
}

export const HELLO = JSON.stringify({ query: '{ hello }' })
export const ME = JSON.stringify({ query: '{ me }' })
export const ANSWERS: ReadonlyMap<string, string> = new Map([
  [HELLO, '{"data":{"hello":"hello"}}'],
  [ME, '{"data":{"me":"me"}}'],
])

const AUTHENTICATED = /* GraphQL */ `
  directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE
`
const resolvers = { Query: { hello: () => 'hello', me: () => 'me' } }
const toTypeDefs = (directive: string): string => `type Query { hello: String! me: String! ${directive} }`
/** What all have in common. */
const COMMON = { logging: false, batching: { limit: 10 } } as const

interface Servable {
  fetch(url: string, init: RequestInit): Response | Promise<Response>
}

function toContestant(yoga: Servable): Contestant {
  return {
    async ask(body, authorization) {
      const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' }
      if (authorization !== undefined) headers['authorization'] = authorization
      const response = await yoga.fetch('http://localhost/graphql', { method: 'POST', headers, body })
      return response.text()
    },
  }
}

/** The same schema, and nothing that asks who is there. */
export function createPlain(): Contestant {
  return toContestant(createYoga({ ...COMMON, schema: createSchema({ typeDefs: toTypeDefs(''), resolvers }) }))
}

export function createOurs(hanko: SessionValidator): Contestant {
  const schema = withAuth(createSchema({ typeDefs: [authTypeDefs, toTypeDefs('@auth')], resolvers }))
  return toContestant(createYoga({ ...COMMON, schema, plugins: [useHankoSession(hanko)] }))
}

/** With the best there could be to find the user: a look-up of what is known. */
export function createGenericAuth(tokens: readonly string[]): Contestant {
  const users = new Map(tokens.map((token) => [`Bearer ${token}`, { id: readPayload(token).sub }]))
  const schema = createSchema({ typeDefs: [AUTHENTICATED, toTypeDefs('@authenticated')], resolvers })
  const plugin = useGenericAuth<{ id: string }, { request: Request }>({
    mode: 'protect-granular',
    resolveUserFn: ({ request }) => users.get(request.headers.get('authorization') ?? ''),
  })
  return toContestant(createYoga({ ...COMMON, schema, plugins: [plugin] }))
}

export function createPluginJwt(url: string): Contestant {
  const schema = createSchema({ typeDefs: toTypeDefs(''), resolvers })
  const plugin = useJWT({
    signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: `${url}/.well-known/jwks.json`, cache: true })],
    tokenLookupLocations: [extractFromHeader({ name: 'authorization', prefix: 'Bearer' })],
    tokenVerification: { audience: 'localhost', algorithms: ['RS256'] },
    extendContext: true,
    reject: { missingToken: true, invalidToken: true },
  })
  return toContestant(createYoga({ ...COMMON, schema, plugins: [plugin] }))
}

/** Hanko asked in the context of every request, as its guides show it. */
export function createPost(peers: Peers): Contestant {
  const schema = createSchema({
    typeDefs: toTypeDefs(''),
    resolvers: {
      Query: {
        hello: () => 'hello',
        me(_source: unknown, _args: unknown, { isSignedIn }: { isSignedIn: boolean }) {
          if (!isSignedIn) throw new GraphQLError('Sign in.')
          return 'me'
        },
      },
    },
  })
  async function context({ request }: { request: Request }): Promise<{ isSignedIn: boolean }> {
    const token = request.headers.get('authorization')?.slice('Bearer '.length)
    return { isSignedIn: token !== undefined && (await peers.post(token)) }
  }
  return toContestant(createYoga({ ...COMMON, schema, context }))
}

/** A contestant that answers wrongly, or to nobody in particular, is not timed. */
export async function assertProtects(contestant: Contestant, token: string): Promise<void> {
  assert.equal(await contestant.ask(ME, `Bearer ${token}`), ANSWERS.get(ME))
  const refused = JSON.parse(await contestant.ask(ME)) as { data?: { me?: unknown } | null; errors?: unknown[] }
  assert.equal(refused.data?.me, undefined)
  assert.equal(refused.errors?.length, 1)
}
