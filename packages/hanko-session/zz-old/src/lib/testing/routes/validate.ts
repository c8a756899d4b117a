import { json, refusal } from '../answers.ts'
import { checkToken } from '../check-token.ts'
import type { TokenCheck } from '../check-token.ts'
import { readSessionToken } from '../read-session-token.ts'
import { flattenClaims } from '../session-claims.ts'
import { readTokens, takeBack } from '../session-cookie.ts'
import type { Exchange } from '../state/tenant.ts'
import { toFraction, toWholeSeconds } from '../wire-format.ts'

/** POST /sessions/validate: the token in the body alone; counts as a use of the session. */
export async function postValidate(exchange: Exchange): Promise<Response> {
  const read = await readSessionToken(exchange.request)
  if ('message' in read) return refusal(read.status, read.message)
  if (exchange.databaseDown) return invalid()
  const check = await checkToken(exchange.world, exchange.tenant, read.token, true)
  return reply(exchange, check, check.is === 'invalid' && check.idledOut)
}

/** GET /sessions/validate: tries every token there is, and does not count as a use. */
export async function getValidate(exchange: Exchange): Promise<Response> {
  const { world, tenant, request, databaseDown } = exchange
  if (databaseDown) return invalid()
  let idledOut = false
  for (const token of readTokens(request, world.settings.cookie.name)) {
    const check = await checkToken(world, tenant, token, false)
    if (check.is !== 'invalid') return reply(exchange, check, idledOut)
    idledOut ||= check.idledOut
  }
  return reply(exchange, { is: 'invalid', idledOut }, idledOut)
}

// Hanko with its database down answers the same (outage.txt): its keys are in the database too.
const invalid = (): Response => json(200, { is_valid: false })

function reply(exchange: Exchange, check: TokenCheck, deleteCookie: boolean): Response {
  if (check.is === 'unparsable') return refusal(400, check.message)
  const response = check.is === 'valid' ? json(200, validBody(check)) : invalid()
  if (deleteCookie) takeBack(exchange.world.settings, response.headers)
  return response
}

function validBody({ payload, idleExpiresAt }: TokenCheck & { is: 'valid' }): Record<string, unknown> {
  return {
    is_valid: true,
    claims: flattenClaims(payload, 'whole seconds'),
    expiration_time: toWholeSeconds(Number(payload['exp']) * 1_000),
    user_id: payload['sub'],
    ...(idleExpiresAt === undefined ? {} : { idle_expires_at: toFraction(idleExpiresAt) }),
  }
}
