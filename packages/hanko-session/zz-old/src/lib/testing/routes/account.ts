import { json, noContent, unauthorized } from '../answers.ts'
import { checkToken } from '../check-token.ts'
import type { TokenCheck } from '../check-token.ts'
import { readTokens, takeBack } from '../session-cookie.ts'
import { endSession } from '../session-life.ts'
import type { Exchange } from '../state/tenant.ts'
import { profileData } from '../user-bodies.ts'

/** GET /me: the user of the session; counts as a use (expiry-and-idle.txt, "GET /me extends?"). */
export async function getMe(exchange: Exchange): Promise<Response> {
  const found = await findSession(exchange)
  const user = found.is === 'valid' ? exchange.tenant.users.get(found.session.userId) : undefined
  if (user !== undefined) return json(200, profileData(user))
  return refuse(exchange, found)
}

/** POST /logout: ends the session and deletes the cookie; 401 when there is none to end. */
export async function postLogout(exchange: Exchange): Promise<Response> {
  const found = await findSession(exchange)
  if (found.is !== 'valid') return refuse(exchange, found)
  await endSession(exchange.world, exchange.tenant, found.session, 'session.delete.explicit.logout')
  const response = noContent()
  takeBack(exchange.world.settings, response.headers)
  return response
}

async function findSession({ world, tenant, request, databaseDown }: Exchange): Promise<TokenCheck> {
  let idledOut = false
  for (const token of databaseDown ? [] : readTokens(request, world.settings.cookie.name)) {
    const check = await checkToken(world, tenant, token, true)
    if (check.is === 'valid') return check
    idledOut ||= check.is === 'invalid' && check.idledOut
  }
  return { is: 'invalid', idledOut }
}

function refuse(exchange: Exchange, found: TokenCheck): Response {
  const response = unauthorized()
  if (found.is === 'invalid' && found.idledOut) takeBack(exchange.world.settings, response.headers)
  return response
}
