import { expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../testing.ts'
import { createSessionValidator } from '../create-session-validator.ts'

it('does not serve a request that joined a call with an answer beyond its idle_expires_at', async () => {
  const start = Date.parse('2026-11-23T12:00:00Z')
  let slept = 0
  const now = (): number => start + slept
  const emulator = await createHankoEmulator({
    keys: inject('signingKeys').slice(0, 1),
    clock: { now },
    idleTimeout: '1m',
  })
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
    maxStaleness: '2m',
    clock: { now, monotonic: () => 0 },
    async fetch(input, init) {
      const response = await emulator.fetch(input, init)
      if (init.method === 'POST') {
        ask()
        await isAnswered
      }
      return response
    },
  })
  const { token } = await emulator.signIn()
  const first = hanko.validate(token)
  await isAsked
  slept = 61_000 // the machine was suspended
  const second = hanko.validate(token)
  answer()
  await first
  expect(await second).toEqual({ status: 'unauthenticated', reason: 'revoked' })
})
