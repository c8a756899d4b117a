import { inspect } from 'node:util'
import { initTRPC, TRPCError } from '@trpc/server'
import type { RequestAuth } from 'hanko-session'
import { isHankoAuthError } from 'hanko-session'
import { beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { hankoAuth } from './hanko-auth.ts'
import { RESEND_HEADER } from './resend-header.ts'
import { readResendMarker } from './resend.ts'
import { requires } from './requires.ts'

let test: TestHanko
beforeAll(async () => {
  test = await startHanko()
})

async function call(cookie: string, resend?: string): Promise<unknown> {
  const t = initTRPC.context<{ auth: RequestAuth }>().create()
  const router = t.router({ clear: t.procedure.use(requires(test.hanko, { amr: 'passkey' })).mutation(() => 'ran') })
  const headers = new Headers({ cookie, ...(resend === undefined ? {} : { [RESEND_HEADER]: resend }) })
  return t
    .createCallerFactory(router)({ auth: hankoAuth(test.hanko, headers) })
    .clear()
    .catch((error: unknown) => error)
}

async function markerOf(cookie: string): Promise<string> {
  const error = await call(cookie)
  const cause: unknown = error instanceof TRPCError ? error.cause : error
  const marker = isHankoAuthError(cause) ? readResendMarker(cause) : undefined
  if (marker === undefined) throw new Error('not the refusal of a step-up rule')
  return marker
}

const signIn = (amr: string, email = 'ada@example.com') => test.emulator.signIn({ email, amr: [amr] })
const FORBIDDEN = expect.objectContaining({ code: 'FORBIDDEN', cause: expect.objectContaining({ code: 'forbidden' }) })

describe('the marker of a step-up refusal', () => {
  it('is one for all sessions of a user, and another for each user', async () => {
    const ada = await markerOf((await signIn('pwd')).cookie)
    expect(await markerOf((await signIn('totp')).cookie)).toBe(ada)
    expect(await markerOf((await signIn('pwd', 'bob@example.com')).cookie)).not.toBe(ada)
    expect(ada).toMatch(/^[\w-]{22}$/)
  })

  it('gives the user away to nobody, and is in no log of the error', async () => {
    const error = await call((await signIn('pwd')).cookie)
    const marker = await markerOf((await signIn('pwd')).cookie)
    for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error)]) {
      expect(text).not.toContain(marker)
      expect(text).not.toContain(test.ada.userId)
    }
    expect(marker).not.toContain(test.ada.userId.replaceAll('-', '').slice(0, 8))
  })
})

describe('a call that is sent again', () => {
  it("runs for the same user's new session, and for nobody else's", async () => {
    const marker = await markerOf((await signIn('pwd')).cookie)
    expect(await call((await signIn('passkey')).cookie, `clear=${marker}`)).toBe('ran')
    expect(await call((await signIn('passkey', 'bob@example.com')).cookie, `clear=${marker}`)).toEqual(FORBIDDEN)
  })

  it('is refused for good, whatever the other session lacks, so that nobody is asked to sign in for it', async () => {
    const marker = await markerOf((await signIn('pwd')).cookie)
    expect(await call((await signIn('pwd', 'bob@example.com')).cookie, `clear=${marker}`)).toEqual(FORBIDDEN)
  })

  it('is refused when one of its markers is not the own, or none of anybody', async () => {
    const { cookie } = await signIn('passkey')
    const marker = await markerOf((await signIn('pwd')).cookie)
    for (const header of ['clear=', 'clear=x', `clear=${marker}x`, `clear=${marker}, clear=x`, `clear= ${marker}`])
      expect(await call(cookie, header)).toEqual(FORBIDDEN)
  })

  it('cannot be told from a new one by a header that names other calls', async () => {
    const { cookie } = await signIn('passkey')
    for (const header of ['', 'clear', 'other=x', 'notes.clear=x', ',,', '=x', 'x'.repeat(5_000)])
      expect(await call(cookie, header)).toBe('ran')
  })
})
