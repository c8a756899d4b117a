// A user's own file against the packed Yoga adapter: a field behind `@auth`, asked signed out and signed in.
import { createSchema, createYoga } from 'graphql-yoga'
import { createSessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
import { authErrorOf } from 'hanko-session-yoga/client'

const emulator = await createHankoEmulator()
const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, maxStaleness: 0 })
const schema = createSchema({
  typeDefs: [authTypeDefs, `type Query { hello: String!, me: ID @auth }`],
  resolvers: { Query: { hello: () => 'hello', me: () => 'me' } },
})
const yoga = createYoga({ schema: withAuth(schema), plugins: [useHankoSession(hanko)], logging: false })

async function ask(query: string, headers: Record<string, string> = {}): Promise<number> {
  // For this answer a refusal is a status; clients of plain JSON get GraphQL's 200 with errors.
  const accept = 'application/graphql-response+json'
  const init = { method: 'POST', headers: { accept, 'content-type': 'application/json', ...headers } }
  return (await yoga.fetch('https://app.example/graphql', { ...init, body: JSON.stringify({ query }) })).status
}

const { header } = await emulator.signIn({ email: 'ada@example.com' })
const statuses = [await ask('{ hello }'), await ask('{ me }'), await ask('{ me }', { authorization: header })]
if (statuses.join() !== '200,401,200') throw new Error(`the fields answer ${statuses.join()}, not 200,401,200`)

const refused: unknown = await (await yoga.fetch('https://app.example/graphql?query={me}')).json()
if (authErrorOf(refused)?.kind !== 'signed-out') throw new Error('the client does not see who is signed out')
