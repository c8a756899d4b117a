import type { DecisionBoard, DemoEnv } from 'demo-kit'
import { createSessionValidator, type SessionValidator } from 'hanko-session'

/** One validator for the whole server: the GraphQL fields and the plain HTTP route ask the same. */
export function createHanko({ hankoApiUrl, maxStaleness }: DemoEnv, board: DecisionBoard): SessionValidator {
  return createSessionValidator({ apiUrl: hankoApiUrl, maxStaleness, onDecision: board.record })
}
