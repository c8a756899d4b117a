import type { DecisionBoard, DemoClaims, DemoEnv } from 'demo-kit'
import { createSessionValidator, type SessionValidator } from 'hanko-session'
import { z } from 'zod'

/** Without a template of its own, as a Hanko is at first, everybody is a user. */
const claims = z.object({ role: z.enum(['admin', 'user']).default('user') })

/** One validator for the whole server: the tRPC procedures and the plain HTTP route ask the same. */
export function createHanko(
  { hankoApiUrl, maxStaleness }: DemoEnv,
  board: DecisionBoard,
): SessionValidator<DemoClaims> {
  return createSessionValidator({ apiUrl: hankoApiUrl, maxStaleness, onDecision: board.record, claims })
}
