import { expect, it } from 'vitest'
import { describeEmulatorOnly, useEmulator } from './contract-target.ts'
import { call, getValidate, postValidate, signIn } from './hanko-calls.ts'
import type { Answer } from './hanko-calls.ts'

const DELETED = /^hanko=; (?=.*Max-Age=0)(?=.*Path=\/)(?=.*HttpOnly)(?=.*SameSite=Lax)/
const idleExpiry = ({ body }: Answer): number => Date.parse((body as { idle_expires_at: string }).idle_expires_at)

// Expectations: hanko-transcripts/expiry-and-idle.txt.
describeEmulatorOnly('the end of a session', () => {
  const base = Date.UTC(2030, 0, 1)
  const short = useEmulator({ lifespan: '3s', clock: { now: () => base + 640 } })
  const idle = useEmulator({ idleTimeout: '3m', clock: { now: () => base } })
  const both = useEmulator({ lifespan: '5m', idleTimeout: '3m', clock: { now: () => base } })

  it('comes at exp, without leeway, and takes the session off the list', async () => {
    const { token, userId } = await signIn(short())
    short().emulator.clock.advance('2s')
    expect((await postValidate(short(), token)).body).toMatchObject({
      is_valid: true,
      expiration_time: '2030-01-01T00:00:03Z',
    })
    short().emulator.clock.advance(360)
    expect((await postValidate(short(), token)).body).toEqual({ is_valid: false })
    short().emulator.clock.advance('1s')
    expect((await call(`${short().adminUrl}/users/${userId}/sessions`)).body).toEqual([])
  })

  it('is put off by POST and /me, not by GET', async () => {
    const { token } = await signIn(idle())
    const { clock } = idle().emulator
    clock.advance('2m')
    const posted = await postValidate(idle(), token)
    expect(idleExpiry(posted)).toBe(clock.now() + 180_000)
    clock.advance('2m')
    const got = await getValidate(idle(), { Cookie: `hanko=${token}` })
    expect(idleExpiry(got)).toBe(clock.now() + 60_000)
    await call(`${idle().apiUrl}/me`, { headers: { Cookie: `hanko=${token}` } })
    expect(idleExpiry(await getValidate(idle(), { Cookie: `hanko=${token}` }))).toBe(clock.now() + 180_000)
  })

  it.each([
    ['GET', (token: string) => getValidate(idle(), { Cookie: `hanko=${token}` })],
    ['POST', (token: string) => postValidate(idle(), token)],
    ['/me', (token: string) => call(`${idle().apiUrl}/me`, { headers: { Cookie: `hanko=${token}` } })],
  ])('is found by the first check after the idle time, which deletes the cookie: %s', async (_, check) => {
    const { token, userId } = await signIn(idle())
    idle().emulator.clock.advance('3m')
    const sessions = () => call(`${idle().adminUrl}/users/${userId}/sessions`)
    expect((await sessions()).body).toHaveLength(1)
    const first = await check(token)
    expect(first.headers.getSetCookie()).toEqual([expect.stringMatching(DELETED) as string])
    expect(first.body).toEqual(first.status === 401 ? { code: 401, message: 'Unauthorized' } : { is_valid: false })
    expect((await check(token)).headers.getSetCookie()).toEqual([])
    expect((await sessions()).body).toEqual([])
  })

  it('is never later than exp, whatever the idle time', async () => {
    const { token } = await signIn(both())
    both().emulator.clock.advance('2m')
    expect((await postValidate(both(), token)).body).toMatchObject({ idle_expires_at: '2030-01-01T00:05:00Z' })
    both().emulator.clock.advance('2m')
    expect((await postValidate(both(), token)).body).toMatchObject({ idle_expires_at: '2030-01-01T00:05:00Z' })
    both().emulator.clock.advance('1m')
    expect((await postValidate(both(), token)).body).toEqual({ is_valid: false })
  })
})
