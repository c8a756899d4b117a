import assert from 'node:assert/strict'
import { createSessionValidator, type SessionValidator, type SessionValidatorOptions } from 'hanko-session'
import type { FakeHanko } from './fake-hanko.ts'

/** A validator whose answers stay young for the whole run, so that nothing is refreshed while it is timed. */
export function createValidator(hanko: FakeHanko, options: Partial<SessionValidatorOptions> = {}): SessionValidator {
  const { claims: _none, ...others } = options
  return createSessionValidator({
    apiUrl: 'https://hanko.example',
    fetch: hanko.fetch,
    audience: 'localhost',
    maxStaleness: '12h',
    deadline: '60s',
    ...others,
  })
}

/** Has it find out about each token, by the front door. */
export async function makeKnown(validator: SessionValidator, tokens: readonly string[]): Promise<void> {
  for (let at = 0; at < tokens.length; at += 256) {
    const states = await Promise.all(tokens.slice(at, at + 256).map((token) => validator.validate(token)))
    assert.ok(states.every(({ status }) => status === 'authenticated'))
  }
}

/**
 * Runs the work with signatures that are all good: for sections that need 100,000 sessions, and whose figures do not
 * depend on who signed. Never while anything is timed.
 */
export async function withoutSignatures<T>(work: () => Promise<T>): Promise<T> {
  Object.defineProperty(crypto.subtle, 'verify', { value: () => Promise.resolve(true), configurable: true })
  try {
    return await work()
  } finally {
    Reflect.deleteProperty(crypto.subtle, 'verify')
  }
}

/** RSA operations that the work causes. */
export async function countVerifications(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const verify = crypto.subtle.verify.bind(crypto.subtle) as (...args: unknown[]) => Promise<boolean>
  const counted = (...args: unknown[]): Promise<boolean> => {
    count++
    return verify(...args)
  }
  Object.defineProperty(crypto.subtle, 'verify', { value: counted, configurable: true })
  try {
    await work()
    return count
  } finally {
    Reflect.deleteProperty(crypto.subtle, 'verify')
  }
}
