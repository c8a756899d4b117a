import { createSessionValidator, type SessionValidator, type SessionValidatorOptions } from 'hanko-session'
import {
  createHankoEmulator,
  type HankoEmulator,
  type HankoEmulatorOptions,
  type SignedIn,
} from 'hanko-session/testing'
import { inject } from 'vitest'

export interface TestHanko {
  readonly emulator: HankoEmulator
  readonly hanko: SessionValidator
  /** Signed in, once, for tests that do not end the session. */
  readonly ada: SignedIn
  /** Everything the validator logged, as one text. */
  logged(): string
  /** How often Hanko was asked about a session since the last call of this; its keys are loaded when they are due. */
  asked(): number
}

export async function startHanko(
  options: Omit<SessionValidatorOptions, 'claims'> = {},
  emulated: HankoEmulatorOptions = {},
): Promise<TestHanko> {
  const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), ...emulated })
  const lines: string[] = []
  const log = (fields: unknown, message: unknown): unknown => lines.push(`${JSON.stringify(fields)} ${String(message)}`)
  const hanko = createSessionValidator({
    apiUrl: emulator.apiUrl,
    fetch: (url, init) => emulator.fetch(url, init),
    logger: { debug: log, info: log, warn: log, error: log },
    maxStaleness: 0, // so that each test sees what Hanko says
    ...options,
  })
  const ada = await emulator.signIn({ email: 'ada@example.com' })
  await hanko.validate(ada.token) // and the keys are known
  emulator.requests.clear()
  return {
    emulator,
    hanko,
    ada,
    logged: () => lines.join('\n'),
    asked() {
      const count = emulator.requests.count('validate')
      emulator.requests.clear()
      return count
    },
  }
}
