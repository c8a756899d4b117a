import { type DocumentNode, type ExecutionArgs, type GraphQLSchema } from 'graphql'
import { createHandler } from 'graphql-sse/lib/use/fetch'
import type { SignedIn } from 'hanko-session/testing'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFeedApp, type FeedAppOptions } from '../../test/feed-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'

let test: TestHanko
let eve: SignedIn
beforeAll(async () => {
  test = await startHanko({ maxStaleness: 30_000 })
})
beforeEach(async () => {
  eve = await test.emulator.signIn()
  await test.hanko.validate(eve.token)
  test.asked()
})

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((cancel) => cancel()))
  await expect.poll(() => test.hanko.stats().watched).toBe(0)
})

/** Subscribes as an EventSource does, and reads one event after another. */
async function open(query: string, options?: FeedAppOptions, hanko = test.hanko) {
  const app = createFeedApp(hanko, options)
  const response = await app.yoga.fetch(`http://localhost/graphql?query=${encodeURIComponent(query)}`, {
    headers: { accept: 'text/event-stream', authorization: eve.header },
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const read = async (): Promise<string> => {
    for (;;) {
      const [event, ...rest] = text.split('\n\n')
      if (rest.length > 0 && event !== undefined) {
        text = rest.join('\n\n')
        if (!event.startsWith(':')) return event.replaceAll('\n', ' ').trim()
        continue
      }
      const { value, done } = await reader.read()
      if (done) return 'end'
      text += value
    }
  }
  const cancel = (): Promise<void> => reader.cancel()
  opened.push(cancel)
  return { ...app, read, cancel }
}

const next = (data: unknown): string => `event: next data: ${JSON.stringify(data)}`
const REVOKED = {
  message: 'The session has ended. Sign in again.',
  extensions: { code: 'UNAUTHENTICATED', auth: { reason: 'revoked' } },
}

describe('a subscription over SSE', () => {
  it('G37 ends when its session is revoked here, with the error, and delivers nothing more', async () => {
    const { read, feed, ran } = await open('subscription { feed }')
    const first = read()
    await expect.poll(feed.listening).toBe(1)
    feed.push(1)
    expect(await first).toBe(next({ data: { feed: 1 } }))
    const second = read()
    test.hanko.revoke({ sessionId: eve.sessionId })
    feed.push(2)
    expect(await second).toContain(JSON.stringify(REVOKED.extensions))
    expect(await read()).toMatch('event: complete')
    expect(await read()).toBe('end')
    expect(ran).toEqual(['subscribe feed', 'feed 1'])
    await expect.poll(feed.listening).toBe(0)
    expect(test.hanko.stats().watched).toBe(0)
  })

  it('ends without an event, too', async () => {
    const { read, feed } = await open('subscription { feed }')
    const first = read()
    await expect.poll(feed.listening).toBe(1)
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await first).toContain(JSON.stringify(REVOKED.extensions))
  })

  it('G35 ends when Hanko has ended its session, by the bound', async () => {
    const quick = await startHanko({ maxStaleness: '3s' })
    eve = await quick.emulator.signIn()
    const { read, feed, ran } = await open('subscription { feed }', {}, quick.hanko)
    const first = read()
    await expect.poll(feed.listening).toBe(1)
    await quick.emulator.endSession(eve.sessionId)
    const began = performance.now()
    expect(await first).toContain('UNAUTHENTICATED')
    expect(performance.now() - began).toBeLessThan(4_000)
    feed.push(1)
    expect(ran).toEqual(['subscribe feed'])
  })

  it('G41 is judged by its rules before it begins, and again for each event', async () => {
    let roles = ['admin']
    const { read, feed, ran } = await open('subscription { role }', { roles: () => roles })
    const first = read()
    await expect.poll(feed.listening).toBe(1)
    feed.push(1)
    expect(await first).toBe(next({ data: { role: 1 } }))
    roles = []
    feed.push(2)
    expect(await read()).toContain('"data":{"role":null}')
    expect(ran).toEqual(['subscribe role', 'role 1'])
    const refused = await open('subscription { role }')
    expect(await refused.read()).toContain('"code":"FORBIDDEN"')
    expect(refused.ran).toEqual([])
  })

  it('lets go of its session when the client goes', async () => {
    const { read, feed, cancel } = await open('subscription { feed }')
    const first = read()
    await expect.poll(feed.listening).toBe(1)
    feed.push(1)
    await first
    expect(test.hanko.stats().watched).toBe(1)
    await cancel()
    await expect.poll(() => test.hanko.stats().watched).toBe(0)
    feed.push(2)
    await expect.poll(feed.listening).toBe(0)
  })

  it('that is public goes on, and what turns up in it is judged by the session of the moment', async () => {
    const { read, feed, ran } = await open('subscription { mixed { ... on Plain { x } __typename } }')
    const first = read()
    await expect.poll(feed.listening).toBe(1)
    feed.push(2)
    expect(await first).toBe(next({ data: { mixed: { x: 2, __typename: 'Plain' } } }))
    feed.push(3)
    expect(await read()).toBe(next({ data: { mixed: { __typename: 'Secret' } } }))
    test.hanko.revoke({ sessionId: eve.sessionId })
    feed.push(5)
    expect(await read()).toMatch(
      /"reason":"revoked".*"data":\{"mixed":null\}|"data":\{"mixed":null\}.*"reason":"revoked"/,
    )
    feed.push(6)
    expect(await read()).toContain('"x":6')
    expect(ran).toEqual(['subscribe mixed'])
  })

  it('asks Hanko nothing when it is public', async () => {
    const { read, feed } = await open('subscription { open }')
    const first = read()
    await expect.poll(feed.listening).toBe(1)
    feed.push(1)
    expect(await first).toBe(next({ data: { open: 1 } }))
    expect([test.hanko.stats().watched, test.asked()]).toEqual([0, 0])
  })
})

describe('a subscription over graphql-sse', () => {
  it('ends with its session, and tells no HTTP status', async () => {
    const { yoga, feed, ran } = createFeedApp(test.hanko)
    type Bound = ExecutionArgs & { rootValue: ReturnType<typeof yoga.getEnveloped> }
    const handler = createHandler({
      execute: (args) => (args as Bound).rootValue.execute(args) as never,
      subscribe: (args) => (args as Bound).rootValue.subscribe(args) as never,
      async onSubscribe(request, params) {
        const enveloped = yoga.getEnveloped({ req: request.raw, params })
        return {
          schema: enveloped.schema as GraphQLSchema,
          document: enveloped.parse(params.query) as DocumentNode,
          contextValue: (await enveloped.contextFactory()) as never,
          rootValue: enveloped,
        }
      },
    })
    const ask = (headers: Record<string, string>) => {
      const url = 'http://localhost/graphql'
      const body = JSON.stringify({ query: 'subscription { feed }' })
      const accept = { accept: 'text/event-stream', 'content-type': 'application/json' }
      return handler(new Request(url, { method: 'POST', body, headers: { ...accept, ...headers } })).then((response) =>
        response.text(),
      )
    }
    const refused = await ask({})
    expect(refused).toContain('"extensions":{"code":"UNAUTHENTICATED","auth":{"reason":"no_token"}}')
    expect([refused.includes('"http"'), ran]).toEqual([false, []])
    const text = ask({ authorization: eve.header })
    await expect.poll(feed.listening).toBe(1)
    feed.push(1)
    await expect.poll(() => ran).toContain('feed 1')
    test.hanko.revoke({ sessionId: eve.sessionId })
    expect(await text).toMatch(/"feed":1[^]*"reason":"revoked"[^]*event: complete/)
  })
})
