import { expect, inject, it, vi } from 'vitest'
import { createHankoEmulator } from '../../testing.ts'
import { createSessionValidator } from '../../index.ts'

const imported = vi.hoisted(() => vi.fn<() => void>())
vi.mock(import('ofetch'), async (original) => {
  imported()
  return original()
})

it('imports ofetch on the first call to Hanko: a process that starts need not wait for it', async () => {
  const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
  const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch })
  const { token } = await emulator.signIn()
  expect(hanko.known(token)).toBeUndefined()
  expect((await hanko.validate('x')).status).toBe('unauthenticated')
  expect(imported).not.toHaveBeenCalled()
  expect((await hanko.validate(token)).status).toBe('authenticated')
  expect(imported).toHaveBeenCalledTimes(1)
})
