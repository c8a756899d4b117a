import { createSessionValidator, type SessionValidator } from 'hanko-session'

/** One validator for the whole server: the tRPC procedures and the plain HTTP route ask the same. */
export function createHanko(apiUrl: string): SessionValidator {
  return createSessionValidator({ apiUrl })
}
