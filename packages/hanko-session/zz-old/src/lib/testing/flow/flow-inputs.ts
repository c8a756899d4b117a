import type { InputFault } from './flow-states.ts'

const INVALID = { code: 'value_invalid_error', message: 'The value is invalid.' }
const MISSING = { code: 'value_missing_error', message: 'The value is missing.' }
const TOO_SHORT = { code: 'value_too_short_error', message: 'The value is too short.' }
const TOO_LONG = { code: 'value_too_long_error', message: 'The value is too long.' }

/** An input that was refused by what it says, not by its form: a wrong password (login-flow.txt). */
export const invalidInput = (input: string): InputFault => ({ input, ...INVALID })

/** elements/d-wrong-password.txt, step 5. */
export const emailExists: InputFault = {
  input: 'email',
  code: 'email_already_exists',
  message: 'The email address already exists.',
}

/** Checks an e-mail address; the fault, if it has one. */
export function checkEmail(value: unknown): InputFault | undefined {
  if (typeof value !== 'string' || value === '') return { input: 'email', ...MISSING }
  if (value.length > 120) return { input: 'email', ...TOO_LONG }
  return /^[^@\s]+@[^@\s]+$/.test(value.trim()) ? undefined : invalidInput('email')
}

/** Checks a password that is to be set; bcrypt's 72 bytes are the upper bound that the element shows. */
export function checkNewPassword(value: unknown, minLength: number): InputFault | undefined {
  if (typeof value !== 'string' || value === '') return { input: 'new_password', ...MISSING }
  if (value.length < minLength) return { input: 'new_password', ...TOO_SHORT }
  return new TextEncoder().encode(value).length > 72 ? { input: 'new_password', ...TOO_LONG } : undefined
}
