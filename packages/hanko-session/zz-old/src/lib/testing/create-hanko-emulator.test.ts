import { describe, expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../testing.ts'
import type { HankoEmulator, HankoEmulatorOptions } from '../../testing.ts'

const emulator = (options: HankoEmulatorOptions = {}): Promise<HankoEmulator> =>
  createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), ...options })

async function validate(hanko: HankoEmulator, token: string): Promise<Record<string, unknown>> {
  const response = await hanko.fetch(`${hanko.apiUrl}/sessions/validate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ session_token: token }),
  })
  return (await response.json()) as Record<string, unknown>
}

describe('createHankoEmulator', () => {
  it('signs a user in and says who it is', async () => {
    const hanko = await emulator()
    const { token, cookie, header, userId, sessionId } = await hanko.signIn({
      email: 'ada@example.com',
      claims: { role: 'editor' },
    })
    // Compared as booleans: a failure must not print a token.
    expect([cookie === `hanko=${token}`, header === `Bearer ${token}`]).toEqual([true, true])
    expect(await validate(hanko, token)).toMatchObject({
      is_valid: true,
      user_id: userId,
      claims: { session_id: sessionId, amr: ['pwd'], role: 'editor', email: { address: 'ada@example.com' } },
    })
  })

  it('ends a session, and with a user all of them', async () => {
    const hanko = await emulator()
    const first = await hanko.signIn({ email: 'ada@example.com' })
    const second = await hanko.signIn({ email: 'ada@example.com' })
    await hanko.endSession(first.sessionId)
    expect(await validate(hanko, first.token)).toEqual({ is_valid: false })
    expect(await validate(hanko, second.token)).toMatchObject({ is_valid: true })
    await hanko.deleteUser(second.userId)
    expect(await validate(hanko, second.token)).toEqual({ is_valid: false })
  })

  it('lists a new key last and goes on taking tokens of the old one', async () => {
    const hanko = await emulator()
    const { token } = await hanko.signIn()
    const kid = await hanko.rotateKeys(inject('signingKeys')[1])
    const jwks = (await (await hanko.fetch(`${hanko.apiUrl}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[]
    }
    expect(jwks.keys.map((key) => key.kid)).toEqual([expect.any(String), kid])
    expect(await validate(hanko, token)).toMatchObject({ is_valid: true })
    expect(await validate(hanko, (await hanko.signIn()).token)).toMatchObject({ is_valid: true })
    await hanko.rotateKeys(inject('signingKeys')[2], { keepOld: false })
    expect(await validate(hanko, token)).toEqual({ is_valid: false })
  })

  it('counts requests by route, without their queries', async () => {
    const hanko = await emulator()
    await hanko.fetch(`${hanko.apiUrl}/.well-known/jwks.json?probe=1`)
    await validate(hanko, 'x')
    expect(hanko.requests.count('jwks')).toBe(1)
    expect(hanko.requests.count('validate', 'POST')).toBe(1)
    expect(hanko.requests.count()).toBe(2)
    expect(hanko.requests.entries[0]).toMatchObject({ method: 'GET', path: '/.well-known/jwks.json', route: 'jwks' })
  })

  it('decides expiry by its own clock', async () => {
    const hanko = await emulator({ lifespan: '1h', clock: { now: () => Date.UTC(2030, 0, 1) } })
    const { token } = await hanko.signIn()
    expect(await validate(hanko, token)).toMatchObject({ expiration_time: '2030-01-01T01:00:00Z' })
    hanko.clock.advance('1h')
    expect(await validate(hanko, token)).toEqual({ is_valid: false })
  })

  it('refuses options that make no sense', async () => {
    await expect(emulator({ tenants: ['acme'] })).rejects.toThrow('tenants must be UUIDs')
    await expect(emulator({ sessionLimit: 0 })).rejects.toThrow('sessionLimit')
    await expect(emulator({ lifespan: '12' as never })).rejects.toThrow('lifespan')
  })
})
