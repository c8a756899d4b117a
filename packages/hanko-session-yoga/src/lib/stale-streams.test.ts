import { createSchema, createYoga } from 'graphql-yoga'
import { createSessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { describe, expect, inject, it } from 'vitest'
import { createCountedApp } from '../../test/counted-app.ts'
import { startHanko } from '../../test/start-hanko.ts'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from '../index.ts'

describe('a rule on what turns up in a public subscription', () => {
  it.each(['maxAge: "1h"', 'amr: "pwd"', 'fresh: true'])(
    'of %s takes no session served for an outage',
    async (rule) => {
      const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
      let ahead = 0
      const now = (): number => emulator.clock.now() + ahead
      const hanko = createSessionValidator({
        apiUrl: emulator.apiUrl,
        fetch: (url, init) => emulator.fetch(url, init),
        clock: { now, monotonic: now },
        logger: { debug() {}, info() {}, warn() {}, error() {} },
        staleIfError: '2m',
      })
      const typeDefs = /* GraphQL */ `
      type Query {
        hello: Int
      }
      type Subscription {
        news: News
      }
      interface News {
        x: Int
      }
      type Members implements News @auth {
        x: Int
      }
      type Recent implements News @auth(${rule}) {
        x: Int
      }
    `
      const events = async function* (): AsyncGenerator<object> {
        yield { __typename: 'Members', x: 1 }
        yield { __typename: 'Recent', x: 2 }
        yield { __typename: 'Members', x: 3 }
      }
      const schema = createSchema<HankoContext>({
        typeDefs: [authTypeDefs, typeDefs],
        resolvers: { Subscription: { news: { subscribe: events, resolve: (event: object) => event } } },
      })
      const yoga = createYoga({ schema: withAuth(schema), plugins: [useHankoSession(hanko)], logging: false })
      const { header, token } = await emulator.signIn()
      await hanko.validate(token)
      emulator.faults.set('all', { kind: 'database', state: 'down' })
      ahead = 40_000
      const response = await yoga.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: header },
        body: JSON.stringify({ query: 'subscription { news { x } }' }),
      })
      const text = await response.text()
      expect(text.match(/"(?:x|reason)":[^,}]+/g)).toEqual(['"x":1', '"reason":"upstream_unavailable"', '"x":3'])
    },
  )
})

describe('what is fresh and turns up in a public subscription', () => {
  it('is refused each time, while Hanko cannot be asked, though memory knows the session', async () => {
    const { emulator, hanko, ada } = await startHanko({ maxStaleness: '30s' })
    const sdl = `type Query { x: Int } type Subscription { news: News } union News = Plain | Recent type Plain { x: Int }
      type Recent @auth(fresh: true) { x: Int }`
    async function* events(): AsyncGenerator<object> {
      for (const __typename of ['Recent', 'Plain', 'Recent']) yield { __typename }
    }
    const news = { subscribe: events, resolve: (event: object) => event }
    const app = await createCountedApp(hanko, sdl, { resolvers: { Subscription: { news } } })
    emulator.faults.set('all', { kind: 'database', state: 'down' })
    const response = await app.served.fetch(`${app.served.url}?query=subscription{news{__typename}}`, {
      headers: { accept: 'text/event-stream', authorization: ada.header },
    })
    const told = (await response.text()).match(/"(?:__typename|reason)":[^,}]+/g)
    const refused = '"reason":"upstream_unavailable"'
    expect(told).toEqual([refused, '"__typename":"Plain"', refused])
  })
})
