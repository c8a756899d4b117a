import { createSessionValidator, type SessionValidator } from 'hanko-session'

/** One validator for the whole server: the GraphQL fields and the plain HTTP route ask the same. */
export function createHanko(apiUrl: string): SessionValidator {
  return createSessionValidator({ apiUrl })
}
