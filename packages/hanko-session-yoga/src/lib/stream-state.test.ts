import type { ExecutionResult } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { createStreamState, streamOfSession } from './stream-of-session.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

async function createState() {
  const { header } = await test.emulator.signIn()
  // As a WebSocket brings it: over HTTP a request has one outcome, an outage included.
  const auth = test.hanko.forRequest({ headers: {}, connectionParams: { authorization: header } })
  return createStreamState(false, () => auth.watch({ changesState: true }))
}

describe('the session of a stream', () => {
  it('is let go of when the stream ended while it was found out', async () => {
    const stream = await createState()
    const beginning = stream.begin()
    stream.release()
    expect((await beginning).state.status).toBe('authenticated')
    expect(test.hanko.stats().watched).toBe(0)
  })

  it('is asked for again after an outage, and then no more', async () => {
    const stream = await createState()
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect((await stream.begin()).state.status).toBe('unavailable')
    test.emulator.faults.clear()
    // What protects Hanko after a failure may take a moment.
    await expect.poll(async () => (await stream.begin()).state.status).toBe('authenticated')
    const watch = await stream.begin()
    expect(await stream.begin()).toBe(watch)
    stream.release()
    expect(test.hanko.stats().watched).toBe(0)
  })

  it('delivers nothing to a reader who left while it was found out', async () => {
    let isRead = false
    const source = (async function* (): AsyncGenerator<ExecutionResult> {
      isRead = true
      yield { data: { feed: 1 } }
    })()
    const results = streamOfSession(source, await createState(), () => expect.fail('it did not end'))
    const iterator = results[Symbol.asyncIterator]()
    const first = iterator.next()
    await iterator.return?.()
    expect([await first, isRead]).toEqual([{ done: true, value: undefined }, false])
    expect(test.hanko.stats().watched).toBe(0)
  })
})
