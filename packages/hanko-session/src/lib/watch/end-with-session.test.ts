import { afterEach, describe, expect, it, vi } from 'vitest'
import { createStage, until } from '../../../test/stage.ts'
import { isHankoAuthError } from '../errors.ts'
import { endWithSession } from './end-with-session.ts'

afterEach(() => void vi.useRealTimers())

/** A source whose events are pushed by the test, and that says whether it was ended. */
function createSource<T>() {
  const waiting: ((result: IteratorResult<T>) => void)[] = []
  const pushed: T[] = []
  const log: string[] = []
  const iterator: AsyncIterator<T> = {
    next() {
      log.push('next')
      const value = pushed.shift()
      if (value !== undefined) return Promise.resolve({ done: false, value })
      return new Promise((resolve) => waiting.push(resolve))
    },
    return() {
      log.push('return')
      for (const resolve of waiting.splice(0)) resolve({ done: true, value: undefined })
      return Promise.resolve({ done: true, value: undefined })
    },
  }
  return {
    log,
    push(value: T): void {
      const next = waiting.shift()
      if (next === undefined) pushed.push(value)
      else next({ done: false, value })
    },
    [Symbol.asyncIterator]: () => iterator,
  }
}

async function begin() {
  const stage = await createStage()
  const hanko = await stage.warm()
  const signedIn = await stage.emulator.signIn()
  const watch = await hanko.forRequest({ authorization: `Bearer ${signedIn.token}` }).watch()
  const source = createSource<string>()
  return { stage, hanko, ...signedIn, watch, source, stream: endWithSession(source, watch) }
}

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => (isHankoAuthError(error) ? error.code : error),
  )

