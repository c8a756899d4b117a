import { describeDemo } from 'demo-kit/suite'
import { expect, it } from 'vitest'
import { documents } from './documents.ts'
import { readEnv } from './env.ts'
import { startDemo } from './server.ts'

/** With this type an answer has the HTTP status of what happened; for `application/json` GraphQL says 200 to all. */
const types = { 'content-type': 'application/json', accept: 'application/graphql-response+json' }

const ask = (url: string, query: string | undefined, headers: Record<string, string>, variables?: object) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...types, ...headers },
    body: JSON.stringify({ query, variables }),
  })

const demo = describeDemo({
  title: 'GraphQL',
  startDemo,
  readEnv,
  call: (url, name, headers, input) => ask(url, documents[name], headers, input),
})

it('refuses an operation as a whole', async () => {
  expect(await (await demo.call('me')).json()).toEqual({
    errors: [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } } })],
  })
})

it('has a GraphiQL that loads nothing from elsewhere', async () => {
  const response = await demo.get('/graphql', { accept: 'text/html' })
  const text = await response.text()
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(text).toContain('GraphiQL · hanko-session')
  expect(text.match(/<(?:script|link)[^>]+(?:src|href)=["']?https?:/g)).toBeNull()
})
