import { expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../testing.ts'
import { createSessionValidator } from './create-session-validator.ts'

it('refuses a session that is revoked while another cookie of the request is still looked into', async () => {
  const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
  // In this order: of several live sessions the newest is taken.
  const slow = await emulator.signIn({ email: 'a@example.com' })
  const quick = await emulator.signIn({ email: 'a@example.com' })
  let answer = (): void => {}
  const isAnswered = new Promise<void>((resolve) => {
    answer = resolve
  })
  let ask = (): void => {}
  const isAsked = new Promise<void>((resolve) => {
    ask = resolve
  })
  const hanko = createSessionValidator({
    apiUrl: emulator.apiUrl,
    async fetch(input, init) {
      if (typeof init.body === 'string' && init.body.includes(slow.token)) {
        ask()
        await isAnswered
      }
      return emulator.fetch(input, init)
    },
  })
  expect(await hanko.validate(quick.token)).toMatchObject({ status: 'authenticated' })
  const state = hanko.authenticate({ headers: { cookie: `${quick.cookie}; ${slow.cookie}` }, method: 'GET' })
  await isAsked
  hanko.revoke({ sessionId: quick.sessionId })
  answer()
  expect(await state).toMatchObject({ status: 'authenticated', session: { sessionId: slow.sessionId } })
})
