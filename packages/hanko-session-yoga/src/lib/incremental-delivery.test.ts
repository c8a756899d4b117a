import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { createSchema, createYoga } from 'graphql-yoga'
import { authTypeDefs, type HankoContext, useHankoSession, withAuth } from 'hanko-session-yoga'
import { describe, expect, it } from 'vitest'
import { startHanko } from '../../test/start-hanko.ts'

const typeDefs = /* GraphQL */ `
  type Query {
    hello: String
    slow: String @auth
    items: [Int!] @auth
    open: String
    thing: Thing
    insists: Int
    node: Node
  }
  interface Node {
    x: Int
  }
  type Page implements Node {
    x: Int @auth(fresh: true)
  }
  type Note implements Node {
    x: Int
  }
  union Thing = Plain | Kept
  type Plain {
    x: Int
  }
  type Kept @auth(fresh: true) {
    x: Int
  }
`

/** An app whose slow fields wait for a test. */
async function createSlowApp() {
  const { hanko, emulator, asked } = await startHanko({ maxStaleness: 30_000 })
  const eve = await emulator.signIn()
  await hanko.validate(eve.token)
  asked()
  let finish = (): void => {}
  const isFinished = new Promise<void>((resolve) => (finish = resolve))
  const slow = async (): Promise<string> => {
    await isFinished
    return 'slow'
  }
  async function* items(): AsyncGenerator<number> {
    yield 1
    await isFinished
    yield 2
  }
  const thing = async (): Promise<object> => {
    await isFinished
    return { __typename: 'Kept', x: 1 }
  }
  const node = async (): Promise<object> => {
    await isFinished
    return { __typename: 'Page', x: 1 }
  }
  const insists = async (_: unknown, _args: unknown, { auth }: HankoContext): Promise<void> => {
    await isFinished
    await auth.requireSession()
  }
  const resolvers = { Query: { hello: () => 'hello', slow, items, open: slow, thing, insists, node } }
  const schema = withAuth(createSchema<HankoContext>({ typeDefs: [authTypeDefs, typeDefs], resolvers }))
  const yoga = createYoga({ schema, plugins: [useHankoSession(hanko), useDeferStream()], logging: false })

  /** The parts of an answer, one after another; `undefined` after the last. */
  async function ask(query: string, authorization = eve.header) {
    const response = await yoga.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed', authorization },
      body: JSON.stringify({ query }),
    })
    let reader: ReadableStreamDefaultReader<string> | undefined
    let text = ''
    return async (): Promise<unknown> => {
      reader ??= response.body!.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const part = /^[^]*?(\{.*\})\r\n--/.exec(text)
        if (part?.[1] !== undefined) {
          text = text.slice(part[0].length)
          return JSON.parse(part[1])
        }
        const { value, done } = await reader.read()
        if (done) return undefined
        text += value
      }
    }
  }
  return { hanko, emulator, asked, eve, ask, finish: () => finish() }
}

type SlowApp = Awaited<ReturnType<typeof createSlowApp>>

const DEFERRED = '{ hello ... @defer { thing { __typename } } }'
const REVOKED = [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED', auth: { reason: 'revoked' } } })]

describe('an answer in parts', () => {
  it.each([
    ['@defer', '{ hello ... @defer { slow } }', { hello: 'hello' }],
    ['@stream', '{ items @stream(initialCount: 1) }', { items: [1] }],
  ])('by %s ends with its session, and says that it is the last part', async (_, query, data) => {
    const { hanko, eve, ask, finish } = await createSlowApp()
    const read = await ask(query)
    expect(await read()).toEqual({ data, hasNext: true })
    hanko.revoke({ sessionId: eve.sessionId })
    finish()
    expect(await read()).toEqual({ errors: REVOKED, hasNext: false })
    expect([await read(), hanko.stats().watched]).toEqual([undefined, 0])
  })

  it.each([
    ['@defer', '{ hello ... @defer { slow } }'],
    ['@stream', '{ items @stream(initialCount: 1) }'],
  ])('by %s goes on while its session lives', async (_, query) => {
    const { hanko, ask, finish } = await createSlowApp()
    const read = await ask(query)
    await read()
    finish()
    expect(JSON.stringify(await read())).toMatch(/"slow"|2/)
    await expect.poll(read).toBeUndefined()
    expect(hanko.stats().watched).toBe(0)
  })

  it('that needs no session outlives it', async () => {
    const { hanko, eve, ask, finish } = await createSlowApp()
    const read = await ask('{ hello ... @defer { open } }')
    await read()
    hanko.revoke({ sessionId: eve.sessionId })
    finish()
    expect(JSON.stringify(await read())).toContain('"open":"slow"')
  })

  it.each([
    ['type', DEFERRED, { thing: { __typename: 'Kept' } }, { thing: null }],
    ['field', '{ hello ... @defer { node { x } } }', { node: { x: 1 } }, { node: { x: null } }],
  ])('has Hanko asked now for a %s that turns up in it and is fresh', async (_, query, data, refused) => {
    const deliver = async (happen: (app: SlowApp) => unknown): Promise<unknown> => {
      const app = await createSlowApp()
      const read = await app.ask(query)
      expect(await read()).toEqual({ data: { hello: 'hello' }, hasNext: true })
      await happen(app)
      app.finish()
      const part = await read()
      expect(app.asked()).toBeGreaterThan(0)
      return part
    }
    expect(await deliver(() => {})).toMatchObject({ incremental: [{ data }] })
    // Memory does not know of it yet.
    expect(await deliver(({ emulator, eve }) => emulator.endSession(eve.sessionId))).toMatchObject({
      incremental: [{ data: refused, errors: REVOKED }],
    })
  })

  it('says why a resolver refused a part of it', async () => {
    const { ask, finish } = await createSlowApp()
    const read = await ask('{ hello ... @defer { insists } }', '')
    await read()
    finish()
    expect(await read()).toMatchObject({ incremental: [{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }] })
  })

  it('is watched by nobody who does not read it', async () => {
    const { hanko, asked, ask, finish } = await createSlowApp()
    await ask(DEFERRED)
    finish()
    await expect.poll(asked).toBe(1)
    expect(hanko.stats().watched).toBe(0)
  })
})