describe('endWithSession', () => {
  it('delivers what the source gives, in order, and releases the watch at its end', async () => {
    const { hanko, watch } = await begin()
    const values: number[] = []
    async function* numbers() {
      yield* [1, 2, 3]
      await Promise.resolve()
    }
    for await (const value of endWithSession(numbers(), watch)) values.push(value)
    expect(values).toEqual([1, 2, 3])
    expect(hanko.stats().watched).toBe(0)
  })

  it('throws at once when the session ends while nothing comes, and ends the source', async () => {
    const { hanko, sessionId, source, stream } = await begin()
    const next = codeOf(stream.next())
    hanko.revoke({ sessionId })
    expect(await next).toBe('revoked')
    expect(source.log).toEqual(['next', 'return'])
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(hanko.stats().watched).toBe(0)
  })

  it('throws at once even when the source never ends', async () => {
    const { hanko, sessionId, watch } = await begin()
    async function* hanging() {
      await new Promise(() => {})
      yield 1
    }
    const next = codeOf(endWithSession(hanging(), watch).next())
    hanko.revoke({ sessionId })
    expect(await next).toBe('revoked')
  })

  it('delivers nothing that came after the session ended, not even what stood ready', async () => {
    const { hanko, sessionId, source, stream } = await begin()
    source.push('before')
    source.push('stood ready')
    expect(await stream.next()).toEqual({ done: false, value: 'before' })
    hanko.revoke({ sessionId })
    expect(await codeOf(stream.next())).toBe('revoked')
    expect(source.log).toEqual(['next', 'return'])
  })

  it('delivers nothing after a suspension that was longer than the bound, before any timer ran', async () => {
    const { stage, source, stream } = await begin()
    const next = codeOf(stream.next())
    stage.time.suspend(30_001)
    source.push('too late')
    expect(await next).toBe('upstream_timeout')
  })

  it('holds an event back while Hanko is asked whether a revocation means the session', async () => {
    const { stage, hanko, userId, source, stream } = await begin()
    const next = stream.next()
    hanko.revoke({ userId }) // the sign-in was just now
    source.push('held back')
    expect(await next).toEqual({ done: false, value: 'held back' })
    expect(stage.peeks()).toBe(1)
  })

  it('delivers none of those held back when the session is among those that ended', async () => {
    const { stage, hanko, userId, sessionId, source, stream } = await begin()
    const next = codeOf(stream.next())
    await stage.emulator.endSession(sessionId)
    hanko.revoke({ userId })
    source.push('held back')
    expect(await next).toBe('revoked')
  })

  it('throws at the first read when there was no session, and asks the source for nothing', async () => {
    const { hanko } = await begin()
    const source = createSource<string>()
    const stream = endWithSession(source, await hanko.forRequest({}).watch())
    expect(await codeOf(stream.next())).toBe('no_token')
    expect(source.log).toEqual(['return'])
  })

  it('passes on what the source throws, and releases the watch', async () => {
    const { hanko, watch } = await begin()
    const fault = new Error('of the source')
    async function* failing() {
      await Promise.resolve()
      yield 1
      throw fault
    }
    const stream = endWithSession(failing(), watch)
    await stream.next()
    expect(await codeOf(stream.next())).toBe(fault)
    expect(hanko.stats().watched).toBe(0)
  })

  it('says how the session ended when the source ends by the same signal', async () => {
    const { hanko, sessionId, watch } = await begin()
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((_, reject) => watch.auth.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
      }),
    }
    const next = codeOf(endWithSession(source, watch).next())
    hanko.revoke({ sessionId })
    expect(await next).toBe('revoked')
  })

  it('is over when its reader goes, even before the first event and while it waits for one', async () => {
    const { hanko, source, stream } = await begin()
    await stream.return(undefined)
    expect(hanko.stats().watched).toBe(0)
    expect(source.log).toEqual(['return'])

    const other = await begin()
    const next = other.stream.next()
    await other.stream.return(undefined)
    expect(await next).toEqual({ done: true, value: undefined })
    expect(other.hanko.stats().watched).toBe(0)
    expect(await other.stream.next()).toEqual({ done: true, value: undefined })
  })

  it('is over at once when its reader goes, even while the source waits for what never comes', async () => {
    const { hanko, watch } = await begin()
    async function* hanging() {
      await new Promise(() => {})
      yield 1
    }
    const stream = endWithSession(hanging(), watch)
    const reads = [stream.next(), stream.next()]
    expect(await stream.return('left')).toEqual({ done: true, value: 'left' })
    const over = { done: true, value: undefined }
    expect(await Promise.all([...reads, stream.next()])).toEqual([over, over, over])
    expect(hanko.stats().watched).toBe(0)
  })

  it('is over at once when its reader goes while an event is held back', async () => {
    const { stage, hanko, userId, source, stream } = await begin()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const peeked = vi.spyOn(stage.emulator, 'fetch').mockReturnValue(new Promise(() => {}))
    const next = stream.next()
    hanko.revoke({ userId }) // the sign-in was just now
    source.push('held back')
    await until(() => peeked.mock.calls.length > 0)
    await stream.return(undefined)
    expect(await next).toEqual({ done: true, value: undefined })
    peeked.mockRestore()
  })

  it('waits for a source that is at rest to end, so that its reader can rely on what it has put in order', async () => {
    const { watch } = await begin()
    const log: string[] = []
    async function* tidy() {
      try {
        yield 1
      } finally {
        await new Promise((resolve) => setImmediate(resolve))
        log.push('tidied up')
      }
    }
    const stream = endWithSession(tidy(), watch)
    await stream.next()
    await stream.return(undefined)
    expect(log).toEqual(['tidied up'])
  })

  it('releases the watch when the source cannot even begin', async () => {
    const { hanko, watch } = await begin()
    const broken = {
      [Symbol.asyncIterator](): AsyncIterator<string> {
        throw new Error('of the source')
      },
    }
    expect(() => endWithSession(broken, watch)).toThrow('of the source')
    expect(hanko.stats().watched).toBe(0)
  })

  it('leaves no listener on the signal, however many events there are', async () => {
    const { source, stream } = await begin()
    const [add, remove] = (['addEventListener', 'removeEventListener'] as const).map((method) =>
      vi.spyOn(EventTarget.prototype, method),
    )
    for (let event = 0; event < 50; event++) {
      source.push(String(event))
      await stream.next()
    }
    expect(add?.mock.calls.length).toBeGreaterThanOrEqual(50)
    expect(remove?.mock.calls.length).toBe(add?.mock.calls.length)
    vi.restoreAllMocks()
  })

  it('can be used as what generators are used as', async () => {
    const { hanko, stream } = await begin()
    expect(stream[Symbol.asyncIterator]()).toBe(stream)
    expect(await codeOf(stream.throw(new Error('of the reader')))).toMatchObject({ message: 'of the reader' })
    await until(() => hanko.stats().watched === 0)
  })
})
