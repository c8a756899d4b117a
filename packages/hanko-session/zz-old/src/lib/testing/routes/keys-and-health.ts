import { internalError, json } from '../answers.ts'
import type { Exchange } from '../state/tenant.ts'

/** GET /.well-known/jwks.json: the only route that shows an outage of the database as one (outage.txt). */
export function getJwks({ tenant, databaseDown }: Exchange): Response {
  if (databaseDown) return internalError()
  return json(200, tenant.keys.publicSet(), { 'Cache-Control': 'max-age=600' })
}

/** Says ready and alive, database or not (outage.txt). */
export const getReady = (): Response => json(200, { ready: true })
export const getAlive = (): Response => json(200, { alive: true })
