import { getEventListeners } from 'node:events'
import { initTRPC } from '@trpc/server'
import { observable } from '@trpc/server/observable'
import type { RequestAuth } from 'hanko-session'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { hankoAuth } from './hanko-auth.ts'
import { requireSession } from './require-session.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko({ maxStaleness: '30s' })
})
afterAll(() => test.hanko.close())

const watched = (): number => test.hanko.stats().watched

async function readAll(stream: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = []
  for await (const value of stream) all.push(value)
  return all
}

/** In process, where no transport reads a stream to its end. */
function call(controller: AbortController, headers: Record<string, string> = { authorization: test.ada.header }) {
  const t = initTRPC.context<{ auth: RequestAuth }>().create()
  const secured = t.procedure.use(requireSession())
  async function* count() {
    for (let at = 0; at < 3; at++) yield at
  }
  const router = t.router({
    count: secured.subscription(count),
    pages: secured.query(count),
    twice: secured.use(requireSession()).subscription(count),
    // oxlint-disable-next-line typescript/no-deprecated -- people have it
    gone: secured.subscription(() => {
      controller.abort()
      return observable<number>(() => {})
    }),
    // oxlint-disable-next-line typescript/no-deprecated -- people have it
    broken: secured.subscription(() =>
      observable<number>(() => {
        throw new Error('no source')
      }),
    ),
  })
  const auth = hankoAuth(test.hanko, new Headers(headers))
  return t.createCallerFactory(router)({ auth }, { signal: controller.signal })
}

describe.each(['count', 'pages', 'twice'] as const)('a protected stream that its caller got in process: %s', (name) => {
  it('is watched until it has been read to its end, and leaves nothing on the signal', async () => {
    const controller = new AbortController()
    const listeners = getEventListeners(controller.signal, 'abort').length
    const stream = await call(controller)[name]()
    expect(watched()).toBe(1)
    expect(await readAll(stream)).toEqual([0, 1, 2])
    expect(watched()).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(listeners)
  })

  it('ends with the error of the refusal, which says by its code what it is', async () => {
    const eve = await test.emulator.signIn()
    const stream = await call(new AbortController(), { authorization: eve.header })[name]()
    test.hanko.revoke({ sessionId: eve.sessionId })
    await expect(readAll(stream)).rejects.toMatchObject({ code: 'UNAUTHORIZED', cause: { code: 'revoked' } })
    expect(watched()).toBe(0)
  })

  it('is watched until it is ended, though nobody has read it', async () => {
    const stream = await call(new AbortController())[name]()
    expect(watched()).toBe(1)
    await stream[Symbol.asyncIterator]().return?.()
    expect(watched()).toBe(0)
  })

  it('is watched until its caller goes away, though nobody has read it', async () => {
    const controller = new AbortController()
    await call(controller)[name]()
    expect(watched()).toBe(1)
    controller.abort()
    await vi.waitFor(() => expect(watched()).toBe(0), 10_000)
  })
})

describe('a protected stream', () => {
  it('of a query goes to the page of another site, as the call that began it', async () => {
    const headers = { cookie: test.ada.cookie, 'sec-fetch-site': 'cross-site' }
    expect(await readAll(await call(new AbortController(), headers).pages())).toEqual([0, 1, 2])
    await expect(call(new AbortController(), headers).count()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is not watched when its caller went away while the handler ran', async () => {
    await call(new AbortController()).gone()
    await vi.waitFor(() => expect(watched()).toBe(0), 10_000)
  })

  it('is not watched when its source fails at once', async () => {
    await expect(call(new AbortController()).broken()).rejects.toThrow('no source')
    expect(watched()).toBe(0)
  })
})
