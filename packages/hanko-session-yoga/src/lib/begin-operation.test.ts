import { beforeEach, describe, expect, it } from 'vitest'
import { createCountedApp } from '../../test/counted-app.ts'
import { startRulesHanko } from '../../test/rules-hanko.ts'

const test = await startRulesHanko()
const { eve, auth, calls } = test
beforeEach(test.reset)

describe('partial: true', () => {
  const sdl = /* GraphQL */ `
    type Query {
      open: Int
      secret: Int @auth
      role: Int @auth(roles: "admin")
      must: Int! @auth
      box: Box
    }
    type Box {
      x: Int
      must: Int! @auth
      may: Int @auth
    }
    type Mutation {
      make: Box
      wipe: User
      ban: Int @auth(roles: "admin")
      own(of: ID): Int @auth(policy: "owner")
    }
    type Subscription {
      boxes: Box
    }
    type User @auth {
      x: Int
    }
  `
  async function* boxes(): AsyncGenerator<object> {
    for (const x of [1, 2]) yield { boxes: { x } }
  }
  const resolvers = {
    Subscription: { boxes: { subscribe: boxes } },
    Query: { box: () => ({ x: 1 }), open: () => 1, role: () => 2 },
  }

  it('G27 answers what may be answered, and lets null go up to what may be null, with 200', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers, session: { partial: true } })
    const answer = await app.ask('{ open secret role box { x must } }')
    expect([answer.status, answer.data]).toEqual([200, { open: 1, secret: null, role: null, box: null }])
    expect(answer.errors?.map(({ path }) => path)).toEqual([['secret'], ['role'], ['box', 'must']])
    expect(answer.headers.get('www-authenticate')).toBeNull()
    expect(app.ran).toEqual(['Query.open', 'Query.box', 'Box.x'])
    const none = await app.ask('{ open must }')
    expect([none.status, none.data, none.errors?.length]).toEqual([200, null, 1])
  })

  it('asks Hanko once, and refuses by rule', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers, session: { partial: true } })
    const { data, errors } = await app.ask('{ open a: role b: role secret }', eve)
    expect([data, errors?.length, test.asked(), calls]).toEqual([
      { open: 1, a: null, b: null, secret: null },
      2,
      1,
      ['roles'],
    ])
  })

  it('refuses by rule what runs one after another, each time', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers, session: { partial: true } })
    expect((await app.ask('mutation { a: ban b: ban c: ban }', eve)).data).toEqual({ a: null, b: null, c: null })
    expect([app.ran, calls]).toEqual([[], ['roles']])
  })

  it('refuses by what it is told, and nothing else for it', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers, session: { partial: true } })
    const { errors } = await app.ask(`mutation { a: own(of: "x") b: own(of: "${eve.userId}") }`, eve)
    expect([errors?.map(({ path }) => path), app.ran]).toEqual([[['a']], ['Mutation.own']])
  })

  it('goes on with a stream of which a part is refused', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, resolvers, session: { partial: true } })
    const url = `${app.served.url}?query=${encodeURIComponent('subscription { boxes { x may } }')}`
    const text = await (await app.served.fetch(url, { headers: { accept: 'text/event-stream' } })).text()
    expect(text.match(/"data":.*?}}/g)).toEqual([1, 2].map((x) => `"data":{"boxes":{"x":${x},"may":null}}`))
    expect(text.match(/UNAUTHENTICATED/g)).toHaveLength(2)
  })

  it('G06 runs no side effect for what may not be shown', async () => {
    const app = await createCountedApp(test.hanko, sdl, { auth, session: { partial: true } })
    expect((await app.ask('mutation { wipe { __typename } }')).data).toEqual({ wipe: null })
    expect(app.ran).toEqual([])
  })
})
