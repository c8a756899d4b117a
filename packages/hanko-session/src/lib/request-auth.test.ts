import { describe, expect, it } from 'vitest'
import { forbidden, unauthenticated } from './auth-state.ts'
import { asRequestAuth, createRequestAuth } from './request-auth.ts'
import { toRefusedWatch } from './watch/create-watch-room.ts'

const genuine = () =>
  createRequestAuth({
    state: () => Promise.resolve(unauthenticated('no_token')),
    watch: () => Promise.resolve(toRefusedWatch(unauthenticated('no_token'))),
    known: () => undefined,
    forbid: () => forbidden(),
    now: () => 0,
    header: () => undefined,
  })

describe('asRequestAuth', () => {
  it('finds the genuine one', () => {
    const auth = genuine()
    expect(asRequestAuth(auth)).toBe(auth)
  })

  it('takes no copy, heir or Proxy for it', () => {
    const auth = genuine()
    const state = () => Promise.resolve({ status: 'authenticated', session: {} })
    for (const forged of [
      { ...auth, state },
      Object.create(auth, { state: { value: state } }),
      new Proxy(auth, {}),
      new Proxy({}, { get: () => () => ({ state }) }),
    ]) {
      expect(asRequestAuth(forged)).toBeUndefined()
    }
  })

  it.each([undefined, null, 'x', {}, { state: () => ({ status: 'authenticated' }) }, [], () => {}])(
    'trusts nothing else: %s',
    (value) => {
      expect(asRequestAuth(value)).toBeUndefined()
    },
  )

  it('trusts nothing that travelled', () => {
    expect(asRequestAuth(JSON.parse(JSON.stringify(genuine())))).toBeUndefined()
  })
})

describe('forOperation', () => {
  it('gives the state another default, on the same request', async () => {
    const asked: (boolean | undefined)[] = []
    const auth = createRequestAuth({
      state: (options) => {
        asked.push(options?.changesState)
        return Promise.resolve(unauthenticated('no_token'))
      },
      watch: () => Promise.resolve(toRefusedWatch(unauthenticated('no_token'))),
      known: () => undefined,
      forbid: () => forbidden(),
      now: () => 0,
      header: () => undefined,
    })
    const query = auth.forOperation({ changesState: false })
    await query.state()
    await query.state({ changesState: true })
    await auth.state()
    expect(asked).toEqual([false, true, undefined])
    expect([auth.consulted, query.consulted, asRequestAuth(query)]).toEqual([true, true, query])
  })
})
