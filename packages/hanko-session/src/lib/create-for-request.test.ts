import { beforeEach, describe, expect, it } from 'vitest'
import type { SignedIn } from '../testing.ts'
import { createStage, type Stage, until } from '../../test/stage.ts'

let stage: Stage
let ada: SignedIn

beforeEach(async () => {
  stage = await createStage()
  ada = await stage.emulator.signIn()
})

const get = () => new Request('https://app.example/', { headers: { cookie: ada.cookie } })

describe('an HTTP request', () => {
  it('has one outcome per freshness, however often and however long it is read', async () => {
    const hanko = await stage.warm({ maxStaleness: 0 })
    const auth = hanko.forRequest(get())
    const first = await auth.state()
    await stage.emulator.endSession(ada.sessionId)
    stage.time.pass(60_000)
    expect(await auth.state()).toBe(first)
    const fresh = await auth.state({ fresh: true })
    expect(fresh).toEqual({ status: 'unauthenticated', reason: 'revoked' })
    expect(await auth.state({ fresh: true })).toBe(fresh)
    expect(await auth.state()).toBe(first)
    expect(stage.posts()).toBe(3)
  })

  it('never serves a fresh need with a lenient answer, and a lenient one with any', async () => {
    const hanko = await stage.warm()
    await hanko.validate(ada.token)
    const lenientFirst = hanko.forRequest(get())
    expect(lenientFirst.known()?.status).toBe('authenticated')
    expect(lenientFirst.known({ fresh: true })).toBeUndefined()
    await lenientFirst.state()
    expect(stage.posts()).toBe(1)
    await lenientFirst.state({ fresh: true })
    expect(stage.posts()).toBe(2)

    stage.time.pass(30_001)
    const freshFirst = hanko.forRequest(get())
    const fresh = await freshFirst.state({ fresh: true })
    expect(await freshFirst.state()).toBe(fresh)
    expect(stage.posts()).toBe(3)
  })

  it('keeps its outcome when memory learns of another meanwhile', async () => {
    const hanko = await stage.warm()
    stage.emulator.faults.set('validate', { kind: 'status', status: 404 })
    const auth = hanko.forRequest(get())
    const outage = await auth.state()
    expect(outage).toMatchObject({ status: 'unavailable' })
    stage.emulator.faults.clear()
    expect((await hanko.validate(ada.token)).status).toBe('authenticated')
    expect(auth.known()).toBe(outage)
    expect(await auth.state()).toBe(outage)

    const apart = await stage.warm({ joinRequests: false })
    const held = stage.hold()
    const waiting = apart.forRequest(get())
    const state = waiting.state()
    await until(() => held.count === 1)
    const other = apart.validate(ada.token)
    await until(() => held.count === 2)
    held.letThrough(1)
    await other
    expect(apart.known(ada.token)).toBeDefined()
    expect(waiting.known()).toBeUndefined()
    held.end()
    expect(waiting.known() ?? (await waiting.state())).toBe(await state)
    expect(waiting.known()).toBe(await state)
  })

  it("is read by many: one caller's abort harms no other", async () => {
    const hanko = await stage.warm()
    const held = stage.hold()
    const auth = hanko.forRequest(get())
    const caller = new AbortController()
    const left = auth.state({ signal: caller.signal })
    const stayed = auth.state()
    await until(() => held.count === 1)
    caller.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    held.end()
    expect((await stayed).status).toBe('authenticated')
    await expect(auth.state({ signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late')
  })

  it('is told of once', async () => {
    const hanko = await stage.warm()
    await hanko.validate(ada.token)
    stage.decisions.length = 0
    const auth = hanko.forRequest(get())
    expect(auth.known()).toBe(auth.known())
    expect(await auth.state()).toBe(auth.known())
    await auth.requireSession()
    expect(stage.decisions).toMatchObject([{ source: 'memory', credential: 'cookie', age: 0 }])
  })
})

describe('the defaults of a request', () => {
  const foreign = () =>
    new Request('https://app.example/', { headers: { cookie: ada.cookie, 'sec-fetch-site': 'cross-site' } })

  it('are as those of forOperation, and give way to what is said', async () => {
    const hanko = await stage.warm()
    for (const isKnown of [false, true]) {
      if (isKnown) await hanko.validate(ada.token)
      const auth = hanko.forRequest(foreign(), { changesState: true })
      expect(await auth.state()).toMatchObject({ reason: 'cross_site' })
      expect(await auth.state({ changesState: false })).toMatchObject({ status: 'authenticated' })
      expect(await auth.forOperation({ changesState: false }).state()).toMatchObject({ status: 'authenticated' })
      expect(auth.known()).toMatchObject({ reason: 'cross_site' })
    }
  })

  it('can ask Hanko in every case', async () => {
    const hanko = await stage.warm()
    await hanko.validate(ada.token)
    const auth = hanko.forRequest(get(), { fresh: true })
    expect(auth.known()).toBeUndefined()
    await auth.state()
    expect(stage.posts()).toBe(2)
  })

  it('are the own members of what is given only', async () => {
    const hanko = await stage.warm()
    const auth = hanko.forRequest(foreign(), Object.create({ changesState: true }) as object)
    expect(await auth.state(Object.create({ changesState: true }) as object)).toMatchObject({ status: 'authenticated' })
  })
})

describe('the headers of a request', () => {
  it('are read out of any container, but for those that hold tokens, without finding out who is there', async () => {
    const hanko = await stage.warm()
    const headers = { 'x-one': 'a', Cookie: ada.cookie, authorization: ada.header }
    for (const request of [
      headers,
      { headers },
      new Headers(headers),
      new Request('https://app.example/', { headers }),
    ]) {
      const auth = hanko.forRequest(request)
      expect(['X-One', 'x-two', 'cookie', 'Cookie', 'authorization'].map((name) => auth.header(name))).toEqual([
        'a',
        ...Array.from({ length: 4 }, () => undefined),
      ])
      expect(auth.forOperation({}).header('x-one')).toBe('a')
      expect(auth.consulted).toBe(false)
    }
    expect(hanko.forRequest(null as never).header('x-one')).toBeUndefined()
    expect(stage.posts()).toBe(0)
  })
})

describe('a WebSocket', () => {
  it('remembers nothing: each operation is a request, from memory or not', async () => {
    const hanko = await stage.warm()
    const auth = hanko.forRequest({ headers: {}, connectionParams: { authorization: ada.header } })
    expect(auth.known()).toBeUndefined()
    await auth.state()
    stage.time.pass(10_000)
    await auth.state()
    expect(auth.known()?.status).toBe('authenticated')
    expect(stage.posts()).toBe(1)
    expect(stage.decisions.map(({ source, age }) => [source, age])).toEqual([
      ['hanko', undefined],
      ['memory', 10_000],
      ['memory', 10_000],
    ])
    hanko.revoke({ sessionId: ada.sessionId })
    expect(auth.known()).toBeUndefined()
    stage.time.pass(30_001)
    expect(await auth.state()).toMatchObject({ reason: 'revoked' })
  })
})
