import { describe, expect, it } from 'vitest'
import { unauthenticated } from './auth-state.ts'
import { asRequestAuth, createRequestAuth } from './request-auth.ts'

const genuine = () => createRequestAuth(() => Promise.resolve(unauthenticated('no_token')))

describe('asRequestAuth', () => {
  it('finds the genuine one, also behind a copy with other members', async () => {
    const auth = genuine()
    expect(asRequestAuth(auth)).toBe(auth)
    const forged = { ...auth, state: () => Promise.resolve({ status: 'authenticated', session: {} }) }
    expect(await asRequestAuth(forged)?.state()).toEqual(unauthenticated('no_token'))
  })

  it.each([undefined, null, 'x', {}, { state: () => ({ status: 'authenticated' }) }, [], () => {}])('trusts nothing else: %s', (value) => {
    expect(asRequestAuth(value)).toBeUndefined()
  })

  it('trusts nothing that travelled', () => {
    expect(asRequestAuth(JSON.parse(JSON.stringify(genuine())))).toBeUndefined()
    expect(asRequestAuth({ [Symbol.for('hanko-session RequestAuth')]: genuine })).toBeUndefined()
  })
})
